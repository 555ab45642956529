/* Campaigns by what they say. Handler; any worker. */
#include "api/handlers.h"
#include "api/mc30/campaign_json.h"
#include "campaign/campaign_search.h"

static int write_result(const struct request *rq, struct db *db,
			const struct campaign_found *found,
			struct json_writer *w, struct err *err)
{
	struct campaign c;

	if (campaign_get(db, found->id, rq->arena, &c, err) < 0)
		return -1;
	json_begin_object(w);
	json_key(w, "campaign");
	if (mc_campaign_write(rq, db, &c, w, err) < 0)
		return -1;
	json_key_text(w, "snippet", found->snippet);
	json_end_object(w);
	return 0;
}

int mc_search_campaigns(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release) struct campaigns_found found = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct mc_page page;

	if (mc_page(rq, &page, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    tx_begin_snapshot(db, &tx, err) < 0 ||
	    campaign_search(db, request_query(rq, "query"), rq->arena, &found,
			    err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "results");
	for (size_t i = 0; i < found.n; i++)
		if (mc_on_page(&page, i) &&
		    write_result(rq, db, &found.v[i], &w, err) < 0)
			return -1;
	json_end_array(&w);
	mc_collection_end(&w, (int64_t)found.n, mc_base(rq),
			  "/search-campaigns", "");
	json_end_object(&w);
	return 0;
}
