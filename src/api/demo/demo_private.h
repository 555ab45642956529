/*
 * api/demo/demo_private.h - what the files of the demo share
 *
 * All of it belongs to the thread of one job. Steps are done in order; each
 * finds out by itself what of it is done.
 */
#ifndef API_DEMO_DEMO_PRIVATE_H
#define API_DEMO_DEMO_PRIVATE_H

#include "api/demo/demo.h"
#include "base/vec.h"
#include "crm/actor.h"

struct arena;

#define DEMO_CAMPAIGNS 2
#define DEMO_EVENTS_INSTANCE "demo" /* of the events that it writes */

struct demo {
	struct job_run *run;
	struct db *db; /* crm */
	struct arena *arena;
	int64_t now_ms;
	int64_t kept; /* people whom a user merged with others: removing */
};

/* 1: done, 0: something is still to happen, come back, -1. */
typedef int demo_step(struct demo *d, struct err *err);

/* --- what was made --- */

struct demo_row {
	int64_t n, record_id;
	const char *name; /* NULL: none */
};
struct demo_rows VEC_FIELDS(struct demo_row);

int demo_rows_list(struct demo *d, const char *kind, struct demo_rows *out,
		   struct err *err);
/* The one of that kind: 1, 0, -1. */
int demo_row_find(struct demo *d, const char *kind, struct demo_row *out,
		  struct err *err);
int demo_row_add(struct tx *tx, const char *kind, int64_t n, int64_t record_id,
		 const char *name, struct err *err);

/* Who does it, at that time. */
struct actor demo_actor(const struct demo *d, int64_t at_ms);

/* Waits until the bridge has done what the steps before have left to it, but
 * not for ever: what else goes on here may keep it busy. */
demo_step demo_settle;

/* --- demo_people.c --- */

demo_step demo_make_tag, demo_make_companies, demo_make_people, demo_make_leads,
	demo_make_communications, demo_make_group;

/* --- demo_send.c --- */

/* The push that made the group's people members. */
struct demo_push {
	int64_t id, segment_id, list_id;
	const char *audience;
};
/* 1, 0: not yet, -1. */
int demo_push_find(struct demo *d, struct demo_push *out, struct err *err);
/* Also one that is not done. */
int demo_push_find_any(struct demo *d, struct demo_push *out, struct err *err);
/* Is the group being pushed? 1, 0, -1. */
int demo_is_pushing(struct demo *d, struct err *err);

/* Whom a campaign goes to. */
struct demo_target {
	int64_t n; /* of the person in the demo */
	int64_t person_id, member_id;
	const char *hash;
};
struct demo_targets VEC_FIELDS(struct demo_target);
/* Those of the campaign k, by n. */
int demo_targets_list(struct demo *d, const struct demo_push *push, int k,
		      struct demo_targets *out, struct err *err);

demo_step demo_push_group, demo_note_members, demo_send_campaigns,
	demo_await_log, demo_record_campaigns, demo_await_pull, demo_date_back;

/* The campaign k of the engine: 1 and its id and when it was sent, 0, -1. */
int demo_engine_campaign(struct db *audience, int k, struct arena *arena,
			 int64_t *id_out, int64_t *send_ms_out,
			 const char **hex_out, struct err *err);
const char *demo_campaign_key(int k); /* of the setting that holds its id */
#define DEMO_EVENTS_KEY "demo.events"

/* --- demo_events.c --- */

demo_step demo_write_events;
/* Has the person left after the first campaign? */
bool demo_has_left(int64_t n);

/* --- demo_mail.c --- */

struct demo_mail {
	const char *name, *subject, *preview_text, *html;
	int days_ago;
};
extern const struct demo_mail demo_mails[DEMO_CAMPAIGNS];
#define DEMO_FROM_NAME "Harbour Street Market"
#define DEMO_FROM_EMAIL "hello@example.org"

/* --- demo_data.c --- */

#define DEMO_PEOPLE 200
#define DEMO_COMPANIES 24
#define DEMO_LEADS 12

struct demo_human {
	const char *first, *last;
	const char *local; /* of the address, without the domain */
	const char *domain;
	const char *country, *city, *language, *job_title;
	int company; /* its number; -1: none */
};
/* The nth; those from DEMO_PEOPLE on are leads. Texts live in arena. */
void demo_human(int n, struct arena *arena, struct demo_human *out);

struct demo_company {
	const char *name, *website, *city, *country, *industry;
};
void demo_company(int n, struct demo_company *out);

/* --- demo_remove.c --- */

demo_step demo_stop_pull, demo_drop_engine, demo_drop_events,
	demo_drop_campaigns, demo_drop_members, demo_drop_group, demo_drop_tag,
	demo_drop_rest;

/* --- demo_remove_records.c --- */

demo_step demo_note_converted, demo_drop_communications, demo_drop_records;
/* What work returned that may find its object gone already. */
int demo_unless_gone(int ret, struct err *err);

#endif
