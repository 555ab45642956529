#include "campaign/variate/variate_content.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "campaign/campaign.h"
#include "campaign/content.h"
#include "sql/variate.h"
#include "store/db.h"

static void read_content(const struct rows *rows, struct arena *arena,
			 void *out)
{
	content_make(rows_str(rows, 0), rows_str(rows, 1), arena, out);
}

int variate_content_get(struct db *db, int64_t campaign_id, int position,
			struct arena *arena, struct content *out,
			struct err *err)
{
	int found;

	if (position <= 1)
		return content_get(db, campaign_id, arena, out, err);
	found = db_get(db, SQL_VARIATE_CONTENT_GET,
		       SQL_ARGS(sql_int(campaign_id), sql_int(position)),
		       read_content, arena, out, err);
	if (found == 0)
		return err_set(err, ERR_NOT_FOUND,
			       "campaign %lld has no content %d",
			       (long long)campaign_id, position);
	return found < 0 ? -1 : 0;
}

int variate_content_put(struct tx *tx, int64_t campaign_id, int position,
			const char *html, const char *plain_text,
			struct err *err)
{
	return db_exec(tx, SQL_VARIATE_CONTENT_PUT,
		       SQL_ARGS(sql_int(campaign_id), sql_int(position),
				sql_text(html), sql_text(plain_text)),
		       err) < 0
		       ? -1
		       : 0;
}

int variate_content_remove(struct tx *tx, int64_t campaign_id, int position,
			   struct err *err)
{
	return db_exec(tx, SQL_VARIATE_CONTENT_REMOVE,
		       SQL_ARGS(sql_int(campaign_id), sql_int(position)),
		       err) < 0
		       ? -1
		       : 0;
}

int variate_content_copy(struct tx *tx, int64_t from_id, int64_t to_id,
			 struct err *err)
{
	return db_exec(tx, SQL_VARIATE_CONTENT_COPY,
		       SQL_ARGS(sql_int(to_id), sql_int(from_id)), err) < 0
		       ? -1
		       : 0;
}

int variate_put_labels(struct tx *tx, const struct campaign *campaign,
		       const struct variate_texts *labels, int64_t now_ms,
		       struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct variate v;
	int changed;

	(void)variate_read(campaign->variate, arena, &v);
	v.contents = *labels;
	if (variate_check_count(&v, "variate_contents", err) < 0)
		return -1;
	changed = db_exec(tx, SQL_VARIATE_PUT,
			  SQL_ARGS(sql_text(variate_format(&v, arena)),
				   sql_int(now_ms), sql_int(campaign->id)),
			  err);
	if (changed == 0)
		return err_set(err, ERR_RETRY,
			       "the campaign changed in between");
	return changed < 0 ? -1 : 0;
}

int variate_recipients(struct db *db, int64_t campaign_id,
		       int64_t out[VARIATE_VARIANTS + 1], struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	memset(out, 0, sizeof(*out) * (VARIATE_VARIANTS + 1));
	if (db_query(db, SQL_VARIATE_RECIPIENTS, SQL_ARGS(sql_int(campaign_id)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		int64_t variant = rows_int(rows, 0);

		if (variant >= 1 && variant <= VARIATE_VARIANTS)
			out[variant] = rows_int(rows, 1);
	}
	return more < 0 ? -1 : 0;
}
