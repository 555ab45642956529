#include "audience/tag_page.h"

#include "audience/member_private.h"
#include "base/err.h"
#include "sql/segment.h"
#include "store/db.h"

int tag_page_list(struct db *db, const struct tag_page *page,
		  struct arena *arena, struct members *out, struct err *err)
{
	return db_list(
		db, page->brief ? SQL_SEGMENT_TAG_BRIEF : SQL_SEGMENT_TAG_PAGE,
		SQL_ARGS(sql_int(page->segment_id), sql_int(page->after_id),
			 sql_int(page->statuses), sql_int(page->count)),
		page->brief ? member_read_brief : member_read_row, arena, out,
		err);
}
