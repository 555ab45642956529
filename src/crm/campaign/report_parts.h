/*
 * crm/campaign/report_parts.h - what stands beside the figures of a report: how
 * they came about over time, and by the domains of addresses
 *
 * As they are kept (crm/campaign/kept.h), people only; the sums are the
 * report's figures. Any thread.
 */
#ifndef CRM_REPORT_PARTS_H
#define CRM_REPORT_PARTS_H

#include <stdint.h>

struct db;
struct err;
struct strbuf;

#define REPORT_STEPS_MAX 500  /* of a series, from the first on */
#define REPORT_DOMAINS_MAX 20 /* the largest; the others are one */

/* by: "hour", "day" (UTC); NULL: hour. {"by", "items": [{"at", "sent",
 * "opened", "clicked", "unsubscribed", "bounced"}]}, appended: everybody stands
 * where they did it first, and steps in which nothing happened are there.
 * ERR_INVALID with field `by`. */
int campaign_series(struct db *db, int64_t campaign_id, const char *by,
		    struct strbuf *out, struct err *err);

/* {"items": [{"domain", "sent", "opened", "clicked", "bounced",
 * "unsubscribed"}], "other": {...}}, appended. Domains that nothing was sent
 * to, and addresses that nobody knows any more, are among the others. */
int campaign_domains(struct db *db, int64_t campaign_id, struct strbuf *out,
		     struct err *err);

#endif
