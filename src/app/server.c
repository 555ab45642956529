#include "app/server.h"

#include "api/api.h"
#include "api/bulk/member_bulk.h"
#include "api/campaign/campaign_check.h"
#include "api/contract.h"
#include "api/demo/demo.h"
#include "api/mc30/account/account_jobs.h"
#include "api/page/audience_members.h"
#include "api/routes.h"
#include "app/app_options.h"
#include "app/audience_jobs.h"
#include "app/first_start.h"
#include "app/journal_wiring.h"
#include "app/listen.h"
#include "app/upkeep.h"
#include "audience/webhook.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/log.h"
#include "base/random.h"
#include "base/thread/stop.h"
#include "bridge/bridge.h"
#include "campaign/campaign.h"
#include "campaign/rss/feed_wait.h"
#include "campaign/rss/rss_job.h"
#include "crm/browse/bulk.h"
#include "crm/import/import.h"
#include "crm/search/search.h"
#include "crm/user/identity.h"
#include "crm/user/last_use.h"
#include "delivery/confirm_mail.h"
#include "delivery/outbox/outbox_forget.h"
#include "delivery/relay_setting.h"
#include "http/server.h"
#include "httpc/httpc.h"
#include "jobs/runner.h"

#include <string.h>
#include <unistd.h>

#define KINDS_MAX 32
#define INTERNAL_CONNECTIONS 32
#define INTERNAL_WORKERS 4
#define BRIDGE_CONNECTIONS 4
#define HTTP_STOP_MS 1000
#define ACCOUNT_JOB_THREADS 2
#define FORGET_ATTEMPTS 100 /* what a user asked for once */

struct server {
	struct config *config;
	struct arena *arena;
	struct roles roles;
	struct store *store;
	struct last_use *last_use;
	struct upkeep *upkeep;
	struct api api;
	struct contract *contract;
	struct router *router, *track_router;
	struct http_server *internal, *public, *track;
	struct journal *journal;
	struct delivery *delivery;
	struct bridge *bridge;
	struct runner *crm_jobs, *audience_jobs, *account_jobs;
	struct confirm_mail *confirm_mail;
	struct job_kind crm_kinds[KINDS_MAX];
	struct delivery_setup delivery_setup;
	struct import_context import_context;
	const char *own_urls[3];
	struct webhook_options webhooks;
	struct rss_setup rss;
	char internal_key[48]; /* of the bridge; in memory only */
	const char *instance;
	const char *public_url;
	const char *setup_link;
};

/* --- facts --- */

static const char *name_instance(struct server *s)
{
	char host[256] = "localhost";

	if (*s->config->app.instance)
		return s->config->app.instance;
	(void)gethostname(host, sizeof(host) - 1); /* the default will do */
	return arena_printf(s->arena, "%s/%s", host, s->config->http.listen);
}

/* --- who asks --- */

static int authenticate(void *context, const struct credentials *in,
			struct caller *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct server *s = context;
	struct identity_claim claim = { in->key, in->session, in->now_ms };
	struct identity id = { 0 };
	int found;

	if (in->key && strlen(in->key) == strlen(s->internal_key) &&
	    crypto_equal(in->key, s->internal_key, strlen(in->key))) {
		*out = (struct caller){ .role = ROLE_ADMINISTRATOR,
					.may_send = true,
					.name = "bridge" };
		return 1;
	}
	if (store_get(s->store, STORE_CRM, &db, err) < 0)
		return -1;
	found = identity_find(db, &claim, s->last_use, in->arena, &id, err);
	if (found > 0)
		*out = (struct caller){ .user_id = id.user_id,
					.key_id = id.key_id,
					.role = (int)id.role,
					.may_send = id.may_send,
					.by_session = id.by_session,
					.csrf = id.csrf,
					.name = id.name };
	return found;
}

/* --- listeners --- */

/* The program ends within 5 s; each listener may have somebody in hand. */
static int64_t stop_ms(const struct server *s)
{
	int64_t wanted = s->config->http.stop_ms;

	return wanted < HTTP_STOP_MS ? wanted : HTTP_STOP_MS;
}

static struct http_options listener_options(struct server *s, const char *name,
					    const char *listen)
{
	struct http_options o = s->config->http;

	o.name = name;
	o.listen = listen;
	o.stop_ms = stop_ms(s);
	o.upload_folder =
		arena_printf(s->arena, "%s/uploads", s->config->store.data);
	o.authenticate = authenticate;
	o.authenticate_context = s;
	return o;
}

/*
 * The bridge's jobs call our own API here: with places and workers of its own,
 * nothing that comes from outside can keep them from it. No handler ever does.
 */
static int start_internal(struct server *s, struct err *err)
{
	struct http_options o = listener_options(s, "internal", "127.0.0.1:0");

	o.connections = INTERNAL_CONNECTIONS;
	o.workers = INTERNAL_WORKERS;
	o.quick_workers = o.password_workers = 1;
	o.per_address = 0; /* all come from here */
	o.per_user = 0;
	random_hex(s->internal_key, 32);
	memcpy(s->internal_key + 32, "-us1", sizeof("-us1"));
	if (http_server_start(&o, s->router, &s->internal, err) < 0)
		return -1;
	s->own_urls[0] = arena_printf(s->arena, "http://%s",
				      http_server_address(s->internal));
	return 0;
}

static int start_track(struct server *s, struct err *err)
{
	struct http_options o =
		listener_options(s, "track", s->config->app.track_listen);

	o.workers = o.password_workers = 1; /* all its routes are quick */
	s->track_router = router_new();
	api_add_track_routes(s->track_router, &s->api);
	return http_server_start(&o, s->track_router, &s->track, err);
}

static int start_public(struct server *s, struct err *err)
{
	struct http_options o =
		listener_options(s, "public", s->config->http.listen);

	if (!s->roles.api && !s->roles.track)
		return 0;
	if (http_server_start(&o, s->router, &s->public, err) < 0)
		return -1;
	if (!*s->config->app.track_listen || !s->roles.track)
		return 0;
	return start_track(s, err);
}

/* It must be known before anything is started that uses it. */
static void name_public_url(struct server *s)
{
	const char *given = s->config->app.public_url;
	size_t len = strlen(given);

	if (len > 0) {
		while (len > 0 && given[len - 1] == '/')
			len--;
		s->public_url = arena_strndup(s->arena, given, len);
	} else {
		s->public_url = arena_printf(s->arena, "http://%s",
					     s->config->http.listen);
	}
	s->own_urls[1] = s->public_url;
}

/* --- services --- */

/* Before anything can be sent: a restored database is found out here. */
static int start_journal(struct server *s, struct err *err)
{
	if (journal_open_wired(s->config, s->store, false, &s->journal, err) <
		    0 ||
	    journal_start(s->journal, err) < 0)
		return err_prefix(err, "suppression journal");
	s->api.journal = s->journal;
	return 0;
}

static int start_audience_jobs(struct server *s, struct err *err)
{
	struct confirm_mail_setup mail = {
		.store = s->store,
		.options = &s->config->delivery,
		.public_url = s->public_url,
		.has_public_url = *s->config->app.public_url != '\0',
		.organisation = s->config->app.organisation,
		.postal_address = s->config->app.postal_address,
	};
	struct runner_options o = {
		.schema = STORE_AUDIENCE,
		.threads = (int)s->config->app.job_threads,
		.instance = s->instance,
	};

	if (confirm_mail_new(&mail, &s->confirm_mail, err) < 0)
		return err_prefix(err, "delivery");
	if (audience_jobs_start(s->store, &o, &s->webhooks, s->confirm_mail,
				&s->api, &s->audience_jobs, err) < 0)
		return -1;
	s->api.audience_jobs = s->audience_jobs;
	return 0;
}

static int facts_for_feeds(void *server, struct db *db,
			   struct campaign_sender_facts *out, struct err *err)
{
	struct server *s = server;

	return delivery_facts(s->delivery, db, out, err);
}

static void wake_delivery(void *server)
{
	struct server *s = server;

	delivery_wake(s->delivery);
}

/* Batches and exports that clients of the Marketing API asked for, and what
 * asks other servers for feeds. */
static int start_account_jobs(struct server *s, struct err *err)
{
	struct job_kind kinds[ACCOUNT_JOB_KINDS + 2];
	struct runner_options o = {
		.schema = STORE_AUDIENCE,
		.threads = ACCOUNT_JOB_THREADS,
		.instance = arena_printf(s->arena, "%s account", s->instance),
	};

	size_t n = account_job_kinds(&s->api, kinds);

	s->rss = (struct rss_setup){ .webhooks = &s->webhooks,
				     .facts = facts_for_feeds,
				     .wake = wake_delivery,
				     .context = s };
	kinds[n++] = rss_job_kind(&s->rss);
	kinds[n++] = feed_wait_job_kind(&s->rss);
	if (runner_start(s->store, &o, kinds, n, &s->account_jobs, err) < 0)
		return -1;
	s->api.account_jobs = s->account_jobs;
	return 0;
}

/* What was applied may have left webhooks to be told. */
static void wake_webhooks(void *context)
{
	struct server *s = context;

	runner_wake(s->audience_jobs);
}

static int find_demo(void *server, const char *const *addresses, size_t n,
		     bool *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct server *s = server;

	if (store_get(s->store, STORE_CRM, &db, err) < 0)
		return -1;
	return demo_find_addresses(db, addresses, n, out, err);
}

static int may_send(void *server, const struct campaign_order *order,
		    struct arena *arena, const char **why_out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct server *s = server;

	if (store_get(s->store, STORE_CRM, &db, err) < 0)
		return -1;
	return identity_may_send(db, order->user_id, order->key_id, arena,
				 why_out, err);
}

static int start_delivery(struct server *s, struct err *err)
{
	s->delivery_setup = (struct delivery_setup){
		.store = s->store,
		.options = &s->config->delivery,
		.instance = s->instance,
		.data = s->config->store.data,
		.public_url = s->public_url,
		.has_public_url = *s->config->app.public_url != '\0',
		.organisation = s->config->app.organisation,
		.postal_address = s->config->app.postal_address,
		.send = s->roles.send,
		.track = s->roles.track,
		.barred = { .find = find_demo, .context = s },
		.may_send = may_send,
		.after_apply = wake_webhooks,
		.context = s,
	};
	if (delivery_start(&s->delivery_setup, &s->delivery, err) < 0)
		return err_prefix(err, "delivery");
	s->api.delivery = s->delivery;
	return 0;
}

static int mails_stay(void *server, bool *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct server *s = server;

	if (store_get(s->store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	return relay_is_outbox_now(db, s->config->delivery.relay, out, err);
}

static int make_bridge(struct server *s, struct err *err)
{
	struct app_options *o = &s->config->app;
	bool inside = !*o->marketing_url;
	struct bridge_setup setup = {
		.store = s->store,
		.url = inside ? arena_printf(s->arena, "%s/3.0", s->own_urls[0])
			      : o->marketing_url,
		.key = inside ? s->internal_key : o->marketing_key,
		.inside = inside,
		.hook_url = inside ? s->own_urls[0] : s->public_url,
		.public_url = s->public_url,
		.organisation = o->organisation,
		.postal_address = o->postal_address,
		.reconcile_at = o->reconcile_at,
		.watch_ms = o->watch_ms,
		.max_age_ms = o->reconcile_max_age_ms,
		.connections = BRIDGE_CONNECTIONS,
		.mails_stay = inside ? mails_stay : NULL,
		.mails_stay_context = s,
	};

	if (bridge_new(&setup, &s->bridge, err) < 0)
		return err_prefix(err, "bridge");
	s->api.bridge = s->bridge;
	return 0;
}

/* Also where another process runs them. */
static void fill_crm_kinds(struct server *s)
{
	const struct job_kind own[] = {
		{ .name = IMPORT_JOB,
		  .fn = import_job,
		  .context = &s->import_context },
		{ .name = IMPORT_UNDO_JOB,
		  .fn = import_undo_job,
		  .context = &s->import_context },
		{ .name = IMPORT_UNCLEAR_JOB, .fn = import_unclear_job },
		{ .name = IMPORT_SWEEP_JOB,
		  .fn = import_sweep_job,
		  .context = &s->import_context },
		{ .name = BULK_JOB, .fn = bulk_job, .forgets = true },
		{ .name = MEMBER_BULK_JOB,
		  .fn = member_bulk_job,
		  .context = &s->api,
		  .forgets = true },
		{ .name = SEARCH_JOB, .fn = search_job },
		{ .name = CAMPAIGN_CHECK_JOB,
		  .fn = campaign_check_job,
		  .context = &s->api },
		{ .name = OUTBOX_FORGET_JOB,
		  .fn = outbox_forget_job,
		  .context = delivery_outbox(s->delivery),
		  .max_attempts = FORGET_ATTEMPTS,
		  .forgets = true,
		  .stays = true },
	};
	struct job_kind *all = s->crm_kinds;
	size_t n = ARRAY_SIZE(own);

	memcpy(all, own, sizeof(own));
	n += bridge_job_kinds(s->bridge, all + n, KINDS_MAX - n);
	n += demo_job_kinds(all + n, KINDS_MAX - n);
	s->api.crm_kinds = all;
	s->api.crm_kinds_n = n;
}

static int start_crm_jobs(struct server *s, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct runner_options o = {
		.schema = STORE_CRM,
		.threads = (int)s->config->app.job_threads + 2,
		.instance = s->instance,
	};

	s->import_context.folder = s->config->store.data;
	if (!*s->config->app.marketing_url)
		s->import_context.elsewhere =
			(struct import_elsewhere){ audience_people_forgotten,
						   audience_people_agreed,
						   s->store };
	if (runner_start(s->store, &o, s->crm_kinds, s->api.crm_kinds_n,
			 &s->crm_jobs, err) < 0)
		return -1;
	s->api.crm_jobs = s->crm_jobs;
	if (store_get(s->store, STORE_CRM, &db, err) < 0)
		return -1;
	return import_sweep_begin(db, clock_now_ms(), err);
}

static int start_jobs(struct server *s, struct err *err)
{
	if (!s->roles.jobs)
		return 0;
	if (start_crm_jobs(s, err) < 0 || start_account_jobs(s, err) < 0)
		return err_prefix(err, "jobs");
	return bridge_begin(s->bridge, clock_now_ms(), err);
}

static void fill_api(struct server *s)
{
	s->api.store = s->store;
	s->api.data = s->config->store.data;
	s->api.public_url = s->public_url;
	s->api.has_public_url = *s->config->app.public_url != '\0';
	s->api.last_use = s->last_use;
	s->api.organisation = s->config->app.organisation;
	s->api.postal_address = s->config->app.postal_address;
	s->api.relay = s->config->delivery.relay;
	s->webhooks = (struct webhook_options){
		.own_urls = s->own_urls,
		.allow_private = s->config->app.webhooks_private,
	};
	s->api.webhooks = &s->webhooks;
	s->api.links_private = s->config->app.webhooks_private;
	s->api.dns = s->config->app.dns;
	s->api.signups_per_client = s->config->app.signups_per_client;
	s->api.signup_proof_bits = s->config->app.signup_proof_bits;
	s->api.dkim_domain = s->config->delivery.dkim_domain;
	s->api.dkim_selector = s->config->delivery.dkim_selector;
	s->api.contract = s->contract = contract_new();
	s->api.router = s->router = router_new();
	api_add_routes(s->router, &s->api);
}

/*
 * In order of dependence: webhooks are told by a runner that delivery wakes;
 * listeners come before the other jobs, because the bridge's
 * jobs call our own API; the public one comes last, because it binds the
 * address that tells the world that all is there.
 */
static int start_all(struct server *s, struct err *err)
{
	if (roles_parse(s->config->app.roles, &s->roles, err) < 0 ||
	    store_open(&s->config->store, &s->store, err) < 0 ||
	    listen_settle(&s->config->http.listen, s->arena, err) < 0 ||
	    listen_settle(&s->config->app.track_listen, s->arena, err) < 0)
		return -1;
	s->instance = name_instance(s);
	name_public_url(s);
	if (upkeep_start(s->store, s->last_use, &s->upkeep, err) < 0)
		return -1;
	if (first_audience(s->store, &s->config->app, s->arena, err) < 0 ||
	    first_setup_link(s->store, s->public_url, s->arena, &s->setup_link,
			     err) < 0)
		return -1;
	fill_api(s);
	if (start_journal(s, err) < 0)
		return -1;
	if ((s->roles.jobs && start_audience_jobs(s, err) < 0) ||
	    start_delivery(s, err) < 0 || start_internal(s, err) < 0 ||
	    make_bridge(s, err) < 0)
		return -1;
	fill_crm_kinds(s);
	return start_public(s, err) < 0 ? -1 : start_jobs(s, err);
}

int server_start(struct config *config, const atomic_bool *stopping,
		 struct server **out, struct err *err)
{
	struct arena *arena = arena_new();
	CLEANUP(server_free)
	struct server *s = arena_new_of(arena, struct server);
	int ret;

	s->arena = arena;
	s->config = config;
	s->last_use = last_use_new();
	httpc_init();
	stop_bind(stopping);
	ret = start_all(s, err);
	stop_bind(NULL); /* what was begun is ended as usual */
	if (ret < 0)
		return -1;
	*out = TAKE(s);
	return 0;
}

const char *server_address(const struct server *s)
{
	return s->public ? http_server_address(s->public) : "";
}

const char *server_setup_link(const struct server *s)
{
	return s->setup_link;
}

/*
 * Jobs are told first, as they take longest. Nobody new; then jobs are waited
 * for, whose last calls still need the internal listener and delivery; then the
 * rest; the journal last, which gets what all others left.
 */
void server_stop(struct server *s)
{
	runner_halt(s->crm_jobs);
	runner_halt(s->audience_jobs);
	runner_halt(s->account_jobs);
	if (s->public)
		http_server_stop(s->public);
	if (s->track)
		http_server_stop(s->track);
	runner_stop(s->crm_jobs);
	runner_stop(s->audience_jobs);
	runner_stop(s->account_jobs);
	if (s->internal)
		http_server_stop(s->internal);
	upkeep_free(&s->upkeep);
	if (s->delivery)
		delivery_stop(s->delivery);
	if (s->journal)
		journal_stop(s->journal);
}

void server_free(struct server **server)
{
	struct server *s = *server;
	struct arena *arena;

	if (!s)
		return;
	server_stop(s);
	http_server_free(&s->public);
	http_server_free(&s->track);
	runner_free(&s->crm_jobs);
	runner_free(&s->audience_jobs);
	runner_free(&s->account_jobs);
	confirm_mail_free(&s->confirm_mail);
	bridge_free(&s->bridge);
	http_server_free(&s->internal);
	delivery_free(&s->delivery);
	journal_free(&s->journal);
	router_free(&s->router);
	router_free(&s->track_router);
	contract_free(&s->contract);
	last_use_free(&s->last_use);
	store_free(&s->store);
	arena = s->arena;
	arena_free(&arena);
	*server = NULL;
}
