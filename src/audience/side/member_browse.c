#include "audience/side/member_browse.h"

#include "audience/interest/interest.h"
#include "audience/segment_target.h"
#include "audience/side/member_word.h"
#include "base/err.h"
#include "base/utf8.h"
#include "sets/id_set.h"

/* All that have a frequent name among some 100,000: what else is asked for is
 * looked for among them. */
#define WORDS_MOST 25000

void member_found_release(struct member_found *found)
{
	vec_release(&found->ids);
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
	struct id_set chose; /* the interest, if one is asked for */
};

static void narrowing_release(struct narrowing *n)
{
	id_set_release(&n->words);
	id_set_release(&n->chose);
}

static int narrow(struct db *db, struct narrowing *n, int64_t now_ms,
		  struct member_found *out, struct err *err)
{
	const struct member_choice *choice = n->choice;
	struct ids interests = { .v = (int64_t *)&choice->interest_id, .n = 1 };
	const struct member_filter filter = { .list_id = choice->list_id,
					      .interests = &interests,
					      .chose = CHOSE_ANY };

	n->by_words = !utf8_is_blank(choice->text);
	if (n->by_words &&
	    find_words(db, choice, now_ms, &n->words, out, err) < 0)
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
	return 0;
}

static int64_t following(const struct member_page *page, struct id_set *set,
			 int64_t id)
{
	if (page->oldest_first)
		return id_set_next(set, id);
	return id_set_before(set, id ? id : INT64_MAX);
}

static void take_page(const struct member_page *page, struct id_set *set,
		      struct member_found *out)
{
	int64_t id = following(page, set, page->after_id);

	for (; id > 0 && (int64_t)out->ids.n < page->count;
	     id = following(page, set, id))
		vec_push(&out->ids, id);
	out->has_more = id > 0;
}

int member_browse(struct db *db, const struct member_choice *choice,
		  const struct member_page *page, int64_t now_ms,
		  struct member_found *out, struct err *err)
{
	CLEANUP(narrowing_release)
	struct narrowing n = { .choice = choice,
			       .words = ID_SET_INIT,
			       .chose = ID_SET_INIT };
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
	take_page(page, &all, out);
	return 0;
}
