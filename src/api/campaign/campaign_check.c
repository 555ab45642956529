#include "api/campaign/campaign_check.h"

#include "api/crm/campaign_checklist.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/email.h"
#include "base/err.h"
#include "base/thread/stop.h"
#include "campaign/html/html_links.h"
#include "delivery/relay_setting.h"
#include "dns/dns.h"
#include "dns/sender_domain.h"
#include "httpc/link_check.h"

#include <string.h>

/* 45 s, and 12 for the four questions about the domain. */
#define LINKS_MAX 50
#define LINK_MS 8000
#define LINKS_MS 45000
#define DNS_MS 3000

struct checked {
	struct link_check *links;
	size_t links_n;
	bool has_domain;
	struct sender_domain domain;
};

/* --- links --- */

/* Those that are the same for everybody. */
static void collect_links(const char *html, struct arena *arena,
			  struct checked *out)
{
	struct html_links found;

	html_links_scan(str_of(html), arena, &found);
	out->links = arena_array(arena, struct link_check, LINKS_MAX);
	for (size_t i = 0; i < found.distinct_n && out->links_n < LINKS_MAX;
	     i++)
		if (!found.distinct[i]->has_tags)
			out->links[out->links_n++].url =
				found.distinct[i]->target;
}

/* What fails here, as for a job that was canceled, fails again at the end. */
static void note_progress(void *context, size_t done)
{
	struct job_run *run = context;
	struct err unused = ERR_INIT;

	(void)job_progress(run, NULL, (int64_t)done, run->job->total, NULL,
			   &unused);
}

static int check_links(struct job_run *run, struct checked *c, struct err *err)
{
	const struct api *api = run->context;
	struct link_check_options o = {
		.one_ms = LINK_MS,
		.all_ms = LINKS_MS,
		.allow_private = api->links_private,
		.progress = note_progress,
		.context = run,
	};

	if (job_progress(run, NULL, 0, (int64_t)c->links_n + 1, NULL, err) < 0)
		return -1;
	link_check_all(&o, c->links, c->links_n, run->arena);
	return stop_check(err);
}

/* --- the domain --- */

static bool is_told(const struct campaign_checklist *list, const char *code)
{
	vec_each (&list->items, item)
		if (strcmp(item->code, code) == 0 && item->type != CHECK_GOOD)
			return true;
	return false;
}

/* *out is NULL for the outbox. */
static int find_relay_host(const struct api *api, struct arena *arena,
			   const char **out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct relay_parts parts;
	const char *url;

	if (store_get(api->store, STORE_AUDIENCE, &db, err) < 0 ||
	    relay_in_force(db, api->relay, arena, &url, err) < 0 ||
	    relay_parts_of(url, arena, &parts, err) < 0)
		return -1;
	*out = parts.is_outbox ? NULL : parts.host;
	return 0;
}

/* Of a mail provider's domain the checklist says all there is to say. */
static int check_domain(struct job_run *run,
			const struct campaign_checklist *list,
			struct checked *c, struct err *err)
{
	const struct api *api = run->context;
	struct dns_options dns = { .server = api->dns, .total_ms = DNS_MS };
	struct sender_domain_question q = {
		.dkim_domain = api->dkim_domain,
		.dkim_selector = api->dkim_selector,
	};
	struct err unused = ERR_INIT;
	struct email from;

	if (!list->campaign.from_email || is_told(list, "domain") ||
	    email_parse(list->campaign.from_email, run->arena, &from, &unused) <
		    0)
		return 0;
	q.domain = from.domain;
	if (find_relay_host(api, run->arena, &q.relay_host, err) < 0)
		return -1;
	c->has_domain = true;
	return sender_domain_check(&dns, &q, run->arena, &c->domain, err);
}

/* --- the result --- */

static void write_fact(struct json_writer *w, const char *key,
		       const struct domain_fact *f)
{
	json_key_begin_object(w, key);
	json_key_text(w, "state", domain_state_name(f->state));
	json_key_text(w, "record", f->record);
	json_key_text(w, "about", f->about);
	json_end_object(w);
}

static void write_links(struct json_writer *w, const struct checked *c)
{
	json_key_begin_array(w, "links");
	for (size_t i = 0; i < c->links_n; i++) {
		const struct link_check *l = &c->links[i];

		json_begin_object(w);
		json_key_text(w, "url", l->url);
		json_key_text(w, "state", link_state_name(l->state));
		json_key_id(w, "status", l->status);
		json_key_text(w, "problem", l->problem);
		json_end_object(w);
	}
	json_end_array(w);
}

static void write_result(const struct campaign_checklist *list,
			 const struct checked *c, struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);

	json_begin_object(&w);
	campaign_checklist_write(list, &w);
	write_links(&w, c);
	if (c->has_domain) {
		json_key_begin_object(&w, "domain");
		write_fact(&w, "spf", &c->domain.spf);
		write_fact(&w, "dkim", &c->domain.dkim);
		write_fact(&w, "dmarc", &c->domain.dmarc);
		json_end_object(&w);
	} else {
		json_key_text(&w, "domain", NULL);
	}
	json_end_object(&w);
}

int campaign_check_job(struct job_run *run, struct err *err)
{
	CLEANUP(campaign_checklist_release)
	struct campaign_checklist list = { .arena = run->arena };
	CLEANUP(json_free) json_t *payload = NULL;
	struct checked c = { .links_n = 0 };
	int64_t id = 0;

	if (json_parse(str_of(run->job->payload), &payload, err) < 0 ||
	    json_get_int(payload, "campaign_id", &id, err) < 0 ||
	    campaign_checklist_make(run->context, run->db, id, run->arena,
				    &list, err) < 0)
		return -1;
	collect_links(list.campaign.html, run->arena, &c);
	if (check_links(run, &c, err) < 0 ||
	    check_domain(run, &list, &c, err) < 0 ||
	    job_progress(run, NULL, run->job->total, run->job->total, NULL,
			 err) < 0)
		return -1;
	write_result(&list, &c, run->result);
	return 0;
}

int v1_campaigns_check(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_campaign campaign;
	struct job_new job = { .kind = CAMPAIGN_CHECK_JOB,
			       .user_id = rq->caller.user_id };
	int64_t id, job_id;

	if (request_param_id(rq, "campaign_id", &id, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    crm_campaign_get(db, id, rq->arena, &campaign, err) < 0)
		return -1;
	job.payload = arena_printf(rq->arena, "{\"campaign_id\": %lld}",
				   (long long)id);
	job.single_key =
		arena_printf(rq->arena, "campaign-check:%lld", (long long)id);
	if (job_add(&tx, &job, rq->now_ms, &job_id, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	v1_accepted(rs, job_id);
	return 0;
}
