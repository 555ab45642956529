/*
 * bridge/bridge.h - holds the CRM and the master audience in step
 *
 * The bridge speaks only the Marketing API 3.0 (mcapi), so the same code
 * drives the engine inside and a real Mailchimp account. Everything it intends
 * is a row in the schema crm, written with the change that caused it; all of
 * its work is done by jobs:
 *
 *     push             a group becomes a tag            {group_id, dry_run}
 *     campaign-send    push, create, check, send        {campaign_id}
 *     campaign-test    a test to some addresses         {campaign_id, to}
 *     campaign-act     pause, resume, cancel ...        {campaign_id, action}
 *     campaign-winner  of its A/B test                  {campaign_id, variant}
 *     undo-cleans      what it cleaned is free again     {campaign_id, dry_run}
 *     pull             results of running campaigns, sends that were lost
 *                                                        (always one waits)
 *     sync             reconcile all, repair            {full}
 *     watch            what others changed in the audience, and sent: read
 *                                                        (always one waits)
 *     bridge-person    addresses, opt-out, names        {person_id}
 *     bridge-fields    what merge fields there are      {create}
 *     bridge-forget    erased people -> delete-permanent
 *     bridge-organisation  who we are -> name, contact of the audience inside
 *     bridge-targets   what campaigns can go to          {}
 *     bridge-hook      one webhook of the audience, queued
 *
 * A run never re-subscribes anybody, and asks (needs_confirmation) before
 * removing changes pass the circuit breaker.
 */
#ifndef BRIDGE_BRIDGE_H
#define BRIDGE_BRIDGE_H

#include "jobs/runner.h"

struct arena;
struct bridge;
struct db;
struct err;
struct store;
struct tx;

struct bridge_setup {
	struct store *store;
	const char *url; /* of the Marketing API, with /3.0 */
	const char *key;
	bool inside;          /* the engine of this process: poll often */
	const char *hook_url; /* our own base URL, as the audience reaches it;
				 "" : no webhooks */
	const char *public_url;
	const char *organisation; /* options; "": the settings */
	const char *postal_address;
	const char *reconcile_at; /* HH:MM, UTC */
	int64_t watch_ms;         /* from one look at the audience to the next,
				     at least */
	int64_t max_age_ms;       /* of the last reconcile, when remote */
	int64_t connections;      /* to the endpoint, at most 10 */
	/* Do mails stay in the catcher of this program? Only then the people
	 * of the demo get any; else plans leave them out (LEFT_OUT_DEMO), but
	 * while the demo is being made, whose push goes nowhere.
	 * NULL: they go out. */
	int (*mails_stay)(void *context, bool *out, struct err *err);
	void *mails_stay_context;
};

/* Texts of setup must outlive it. Starts no threads; nothing is called yet.
 * ERR_INVALID: a remote endpoint without a key. */
int bridge_new(const struct bridge_setup *setup, struct bridge **out,
	       struct err *err);
void bridge_free(struct bridge **bridge);
/* It drives the engine of this program, and no account elsewhere. */
bool bridge_is_inside(const struct bridge *bridge);

/* The kinds of jobs above, for the runner of the schema crm. Returns how many
 * were written to out (at most max). */
size_t bridge_job_kinds(struct bridge *bridge, struct job_kind *out,
			size_t max);

/* Once the server listens: queues what must always be queued (the pull, the
 * nightly sync, the check of the webhook). */
int bridge_begin(struct bridge *bridge, int64_t now_ms, struct err *err);

/*
 * Which audience of the account is the master audience: the only one, unless a
 * user chose another. The next job checks that the account has it, and from
 * then on what is known of the members of the last is forgotten. ERR_INVALID
 * with field audience_id: no id.
 */
int bridge_audience_choose(struct tx *tx, const char *id, struct err *err);
/* *out NULL: nobody chose. */
int bridge_audience_chosen(struct db *db, struct arena *arena, const char **out,
			   struct err *err);

/* The secret part of the webhook's URL: 1, 0 if none was made yet, so that no
 * webhook has one, -1. */
int bridge_hook_secret(struct db *db, struct arena *arena, const char **out,
		       struct err *err);
/* A new one: the old URL is worth nothing from the commit on, and the job
 * replaces the webhook in the audience. What it told meanwhile is seen by the
 * next sync. */
int bridge_renew_hook(struct tx *tx, int64_t now_ms, int64_t *job_out,
		      struct err *err);
/* A webhook arrived (form fields as JSON): queued, answered at once. */
/* Of any thread; tx: crm. */
int bridge_hook(struct tx *tx, const char *fields_json, int64_t now_ms,
		struct err *err);

#endif
