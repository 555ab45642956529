/*
 * api/demo/demo.h - demo data: an organisation's people and campaigns, to look
 * at and to try things with
 *
 * Two jobs of the schema crm, `demo` and `demo-remove`, which share a key: only
 * one of them runs at a time. They do what a user and the bridge would do, by
 * the same functions, but for the sending: the campaigns are entered as sent in
 * the past, and what became of them is written to the log of events, from
 * which the engine and the bridge derive the rest. Nothing is ever queued for
 * sending. Here the CRM and the engine meet, which only src/api may let them.
 *
 * What was made is noted with it, in the same transaction: in crm.demo_row, and
 * in settings named "demo..." of the other schemas. So a job that is killed
 * anywhere goes on where it stopped, and removing takes away exactly that,
 * whatever the user has changed of it, and the people and companies that were
 * made of its leads. Addresses that somebody has, or had, are never taken for
 * the demo; what a user connected with it later (records that were put into its
 * group, or that got one of its addresses) stays. So does who was merged with
 * somebody else, either way: `kept` in the job's result counts people of the
 * demo into whom others were merged. An opt-out that its campaigns brought is
 * forgotten with it; what a person, a user or an import said is kept.
 *
 * Left on purpose: audit_log, job, bridge_journal and the suppression journal,
 * which tell what happened; the setting `demo`, which those who ask lock; and
 * an empty person and member wherever a ledger of another campaign names them.
 */
#ifndef API_DEMO_DEMO_H
#define API_DEMO_DEMO_H

#include "jobs/runner.h"

struct bridge;

#define DEMO_JOB "demo"
#define DEMO_REMOVE_JOB "demo-remove"

struct demo_figures {
	bool present; /* something of it is there */
	int64_t people, campaigns;
	int64_t job_id; /* of the job that makes or removes it; 0: none */
};
int demo_figures(struct db *db, struct demo_figures *out, struct err *err);

/*
 * Asks for it to be made, or to be removed (kind: DEMO_...JOB). The id is that
 * of the job that does so already, if there is one. ERR_CONFLICT: the other job
 * is at work, or the CRM drives an account elsewhere, where nobody wants demo
 * people.
 */
int demo_ask(struct tx *tx, const struct bridge *bridge, const char *kind,
	     int64_t user_id, int64_t now_ms, int64_t *job_out,
	     struct err *err);

/* Which addresses are of the demo's people and leads: sets out[i]. */
int demo_find_addresses(struct db *db, const char *const *addresses, size_t n,
			bool *out, struct err *err);

/* For the runner of the schema crm. Returns how many were written to out. */
size_t demo_job_kinds(struct job_kind *out, size_t max);

#endif
