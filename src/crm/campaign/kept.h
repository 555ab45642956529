/*
 * crm/campaign/kept.h - parts of a campaign's report that are kept: why people
 * were left out, when things were done, links and domains
 *
 * Rows (campaign, kind, part or name) with a number, written by whoever writes
 * the figures (crm/campaign_figures.h), in the same transaction and under the
 * same lock. What is not there is 0. Any thread.
 */
#ifndef CRM_CAMPAIGN_KEPT_H
#define CRM_CAMPAIGN_KEPT_H

#include <stdint.h>

struct db;
struct err;
struct ids;
struct tally;
struct tx;

/* Stored: append only. */
enum crm_kept {
	/* name: why, see crm/left_out.h; canceled, other */
	CRM_KEPT_LEFT_OUT = 1,
	/* part: hours since 1970 */
	CRM_KEPT_HOUR_SENT = 10,
	CRM_KEPT_HOUR_OPENED = 11,
	CRM_KEPT_HOUR_CLICKED = 12,
	CRM_KEPT_HOUR_UNSUBSCRIBED = 13,
	CRM_KEPT_HOUR_BOUNCED = 14,
	/* part: a link */
	CRM_KEPT_LINK_PEOPLE = 20,
	CRM_KEPT_LINK_MACHINES = 21,
	CRM_KEPT_LINK_CLICKS = 22, /* by people */
	CRM_KEPT_LINK_TOTAL = 23,
	/* name: the domain of an address that is known */
	CRM_KEPT_DOMAIN_SENT = 30,
	CRM_KEPT_DOMAIN_OPENED = 31,
	CRM_KEPT_DOMAIN_CLICKED = 32,
	CRM_KEPT_DOMAIN_BOUNCED = 33,
	CRM_KEPT_DOMAIN_UNSUBSCRIBED = 34,
};
#define CRM_KEPT_HOURS 5
#define CRM_KEPT_DOMAINS 5

/* An address's row of the ledger, by what was done to it or by it: each 0 or 1,
 * in the order of the kinds. */
void kept_add_domain(struct tally *t, int64_t campaign_id, const char *folded,
		     const int64_t done[CRM_KEPT_DOMAINS], int64_t by);
/* What these people's clicks add to links. */
int kept_add_clicks(struct tally *t, struct db *db, int64_t campaign_id,
		    const struct ids *people, int64_t by, struct err *err);

int kept_write(struct tally *t, struct tx *tx, struct err *err);
/* All of a campaign is counted. */
int kept_renew(struct tx *tx, int64_t campaign_id, struct err *err);
int kept_remove(struct tx *tx, int64_t campaign_id, struct err *err);
/* Before an address of a person is emptied, or goes: its domain counts it no
 * more. The figures of its campaigns are locked. */
int kept_forget_address(struct tx *tx, int64_t person_id, int64_t email_id,
			const char *folded, struct err *err);

#endif
