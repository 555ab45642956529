/*
 * Whether the server lives, is ready, and what it counts. Handlers; healthz is
 * quick, the others run on any worker.
 */
#include "api/api.h"
#include "api/handlers.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/metrics.h"
#include "campaign/campaign.h"
#include "campaign/campaign_hold.h"
#include "delivery/apply/applier.h"
#include "delivery/delivery.h"
#include "journal/gate.h"
#include "journal/journal.h"

#define TEXT_TYPE "text/plain; charset=utf-8"
#define OPENMETRICS_TYPE \
	"application/openmetrics-text; version=1.0.0; charset=utf-8"

int page_healthz(struct request *rq, struct response *rs, struct err *err)
{
	(void)rq;
	(void)err;
	rs->content_type = TEXT_TYPE;
	strbuf_addstr(&rs->body, "ok\n");
	return 0;
}

/* What of the log of hits and outcomes is not applied yet. */
static void add_backlog(struct api *api, struct strbuf *out)
{
	struct backlog backlog = delivery_backlog(api->delivery);

	if (backlog.behind_ms >= MS_SECOND)
		strbuf_addf(out,
			    "the log is %lld s behind: %lld events are not "
			    "applied\n",
			    (long long)(backlog.behind_ms / MS_SECOND),
			    (long long)backlog.events);
}

/*
 * Requests are served. Whether mails go out is another matter, and no reason to
 * take the server out of service: the first line says it, the others why, and
 * what else an administrator has to see to.
 */
static int describe(struct request *rq, struct strbuf *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(strbuf_release) struct strbuf trouble = STRBUF_INIT;
	CLEANUP(vec_release) struct texts held = VEC_INIT;
	struct campaign_sender_facts facts;
	struct api *api = api_of(rq);
	const char *why;
	int closed;

	if (store_get(api->store, STORE_AUDIENCE, &db, err) < 0 ||
	    delivery_facts(api->delivery, db, &facts, err) < 0)
		return -1;
	closed = gate_is_closed(db, rq->arena, &why, err);
	if (closed < 0 || campaign_hold_list(db, rq->arena, &held, err) < 0)
		return -1;
	if (closed == 0 && campaign_cannot_leave(&facts)) {
		closed = 1;
		why = "public_url is not set (MUSTER_PUBLIC_URL)";
	}
	if (closed > 0)
		strbuf_addf(out,
			    "ready to serve, but not to send\n"
			    "sending is off: %s\n",
			    why);
	else
		strbuf_addstr(out, "ready\n");
	vec_each (&held, line)
		strbuf_addf(out, "%s\n", *line);
	journal_trouble(api->journal, &trouble);
	if (trouble.len > 0)
		strbuf_addf(out, "suppression journal: %s\n", trouble.buf);
	return 0;
}

/* In words that are fit for everybody; where a host is named, for the log. */
static const char *why_not(const struct err *err)
{
	return err->inside ? "database" : err->text;
}

int page_readyz(struct request *rq, struct response *rs, struct err *err)
{
	rs->content_type = TEXT_TYPE;
	if (store_probe(api_of(rq)->store, err) < 0) {
		log_warn("not ready", LOG_ERR(err));
		rs->status = 503;
		strbuf_addf(&rs->body, "not ready: %s\n", why_not(err));
		return 0;
	}
	if (describe(rq, &rs->body, err) < 0)
		return -1;
	add_backlog(api_of(rq), &rs->body);
	return 0;
}

int page_metrics(struct request *rq, struct response *rs, struct err *err)
{
	(void)rq;
	(void)err;
	rs->content_type = OPENMETRICS_TYPE;
	metrics_format(&rs->body);
	return 0;
}
