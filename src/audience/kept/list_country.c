#include "audience/kept/list_country.h"

#include "base/err.h"
#include "sql/list_history.h"
#include "store/db.h"

static void read_row(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct list_country *)out = (struct list_country){
		.code = rows_dup(rows, 0, arena),
		.members = rows_int(rows, 1),
	};
}

int list_countries(struct db *db, int64_t list_id, struct arena *arena,
		   struct list_countries *out, struct err *err)
{
	return db_list(db, SQL_LIST_COUNTRIES, SQL_ARGS(sql_int(list_id)),
		       read_row, arena, out, err);
}
