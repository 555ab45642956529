/*
 * crm/campaign_figures.h - what the ledger of a campaign counts, kept
 *
 * Neither a report nor a list of campaigns counts the rows of the ledger. The
 * figures stand beside the campaign (table campaign_figures), with the parts of
 * its report (crm/campaign/kept.h), and whoever changes rows of the ledger
 * changes them in the same transaction: by what some rows were before and are
 * after, or by counting a short ledger anew.
 *
 *     CLEANUP(figures_release) struct figures_change change = FIGURES_CHANGE;
 *
 *     figures_begin(&tx, id, hashes, &change, err)
 *     ... write rows of those addresses ...
 *     figures_end(&tx, &change, err)
 *
 * The kept row is locked first, so writers of one campaign follow each other,
 * and figures are never those of half a change. recipients = sent + waiting +
 * left out, always.
 */
#ifndef CRM_CAMPAIGN_FIGURES_H
#define CRM_CAMPAIGN_FIGURES_H

#include "base/json.h"
#include "store/db.h"
#include "store/tally.h"

/* In the order of the queries in sql/campaign_figures.sql. */
enum figure {
	FIGURE_RECIPIENTS,
	FIGURE_SENT,
	FIGURE_CAUGHT, /* of those sent, in the outbox: nobody was mailed */
	FIGURE_WAITING,
	FIGURE_BOUNCED_HARD,
	FIGURE_BOUNCED_SOFT,
	FIGURE_OPENED, /* by people */
	FIGURE_OPENED_MACHINES,
	FIGURE_CLICKED,
	FIGURE_CLICKED_MACHINES,
	FIGURE_UNSUBSCRIBED,
	FIGURE_COMPLAINED,
	FIGURE_UNKNOWN, /* recipients who are nobody in the CRM */
	FIGURES,
};

struct campaign_figures {
	int64_t n[FIGURES];
	int64_t as_of_ms; /* the last look at the audience */
	/* How quickly it goes: measured from pace_ms on, when pace_sent were
	 * sent; per_hour is what was measured last, and told until
	 * pace_until_ms. */
	int64_t pace_ms, pace_sent, per_hour, pace_until_ms;
};

/* Those that are kept; 0 without a ledger. */
int figures_get(struct db *db, int64_t campaign_id,
		struct campaign_figures *out, struct err *err);
/* From a row of a query: FIGURES columns and those of the look, from `column`.
 */
void figures_read(const struct rows *rows, int column,
		  struct campaign_figures *out);

/* Rows that are about to change. */
struct figures_change {
	int64_t campaign_id;
	struct sql_value hashes; /* of addresses: a JSON array that lives until
				    the end; NULL: not by them */
	int64_t after_id, to_id; /* of people: above, and up to */
	struct ids people;       /* to_id 0: these */
	struct campaign_figures kept;
	int64_t more[FIGURES]; /* what it adds */
	struct tally parts;
};
#define FIGURES_CHANGE                                  \
	{                                               \
		.people = VEC_INIT, .parts = TALLY_INIT \
	}
void figures_release(struct figures_change *change);

int figures_begin(struct tx *tx, int64_t campaign_id, struct sql_value hashes,
		  struct figures_change *out, struct err *err);
int figures_begin_ids(struct tx *tx, int64_t campaign_id, int64_t after_id,
		      int64_t to_id, struct figures_change *out,
		      struct err *err);
/* Of those who wait. */
int figures_begin_waiting(struct tx *tx, int64_t campaign_id,
			  struct figures_change *out, struct err *err);
int figures_end(struct tx *tx, struct figures_change *change, struct err *err);

/* Before all of the ledger changes: others who change it wait. */
int figures_lock(struct tx *tx, int64_t campaign_id, struct err *err);
/* After it has: all of it is counted, which takes seconds for a million rows.
 * figures_lock came before. */
int figures_renew(struct tx *tx, int64_t campaign_id, struct err *err);
/* Before a person's rows get another address in all campaigns. */
int figures_lock_of(struct tx *tx, int64_t person_id, const char *hash,
		    struct err *err);
/* The campaign goes, or its ledger. */
int figures_remove(struct tx *tx, int64_t campaign_id, struct err *err);

/*
 * The audience was looked at, and will be at next_ms again (0: never). While
 * the campaign is being sent, the pace is measured.
 */
int figures_look(struct tx *tx, int64_t campaign_id, bool is_sending,
		 int64_t now_ms, int64_t next_ms, struct err *err);

/* Messages an hour; 0: not known. */
int64_t figures_per_hour(const struct campaign_figures *f, int64_t now_ms);
/* Until nobody waits; -1: not known. */
int64_t figures_seconds_left(const struct campaign_figures *f, int64_t now_ms);
/* The members of an object: "recipients" ... "as_of". */
void figures_write(const struct campaign_figures *f, struct json_writer *w);
/* Sent, less what bounced and what was caught. */
int64_t figures_delivered(const struct campaign_figures *f);

#endif
