#include "crm/audit.h"

#include "sql/audit.h"

int audit_add(struct tx *tx, const struct actor *actor, const char *action,
	      enum entity entity, int64_t record_id, const char *detail,
	      struct err *err)
{
	return db_exec(tx, SQL_AUDIT_ADD,
		       SQL_ARGS(sql_int(actor->now_ms),
				sql_id_or_null(actor->user_id),
				sql_text(actor->name), sql_text(action),
				sql_id_or_null(entity),
				sql_id_or_null(record_id), sql_text(detail)),
		       err) < 0
		       ? -1
		       : 0;
}
