#include "api/campaign/campaign_check.h"

#include "api/campaign/mail_link.h"
#include "api/crm/campaign_checklist.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/email.h"
#include "base/err.h"
#include "base/thread/stop.h"
#include "campaign/file/file.h"
#include "delivery/relay_setting.h"
#include "dns/dns.h"
#include "dns/sender_domain.h"
#include "httpc/link_check.h"

#include <string.h>

/* 45 s, and 12 for the four questions about the domain. */
#define LINKS_MAX 50 /* and as many pictures */
#define LINK_MS 8000
#define LINKS_MS 45000
#define DNS_MS 3000

struct checked {
	struct mail_links links;
	struct link_check *tried; /* of each */
	bool has_domain;
	struct sender_domain domain;
};

static void checked_release(struct checked *c)
{
	mail_links_release(&c->links);
}

/* --- links and pictures --- */

/* What fails here, as for a job that was canceled, fails again at the end. */
static void note_progress(void *context, size_t done)
{
	struct job_run *run = context;
	struct err unused = ERR_INIT;

	(void)job_progress(run, NULL, (int64_t)done, run->job->total, NULL,
			   &unused);
}

/* The hash of a picture that this server shows by itself; NULL: it is none. */
static const char *own_picture(const struct api *api,
			       const struct mail_link *link,
			       struct arena *arena)
{
	const char *files = arena_printf(arena, "%s/files/", api->public_url);
	struct str rest = str_of(link->url);

	if (!link->is_image || !str_starts(rest, files))
		return NULL;
	rest = str_of(link->url + strlen(files));
	return arena_str(arena, str_cut(&rest, '/'));
}

/* It is looked up: this server may not be reached from itself. */
static int look_up(const struct api *api, const char *hash,
		   struct link_check *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(strbuf_release) struct strbuf bytes = STRBUF_INIT;
	enum file_type type;
	int found;

	if (store_get(api->store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	found = file_read(db, hash, &type, &bytes, err);
	out->state = found == 1 ? LINK_GOOD : LINK_BROKEN;
	out->problem = found == 1 ? NULL : "there is no such picture any more";
	return found < 0 ? -1 : 0;
}

/* Own pictures are done afterwards; *asked_out: all others. */
static size_t collect(const struct api *api, const struct checked *c,
		      struct arena *arena, struct link_check *asked_out)
{
	size_t n = 0;

	vec_each (&c->links.list, link)
		if (!own_picture(api, link, arena))
			asked_out[n++].url = link->url;
	return n;
}

static int spread(const struct api *api, const struct link_check *asked,
		  struct arena *arena, struct checked *c, struct err *err)
{
	for (size_t i = 0, n = 0; i < c->links.list.n; i++) {
		const struct mail_link *link = &c->links.list.v[i];
		const char *hash = own_picture(api, link, arena);

		if (!hash)
			c->tried[i] = asked[n++];
		else if (look_up(api, hash, &c->tried[i], err) < 0)
			return -1;
	}
	return 0;
}

static int check_links(struct job_run *run, struct checked *c, struct err *err)
{
	const struct api *api = run->context;
	size_t n = c->links.list.n;
	struct link_check *asked =
		arena_array(run->arena, struct link_check, n + 1);
	struct link_check_options o = {
		.one_ms = LINK_MS,
		.all_ms = LINKS_MS,
		.allow_private = api->links_private,
		.progress = note_progress,
		.context = run,
	};

	c->tried = arena_array(run->arena, struct link_check, n + 1);
	n = collect(api, c, run->arena, asked);
	if (job_progress(run, NULL, 0, (int64_t)n + 1, NULL, err) < 0)
		return -1;
	link_check_all(&o, asked, n, run->arena);
	if (stop_check(err) < 0)
		return -1;
	return spread(api, asked, run->arena, c, err);
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

static void write_blocks(struct json_writer *w, const struct mail_links *links,
			 size_t link)
{
	json_key_begin_array(w, "blocks");
	vec_each (&links->places, place)
		if (place->link == link)
			json_text(w, place->block);
	json_end_array(w);
}

static void write_links(struct json_writer *w, const struct checked *c)
{
	json_key_begin_array(w, "links");
	for (size_t i = 0; i < c->links.list.n; i++) {
		const struct mail_link *link = &c->links.list.v[i];
		const struct link_check *l = &c->tried[i];

		json_begin_object(w);
		json_key_text(w, "url", link->url);
		json_key_text(w, "kind", link->is_image ? "image" : "link");
		write_blocks(w, &c->links, i);
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
	CLEANUP(checked_release) struct checked c = { .has_domain = false };
	const char *variant = NULL;
	int64_t id = 0;

	if (json_parse(str_of(run->job->payload), &payload, err) < 0 ||
	    json_get_int(payload, "campaign_id", &id, err) < 0 ||
	    json_get_text(payload, "variant", &variant, err) < 0 ||
	    campaign_checklist_make(run->context, run->db, id, variant,
				    run->arena, &list, err) < 0 ||
	    mail_links_find(&list.campaign, LINKS_MAX, run->arena, &c.links,
			    err) < 0 ||
	    check_links(run, &c, err) < 0 ||
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
	const char *letter = request_query(rq, "variant");
	int64_t id, job_id;

	if (request_param_id(rq, "campaign_id", &id, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    crm_campaign_get(db, id, rq->arena, &campaign, err) < 0 ||
	    ab_test_take_letter(&campaign, letter, err) < 0)
		return -1;
	/* a letter that it has: nothing to escape */
	job.payload =
		arena_printf(rq->arena, "{\"campaign_id\": %lld%s%s%s}",
			     (long long)id, letter ? ", \"variant\": \"" : "",
			     letter ? letter : "", letter ? "\"" : "");
	job.single_key = arena_printf(rq->arena, "campaign-check:%lld%s",
				      (long long)id, letter ? letter : "");
	if (job_add(&tx, &job, rq->now_ms, &job_id, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	v1_accepted(rs, job_id);
	return 0;
}
