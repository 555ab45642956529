#include "audience/form/signup_limit.h"

#include "audience/suppression.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "sql/signup.h"
#include "store/db.h"

#include <string.h>

/* Keeps of `times` what is of the last day, in *kept, and counts it. */
static void count(struct str times, int64_t now_ms, struct strbuf *kept,
		  int64_t *hour, int64_t *day)
{
	*hour = *day = 0;
	while (times.len) {
		int64_t at_ms;

		if (!str_to_int(str_cut(&times, ' '), &at_ms) ||
		    at_ms <= now_ms - MS_DAY)
			continue;
		*day += 1;
		*hour += at_ms > now_ms - MS_HOUR;
		strbuf_addint(kept, at_ms);
		strbuf_addch(kept, ' ');
	}
}

const char *signup_limit_name(const char *address, struct arena *arena)
{
	const char *at = strrchr(address, '@');
	size_t local = (size_t)(at - address);
	const char *plus = memchr(address, '+', local);

	if (plus && plus > address)
		local = (size_t)(plus - address);
	return arena_printf(arena, "confirm %.*s%s", (int)local, address, at);
}

int signup_limit_take(struct tx *tx, const char *what,
		      const struct signup_limit *limit, int64_t now_ms,
		      struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf kept = STRBUF_INIT;
	char hash[KEYED_HASH_HEX + 1];
	struct suppression_key key;
	const char *times = "";
	int64_t hour, day;

	if (suppression_key_ensure(tx, &key, err) < 0)
		return -1;
	suppression_hash(&key, what, hash);
	if (db_exec(tx, SQL_SIGNUP_LIMIT_REMOVE_OLD,
		    SQL_ARGS(sql_int(now_ms - MS_DAY)), err) < 0 ||
	    db_exec(tx, SQL_SIGNUP_LIMIT_LOCK,
		    SQL_ARGS(sql_text(hash), sql_int(now_ms)), err) < 0 ||
	    db_find_text(tx->db, SQL_SIGNUP_LIMIT_FIND,
			 SQL_ARGS(sql_text(hash)), arena, &times, err) < 0)
		return -1;
	count(str_of(times), now_ms, &kept, &hour, &day);
	if ((limit->an_hour && hour >= limit->an_hour) ||
	    (limit->a_day && day >= limit->a_day))
		return 0;
	strbuf_addint(&kept, now_ms);
	return db_exec(tx, SQL_SIGNUP_LIMIT_PUT,
		       SQL_ARGS(sql_str(strbuf_str(&kept)), sql_text(hash)),
		       err) < 0
		       ? -1
		       : 1;
}
