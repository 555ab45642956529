/*
 * api/api.h - what every handler can reach, and helpers they share
 *
 * app/ fills one struct api and gives it to all route tables as their context.
 * Handlers get it with api_of(rq).
 */
#ifndef API_API_H
#define API_API_H

#include "http/router.h"
#include "store/store.h"

struct bridge;
struct contract;
struct delivery;
struct job_kind;
struct journal;
struct router;
struct runner;
struct last_use;
struct webhook_options;

struct api {
	const struct contract *contract; /* of /api/v1 */
	struct store *store;
	const struct router *router;  /* for our own requests, http/call.h */
	struct runner *account_jobs;  /* batches, exports; as the next */
	struct runner *crm_jobs;      /* woken after a job was added */
	struct runner *audience_jobs; /* same */
	const struct job_kind *crm_kinds; /* of its jobs, whoever runs them */
	size_t crm_kinds_n;
	struct bridge *bridge;
	struct delivery *delivery;
	struct last_use *last_use; /* of keys and sessions */
	struct journal *journal;   /* of opt-outs; see journal/journal.h */
	const char *data;          /* folder for uploads of imports */
	const char *public_url;    /* without final slash */
	bool has_public_url;       /* it was configured */
	/* Options; "": the settings. */
	const char *organisation, *postal_address;
	const char *relay;                      /* has a password in it */
	const struct webhook_options *webhooks; /* where they may go */
	bool links_private; /* a check of links may go there, too */
	const char *dns;    /* see dns/dns.h */
	const char *dkim_domain, *dkim_selector;
	int64_t signups_per_client; /* in an hour; 0: no limit */
	int64_t signup_proof_bits;  /* 0: no proof of work is asked for */
};

struct api *api_of(const struct request *rq);
/* After a commit that may have added jobs of the audience. */
void api_wake_audience(const struct request *rq);

#endif
