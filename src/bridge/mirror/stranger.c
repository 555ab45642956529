#include "bridge/mirror/stranger.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "store/store.h"

#include "sql/bridge.h"

#include <string.h>

int strangers_find(struct db *db, const char *audience_id, int64_t most,
		   struct strbuf *out, int64_t *n, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct json_writer w = JSON_WRITER(out);
	const char *of = NULL;
	bool is_its;
	int more = 0;

	*n = 0;
	if (setting_find(db, "bridge.mirror", arena, &of, err) < 0)
		return -1;
	is_its = of && strcmp(of, audience_id) == 0;
	if (is_its && db_query(db, SQL_BRIDGE_MEMBER_STRANGERS,
			       SQL_ARGS(sql_int(most)), &rows, err) < 0)
		return -1;
	json_begin_array(&w);
	for (; is_its && (more = rows_next(rows, err)) > 0; ++*n)
		json_text(&w, rows_text(rows, 0));
	json_end_array(&w);
	return more;
}
