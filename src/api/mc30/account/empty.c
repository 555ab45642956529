/* Handlers; any worker. */
#include "api/mc30/account/empty.h"

#include "api/handlers.h"
#include "api/mc30/campaign_json.h"
#include "api/mc30/mc30.h"
#include "audience/list.h"
#include "base/arena.h"
#include "base/err.h"

#include <string.h>

/* What it belongs to: the account, or a thing that must be there. */
enum owner { OF_ACCOUNT, OF_LIST, OF_CAMPAIGN };

static const struct {
	const char *name; /* of the array */
	const char *path; /* behind that of what it belongs to */
	enum owner owner;
} collections[] = {
	[EMPTY_AUTOMATIONS] = { "automations", "/automations" },
	[EMPTY_CONNECTED_SITES] = { "sites", "/connected-sites" },
	[EMPTY_CONVERSATIONS] = { "conversations", "/conversations" },
	[EMPTY_ECOMMERCE_ORDERS] = { "orders", "/ecommerce/orders" },
	[EMPTY_ECOMMERCE_STORES] = { "stores", "/ecommerce/stores" },
	[EMPTY_FACEBOOK_ADS] = { "facebook_ads", "/facebook-ads" },
	[EMPTY_LANDING_PAGES] = { "landing_pages", "/landing-pages" },
	[EMPTY_LIST_SURVEYS] = { "surveys", "/surveys", OF_LIST },
	[EMPTY_REPORT_PRODUCTS] = { "products", "/ecommerce-product-activity",
				    OF_CAMPAIGN },
	[EMPTY_REPORTING_FACEBOOK_ADS] = { "facebook_ads",
					   "/reporting/facebook-ads" },
	[EMPTY_REPORTING_LANDING_PAGES] = { "landing_pages",
					    "/reporting/landing-pages" },
	[EMPTY_REPORTING_SURVEYS] = { "surveys", "/reporting/surveys" },
};

/* The path of what it belongs to, and the name under which its id is shown. */
static int find_owner(const struct request *rq, enum owner owner,
		      const char **path, const char **key, const char **hex,
		      struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct campaign campaign;
	struct list list;

	*path = "";
	*key = NULL;
	if (owner == OF_ACCOUNT)
		return 0;
	if (mc_db(rq, &db, err) < 0)
		return -1;
	if (owner == OF_LIST) {
		if (mc_list_of_path(rq, db, &list, err) < 0)
			return -1;
		*key = "list_id";
		*hex = list.hex;
		*path = arena_printf(rq->arena, "/lists/%s", list.hex);
		return 0;
	}
	if (mc_campaign_of_path(rq, db, &campaign, err) < 0)
		return -1;
	*key = "campaign_id";
	*hex = campaign.hex;
	*path = arena_printf(rq->arena, "/reports/%s", campaign.hex);
	return 0;
}

int mc_empty_list(struct request *rq, struct response *rs, struct err *err)
{
	enum owner owner = collections[rq->argument].owner;
	const char *parent, *key, *hex = "", *base = mc_base(rq);
	struct json_writer w = mc_writer(rq, rs);
	struct mc_page page;

	if (mc_page(rq, &page, err) < 0 ||
	    find_owner(rq, owner, &parent, &key, &hex, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, collections[rq->argument].name);
	json_end_array(&w);
	if (key)
		json_key_text(&w, key, hex);
	mc_collection_end(&w, 0, base,
			  arena_printf(rq->arena, "%s%s", parent,
				       collections[rq->argument].path),
			  *parent ? parent : "/");
	json_end_object(&w);
	return 0;
}

int mc_empty_add(struct request *rq, struct response *rs, struct err *err)
{
	(void)rq;
	(void)rs;
	return err_set(err, ERR_DENIED,
		       "Nothing can be added here: this "
		       "server has none of it.");
}

int mc_nothing_there(struct request *rq, struct response *rs, struct err *err)
{
	(void)rq;
	(void)rs;
	return mc_not_found(err);
}
