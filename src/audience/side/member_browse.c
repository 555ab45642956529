#include "audience/side/member_browse.h"

#include "audience/interest/interest.h"
#include "audience/segment_target.h"
#include "audience/side/member_order.h"
#include "audience/side/member_word.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"
#include "sets/id_set.h"

#include "sql/member.h"

/* All that have a frequent name among some 100,000: what else is asked for is
 * looked for among them. */
#define WORDS_MOST 25000

void member_found_release(struct member_found *found)
{
	vec_release(&found->ids);
}

/* --- what is asked for --- */

static int read_statuses(const char *text, struct arena *arena, unsigned *out,
			 struct err *err)
{
	struct str rest = str_of(text);

	*out = 0;
	while (rest.len > 0) {
		const char *name =
			arena_str(arena, str_trim(str_cut(&rest, ',')));
		enum member_status status = member_status_of(name);

		if (!status)
			return err_field(err, "status",
					 "is no status of a member");
		*out |= MEMBER_STATUS_BIT(status);
	}
	return 0;
}

static int read_interest(struct db *db, int64_t list_id, const char *hex,
			 struct arena *arena, int64_t *out, struct err *err)
{
	CLEANUP(vec_release) struct interests all = VEC_INIT;
	const struct interest *found;

	*out = 0;
	if (!hex || !*hex)
		return 0;
	if (interest_list(db, list_id, 0, arena, &all, err) < 0)
		return -1;
	found = interests_find(&all, hex);
	if (!found)
		return err_field(err, "interest_id",
				 "is no interest of this list");
	*out = found->id;
	return 0;
}

static int read_ids(const char *text, struct arena *arena,
		    const struct ids **out, struct err *err)
{
	struct str rest = str_of(text);
	struct ids *ids;

	*out = NULL;
	if (!text)
		return 0;
	ids = arena_new_of(arena, struct ids);
	ids->v = arena_array(arena, int64_t, MEMBER_ASKED_MOST);
	while (rest.len > 0) {
		int64_t id;

		if (ids->n == MEMBER_ASKED_MOST)
			return err_field(err, "ids", "must be at most %d",
					 MEMBER_ASKED_MOST);
		if (!str_to_int(str_trim(str_cut(&rest, ',')), &id) || id <= 0)
			return err_field(err, "ids", "must be ids of members");
		ids->v[ids->n++] = id;
	}
	*out = ids;
	return 0;
}

int member_choice_read(struct db *db, int64_t list_id,
		       const struct member_asked *asked, struct arena *arena,
		       struct member_choice *out, struct err *err)
{
	*out = (struct member_choice){ .list_id = list_id,
				       .segment_id = asked->segment_id,
				       .text = asked->text };
	if (read_ids(asked->ids, arena, &out->ids, err) < 0 ||
	    read_statuses(asked->statuses, arena, &out->statuses, err) < 0)
		return -1;
	return read_interest(db, list_id, asked->interest, arena,
			     &out->interest_id, err);
}

/* --- who has the words --- */

/* Who cannot be taken in now, since others write, is found the next time. */
static int catch_up(struct db *db, int64_t now_ms, struct member_found *out,
		    struct err *err)
{
	struct err why = ERR_INIT;
	int behind = member_word_catch_up(db, now_ms, &why);

	out->is_indexing = behind > 0;
	if (behind >= 0 || why.code == ERR_RETRY)
		return 0;
	*err = why;
	return -1;
}

static int find_word(struct db *db, const struct member_choice *choice,
		     bool whole, struct id_set *out, struct member_found *found,
		     struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	const struct member_word_query query = { .text = choice->text,
						 .list_id = choice->list_id,
						 .whole = whole,
						 .most = WORDS_MOST };

	if (member_word_find(db, &query, &ids, err) < 0)
		return -1;
	found->is_least |= ids.n > WORDS_MOST;
	vec_each (&ids, id)
		id_set_add(out, *id);
	return 0;
}

/* Who begins so, and who has just that address: the index may not know it yet.
 */
static int find_words(struct db *db, const struct member_choice *choice,
		      int64_t now_ms, struct id_set *out,
		      struct member_found *found, struct err *err)
{
	if (catch_up(db, now_ms, found, err) < 0 ||
	    find_word(db, choice, false, out, found, err) < 0)
		return -1;
	return find_word(db, choice, true, out, found, err);
}

/* --- who is chosen --- */

/* What all statuses are held against. */
struct narrowing {
	const struct member_choice *choice;
	bool by_words;
	struct id_set words;
	struct id_set chose;  /* the interest, if one is asked for */
	struct id_set named;  /* the ids, if some are */
	struct id_set hashed; /* whose hashes were given */
};

static void narrowing_release(struct narrowing *n)
{
	id_set_release(&n->words);
	id_set_release(&n->chose);
	id_set_release(&n->named);
	id_set_release(&n->hashed);
}

static int find_hashed(struct db *db, const struct member_choice *choice,
		       struct id_set *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db, SQL_MEMBER_IDS_OF_HASHES,
		     SQL_ARGS(sql_int(choice->list_id),
			      sql_text(choice->hashes)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0)
		id_set_add(out, rows_int(rows, 1));
	return more;
}

static int narrow(struct db *db, struct narrowing *n, int64_t now_ms,
		  struct member_found *out, struct err *err)
{
	const struct member_choice *choice = n->choice;
	struct ids interests = { .v = (int64_t *)&choice->interest_id, .n = 1 };
	const struct member_filter filter = { .list_id = choice->list_id,
					      .interests = &interests,
					      .chose = CHOSE_ANY };

	for (size_t i = 0; choice->ids && i < choice->ids->n; i++)
		id_set_add(&n->named, choice->ids->v[i]);
	n->by_words = !utf8_is_blank(choice->text);
	if (n->by_words &&
	    find_words(db, choice, now_ms, &n->words, out, err) < 0)
		return -1;
	if (choice->hashes && find_hashed(db, choice, &n->hashed, err) < 0)
		return -1;
	return choice->interest_id
		       ? interest_members(db, &filter, &n->chose, err)
		       : 0;
}

/* Those of a status that fit all else. */
static int of_status(struct db *db, struct narrowing *n, int status,
		     int64_t now_ms, struct id_set *out, struct err *err)
{
	const struct segment_target target = {
		.list_id = n->choice->list_id,
		.segment_id = n->choice->segment_id,
		.statuses = MEMBER_STATUS_BIT(status),
	};

	if (segment_members(db, &target, now_ms, out, err) < 0)
		return -1;
	if (n->by_words)
		id_set_and(out, &n->words);
	if (n->choice->interest_id)
		id_set_and(out, &n->chose);
	if (n->choice->hashes)
		id_set_and(out, &n->hashed);
	if (n->choice->ids)
		id_set_and(out, &n->named);
	return 0;
}

int member_browse(struct db *db, const struct member_choice *choice,
		  const struct member_page *page, int64_t now_ms,
		  struct arena *arena, struct member_found *out,
		  struct err *err)
{
	CLEANUP(narrowing_release)
	struct narrowing n = { .choice = choice,
			       .words = ID_SET_INIT,
			       .chose = ID_SET_INIT,
			       .named = ID_SET_INIT,
			       .hashed = ID_SET_INIT };
	CLEANUP(id_set_release) struct id_set all = ID_SET_INIT;
	unsigned wanted =
		choice->statuses ? choice->statuses : MEMBER_STATUS_ALL;

	if (narrow(db, &n, now_ms, out, err) < 0)
		return -1;
	for (int status = 1; status <= MEMBER_ARCHIVED; status++) {
		CLEANUP(id_set_release) struct id_set set = ID_SET_INIT;

		if (of_status(db, &n, status, now_ms, &set, err) < 0)
			return -1;
		out->counts[status] = id_set_count(&set);
		if (wanted & MEMBER_STATUS_BIT(status))
			id_set_or(&all, &set);
	}
	out->total = id_set_count(&all);
	return member_order_page(db, page, choice->list_id, &all, arena, out,
				 err);
}
