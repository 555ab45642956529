#include "audience/sets/member_change.h"

#include "sql/member_change.h"

const struct change_log member_change_log = {
	.now = SQL_CHANGE_LOG_NOW,
	.since = SQL_CHANGE_LOG_SINCE,
	.prune = SQL_CHANGE_LOG_PRUNE,
	.cut = SQL_CHANGE_LOG_CUT,
};
