/*
 * Members that a campaign made cleaned, and undoing that. Mailchimp has no such
 * endpoints; the bridge drives them as it drives the rest.
 */
#include "api/handlers.h"
#include "api/mc30/campaign_json.h"
#include "audience/member_restore.h"
#include "base/err.h"

#define AT_ONCE 500

static void write_one(const struct restored *r, struct json_writer *w)
{
	json_begin_object(w);
	json_key_text(w, "email_id", r->email_hash);
	json_key_text(w, "status", member_status_name(r->status));
	json_key_bool(w, "restored", r->kept == NULL);
	json_key_text(w, "reason", r->kept ? r->kept : "");
	json_key_int(w, "restored_ms", r->restored_ms);
	json_end_object(w);
}

/* next: after which to go on; 0: that was all. */
static void write_page(const struct request *rq, const struct campaign *c,
		       const struct restoreds *page, struct json_writer *w)
{
	const char *base = mc_base(rq);
	bool more = page->n == AT_ONCE;

	json_begin_object(w);
	json_key_text(w, "campaign_id", c->hex);
	json_key_begin_array(w, "cleaned");
	vec_each (page, r)
		write_one(r, w);
	json_end_array(w);
	json_key_int(w, "next", more ? page->v[page->n - 1].member_id : 0);
	mc_links_begin(w);
	mc_link(w, "parent", "GET", base, "/campaigns/%s", c->hex);
	mc_link(w, "self", "GET", base, "/campaigns/%s/cleaned", c->hex);
	mc_link(w, "restore", "POST", base,
		"/campaigns/%s/actions/restore-cleaned", c->hex);
	mc_links_end(w);
	json_end_object(w);
}

static int read_after(const char *text, int64_t *out, struct err *err)
{
	*out = 0;
	if (text && *text && (!text_to_int(text, out) || *out < 0))
		return err_field(err, "after",
				 "Please give `next` of the page before");
	return 0;
}

int mc_campaigns_cleaned(struct request *rq, struct response *rs,
			 struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release) struct restoreds page = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct campaign c;
	int64_t after;

	if (read_after(request_query(rq, "after"), &after, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || tx_begin_snapshot(db, &tx, err) < 0 ||
	    mc_campaign_of_path(rq, db, &c, err) < 0 ||
	    member_restore_plan(db, c.id, after, AT_ONCE, rq->arena, &page,
				err) < 0)
		return -1;
	write_page(rq, &c, &page, &w);
	return 0;
}

int mc_campaigns_restore_cleaned(struct request *rq, struct response *rs,
				 struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release) struct restoreds page = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct campaign c;
	int64_t after;

	if (read_after(request_query(rq, "after"), &after, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    mc_campaign_of_path(rq, db, &c, err) < 0 ||
	    member_restore(&tx, c.id, after, AT_ONCE, rq->now_ms, rq->arena,
			   &page, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	mc_wake(rq);
	write_page(rq, &c, &page, &w);
	return 0;
}
