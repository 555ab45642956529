/* What happened in the account lately. Handler; any worker. */
#include "audience/kept/chatter.h"

#include "api/handlers.h"
#include "api/mc30/mc30.h"
#include "base/arena.h"
#include "base/err.h"

static const char *const types[] = {
	[CHATTER_JOINED] = "lists:new-subscriber",
	[CHATTER_LEFT] = "lists:unsubscribes",
	[CHATTER_FORWARDED] = "campaigns:forward-to-friend",
};

/* In English, as everything of the Marketing API. */
static const char *title_of(const struct chatter *c, struct arena *arena)
{
	long long n = c->n;
	const char *many = n == 1 ? "" : "s";

	switch (c->kind) {
	case CHATTER_JOINED:
		return arena_printf(arena, "%lld new subscriber%s to %s", n,
				    many, c->title);
	case CHATTER_LEFT:
		return arena_printf(arena, "%lld unsubscribe%s from %s", n,
				    many, c->title);
	case CHATTER_FORWARDED:
		break;
	}
	return arena_printf(arena, "%s was forwarded %lld time%s", c->title, n,
			    many);
}

static void write_one(const struct request *rq, const struct chatter *c,
		      struct json_writer *w)
{
	bool of_campaign = c->kind == CHATTER_FORWARDED;

	json_begin_object(w);
	json_key_text(w, "title", title_of(c, rq->arena));
	json_key_text(w, "message", "");
	json_key_text(w, "type", types[c->kind]);
	json_key_time(w, "update_time", c->at_ms);
	json_key_text(w, "list_id", c->list_hex);
	json_key_text(w, "campaign_id", of_campaign ? c->hex : "");
	json_key_text(w, "url",
		      arena_printf(rq->arena,
				   of_campaign ? "%s/reports/%s"
					       : "%s/lists/%s/growth-history",
				   mc_base(rq), c->hex));
	json_end_object(w);
}

int mc_chimp_chatter_list(struct request *rq, struct response *rs,
			  struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct chatters all = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct mc_page page;

	if (mc_page(rq, &page, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    chatter_list(db, rq->now_ms, rq->arena, &all, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "chimp_chatter");
	for (size_t i = 0; i < all.n; i++)
		if (mc_on_page(&page, i))
			write_one(rq, &all.v[i], &w);
	json_end_array(&w);
	mc_collection_end(&w, (int64_t)all.n, mc_base(rq),
			  "/activity-feed/chimp-chatter", "/");
	json_end_object(&w);
	return 0;
}
