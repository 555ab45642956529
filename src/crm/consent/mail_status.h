/*
 * crm/consent/mail_status.h - whether mail reaches a person or lead, and why
 * not: one word, the first that fits
 *
 * Said beside a record, and what lists and groups can ask for (field
 * `mail_status` of crm/group/criteria.h, which has it in SQL). It is of the
 * record, of who shares its address (one message goes to all of them, so the
 * opt-out of each counts), and of its member in the audience as far as the
 * bridge has seen it: who was opted in here again is still unsubscribed over
 * there, since nothing of ours subscribes anybody again. All that stands
 * against an address is in crm/consent/obstacle.h.
 */
#ifndef CRM_MAIL_STATUS_H
#define CRM_MAIL_STATUS_H

#include <stdbool.h>

struct arena;
struct db;
struct err;
struct records;

enum mail_status {
	MAIL_OPEN,   /* can be sent to; nobody noted that they agreed */
	MAIL_AGREED, /* was opted in, and not out since */
	MAIL_OPTED_OUT,
	MAIL_HELD, /* the marketing address is */
	MAIL_NO_ADDRESS,
	MAIL_SHARED_OPT_OUT, /* somebody else with the address, or a company of
				one of them, opted out: counts for all */
	MAIL_UNSUBSCRIBED,   /* in the audience */
	MAIL_PENDING,        /* there, too: has not confirmed yet */
	MAIL_REFUSED, /* bounced for good there, was put away by somebody, or
			 was deleted for good */
};
#define MAIL_STATUSES                                            \
	"[\"agreed\",\"open\",\"opted_out\",\"shared_opt_out\"," \
	"\"held\",\"no_address\",\"unsubscribed\",\"pending\",\"refused\"]"

const char *mail_status_name(enum mail_status status);
bool mail_status_named(const char *name, enum mail_status *out);

/* Fills mail_status of all, which are of one kind and have their addresses. */
int records_add_mail_status(struct db *db, struct records *records,
			    struct err *err);

#endif
