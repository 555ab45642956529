/*
 * crm/consent/mail_status.h - whether mail reaches a person or lead, and why
 * not: one word, the first that fits
 *
 * Said beside a record, and what lists and groups can ask for (field
 * `mail_status` of crm/group/criteria.h, which has it in SQL). It is of the
 * record alone: an audience may know more of the address
 * (crm/consent/obstacle.h).
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
};
#define MAIL_STATUSES \
	"[\"agreed\",\"open\",\"opted_out\",\"held\",\"no_address\"]"

const char *mail_status_name(enum mail_status status);
bool mail_status_named(const char *name, enum mail_status *out);

/* Fills mail_status of all, which are of one kind and have their addresses. */
int records_add_mail_status(struct db *db, struct records *records,
			    struct err *err);

#endif
