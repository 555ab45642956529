/* Who the account is: the answer to GET /3.0/. A handler; any worker. */
#include "api/mc30/mc30.h"

#include "api/handlers.h"
#include "audience/list.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/text/time_zone.h"

static void write_account(const struct request *rq, const struct list *master,
			  const char *id, const char *zone,
			  struct json_writer *w)
{
	const char *organisation = api_of(rq)->organisation;
	const char *company = list_company(master, rq->arena);

	json_key_text(w, "account_id", id);
	json_key_text(w, "login_id", id);
	json_key_text(w, "account_name",
		      *organisation ? organisation
		      : *company    ? company
				    : master->name);
	json_key_text(w, "email", "");
	json_key_text(w, "first_name", "");
	json_key_text(w, "last_name", "");
	json_key_text(w, "username",
		      rq->caller.name ? rq->caller.name : "muster");
	json_key_text(w, "avatar_url", "");
	json_key_text(w, "role",
		      rq->caller.role == 1   ? "owner"
		      : rq->caller.role == 2 ? "manager"
					     : "viewer");
	json_key_time(w, "member_since", master->created_ms);
	json_key_text(w, "pricing_plan_type", "monthly");
	json_key_text(w, "first_payment", "");
	json_key_text(w, "account_timezone", zone);
	json_key_text(w, "account_industry", "");
}

static void write_contact(const struct request *rq, const struct list *master,
			  struct json_writer *w)
{
	static const char *const names[][2] = {
		{ "company", "company" }, { "addr1", "address1" },
		{ "addr2", "address2" },  { "city", "city" },
		{ "state", "state" },     { "zip", "zip" },
		{ "country", "country" },
	};
	CLEANUP(json_free) json_t *contact = NULL;
	struct err ignored = ERR_INIT;

	(void)rq;
	/* Our own column; if it were broken, the texts are empty. */
	(void)json_parse(str_of(master->contact), &contact, &ignored);
	json_key_begin_object(w, "contact");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *text = json_string_value(
			json_object_get(contact, names[i][1]));

		json_key_text(w, names[i][0], text ? text : "");
	}
	json_end_object(w);
}

static void write_rest(const struct request *rq, int64_t subscribers,
		       const struct list_stats *stats, struct json_writer *w)
{
	const char *base = mc_base(rq);

	json_key_bool(w, "pro_enabled", false);
	json_key_text(w, "last_login", "");
	json_key_int(w, "total_subscribers", subscribers);
	json_key_begin_object(w, "industry_stats");
	json_key_number(w, "open_rate", stats->open_rate / 100);
	json_key_number(w, "bounce_rate", 0);
	json_key_number(w, "click_rate", stats->click_rate / 100);
	json_end_object(w);
	mc_links_begin(w);
	mc_link(w, "self", "GET", base, "/");
	mc_link(w, "lists", "GET", base, "/lists");
	mc_link(w, "campaigns", "GET", base, "/campaigns");
	mc_link(w, "reports", "GET", base, "/reports");
	mc_links_end(w);
}

int mc_root(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct lists lists = VEC_INIT;
	struct list_filter filter = { .count = 1000 };
	struct list_stats stats = { 0 }, of_master = { 0 };
	struct list master = { .hex = "", .name = "", .contact = "{}" };
	struct json_writer w = mc_writer(rq, rs);
	const struct time_zone *zone;
	int64_t total = 0, subscribers = 0;
	char account[LIST_ACCOUNT_HEX + 1];

	if (mc_db(rq, &db, err) < 0 || list_account_id(db, account, err) < 0 ||
	    account_zone_load(db, rq->arena, &zone, err) < 0 ||
	    list_list(db, &filter, rq->arena, &lists, &total, err) < 0)
		return -1;
	vec_each (&lists, list) {
		if (list_stats(db, list, rq->now_ms, &stats, err) < 0)
			return -1;
		subscribers += stats.member_count;
		if (list->is_master) {
			master = *list;
			of_master = stats;
		}
	}
	json_begin_object(&w);
	write_account(rq, &master, account, time_zone_name(zone), &w);
	write_contact(rq, &master, &w);
	write_rest(rq, subscribers, &of_master, &w);
	json_end_object(&w);
	return 0;
}
