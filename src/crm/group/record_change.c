#include "crm/group/record_change.h"

#include "sql/record_change.h"

const struct change_log record_change_log = {
	.now = SQL_RECORD_CHANGE_NOW,
	.since = SQL_RECORD_CHANGE_SINCE,
	.prune = SQL_RECORD_CHANGE_PRUNE,
	.cut = SQL_RECORD_CHANGE_CUT,
};
