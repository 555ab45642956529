#include "crm/unclear_opt_out.h"

#include "base/arena.h"
#include "base/email.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/kept_opt_out.h"
#include "sql/unclear_opt_out.h"

#include <string.h>

#define SETTLE_AT_ONCE 200

/* --- finding addresses in a text --- */

/* What stands beside an address: separators of any kind of file. */
static bool is_outside(char c)
{
	return (unsigned char)c <= ' ' || c == 0x7f ||
	       strchr(",;|\"<>()[]:\\", c) != NULL;
}

/* The longest run of characters of an address around the @ at s[at]. */
static struct str around(struct str s, size_t at)
{
	size_t begin = at, end = at + 1;

	while (begin > 0 && !is_outside(s.s[begin - 1]) &&
	       s.s[begin - 1] != '@')
		begin--;
	while (end < s.len && !is_outside(s.s[end]) && s.s[end] != '@')
		end++;
	while (begin < at && (s.s[begin] == '\'' || s.s[begin] == '.'))
		begin++;
	while (end > at + 1 && strchr("'.-", s.s[end - 1]))
		end--;
	return (struct str){ s.s + begin, end - begin };
}

/* The next address of *rest: false at the end. */
static bool next_address(struct str *rest, size_t *at, struct arena *arena,
			 struct email *out)
{
	while (*at < rest->len) {
		struct err ignored = ERR_INIT;
		const char *found = memchr(rest->s + *at, '@', rest->len - *at);
		size_t place;

		if (!found)
			return false;
		place = (size_t)(found - rest->s);
		*at = place + 1;
		if (email_parse(arena_str(arena, around(*rest, place)), arena,
				out, &ignored) == 0)
			return true;
	}
	return false;
}

int unclear_opt_outs_in(struct str text)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(texts_release) struct texts seen = VEC_INIT;
	struct email email;
	size_t at = 0;

	while (next_address(&text, &at, arena, &email)) {
		bool known = false;

		vec_each (&seen, hash)
			known = known || strcmp(*hash, email.hash) == 0;
		if (!known)
			vec_push(&seen, arena_strdup(arena, email.hash));
	}
	return (int)seen.n;
}

int unclear_opt_outs_add(struct tx *tx, int64_t import_id, int64_t row_number,
			 struct str text, int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct email email;
	int added, n = 0;
	size_t at = 0;

	while (next_address(&text, &at, arena, &email)) {
		added = db_exec(tx, SQL_UNCLEAR_OPT_OUT_ADD,
				SQL_ARGS(sql_int(import_id),
					 sql_text(email.hash),
					 sql_text(email.address),
					 sql_int(row_number), sql_int(now_ms)),
				err);
		if (added < 0)
			return -1;
		n += added;
	}
	return n;
}

/* --- reading --- */

int unclear_opt_out_find(struct db *db, const char *hash, int64_t *since_ms,
			 struct err *err)
{
	return db_find_int(db, SQL_UNCLEAR_OPT_OUT_FIND,
			   SQL_ARGS(sql_text(hash)), since_ms, err);
}

int unclear_opt_outs_format(struct db *db, int64_t import_id, int64_t limit,
			    struct json_writer *w, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db, SQL_UNCLEAR_OPT_OUT_LIST,
		     SQL_ARGS(sql_int(import_id), sql_int(limit)), &rows,
		     err) < 0)
		return -1;
	json_begin_array(w);
	while ((more = rows_next(rows, err)) > 0) {
		json_begin_object(w);
		json_key_int(w, "row", rows_int(rows, 0));
		json_key_text(w, "address", rows_text(rows, 1));
		json_end_object(w);
	}
	json_end_array(w);
	return more;
}

/* --- settling --- */

static int settle_one(struct tx *tx, int64_t import_id, const char *address,
		      bool opt_out, const struct actor *actor,
		      struct arena *arena, struct err *err)
{
	struct consent consent = {
		.state = CONSENT_OPTED_OUT,
		.source = actor->user_id ? CONSENT_BY_USER : CONSENT_BY_API,
		.reason = "an unclear row of an import",
	};
	struct email email;

	if (email_parse(address, arena, &email, err) < 0)
		return -1;
	if (opt_out &&
	    kept_opt_out_by_address(tx, &email, &consent, 0, actor, err) < 0)
		return -1;
	return db_exec(tx, SQL_UNCLEAR_OPT_OUT_REMOVE,
		       SQL_ARGS(sql_int(import_id), sql_text(email.hash)), err);
}

int unclear_opt_outs_settle(struct tx *tx, int64_t import_id, bool opt_out,
			    const struct actor *actor, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(texts_release) struct texts addresses = VEC_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(tx->db, SQL_UNCLEAR_OPT_OUT_PAGE,
		     SQL_ARGS(sql_int(import_id), sql_int(SETTLE_AT_ONCE)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0)
		vec_push(&addresses, rows_dup(rows, 1, arena));
	rows_free(&rows);
	if (more < 0)
		return -1;
	vec_each (&addresses, address) {
		if (settle_one(tx, import_id, *address, opt_out, actor, arena,
			       err) < 0)
			return -1;
	}
	return (int)addresses.n;
}
