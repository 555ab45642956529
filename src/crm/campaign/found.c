#include "crm/campaign/found.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/utf8.h"

#include "sql/campaign_found.h"

int found_campaign_known(struct db *db, struct str ids, struct arena *arena,
			 struct texts *out, struct err *err)
{
	return db_list_texts(db, SQL_CAMPAIGN_FOUND_KNOWN,
			     SQL_ARGS(sql_str(ids)), arena, out, err);
}

int found_campaign_add(struct tx *tx, const struct crm_campaign *c,
		       int64_t now_ms, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;

	utf8_fold(str_of(c->name), &folded);
	return db_exec(tx, SQL_CAMPAIGN_FOUND_ADD,
		       SQL_ARGS(sql_text(c->name), sql_str(strbuf_str(&folded)),
				sql_text(c->subject), sql_text(c->preview_text),
				sql_text(c->from_name), sql_text(c->from_email),
				sql_text(c->html), sql_text(c->plain_text),
				sql_id_or_null(c->to_kind),
				sql_text(c->to_name), sql_text(c->audience_id),
				sql_text(c->marketing_campaign_id),
				sql_int(c->started_ms),
				sql_id_or_null(c->sent_ms),
				sql_int(c->created_ms), sql_int(now_ms),
				sql_int(now_ms), sql_int(c->origin),
				sql_text(c->marketing_campaign_id)),
		       err);
}

int found_campaign_was_sent(struct tx *tx, int64_t campaign_id,
			    struct str hashes, struct err *err)
{
	return db_exec(tx, SQL_CAMPAIGN_FOUND_SENT,
		       SQL_ARGS(sql_int(campaign_id), sql_str(hashes)), err) < 0
		       ? -1
		       : 0;
}
