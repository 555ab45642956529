/*
 * crm/setting/organisation.h - who we are: name, postal address, from whom new
 * campaigns come, and in which language
 *
 * Settings of the database. The server's options `organisation` and
 * `postal_address` win where they are given. Saving adds, in the same
 * transaction, the job by which the bridge tells the audience
 * (bridge/bridge_organisation.h), whose footers and pages say it; nobody keeps
 * a copy besides.
 */
#ifndef CRM_ORGANISATION_H
#define CRM_ORGANISATION_H

#include "base/json.h"
#include "crm/actor.h"
#include "store/db.h"

/* Never NULL; "": not known. */
struct organisation {
	const char *name, *postal_address;
	const char *sender_name, *sender_email;
	const char *mail_language; /* see base/text/language_tag.h */
	const char *timezone;      /* see base/text/time_zone.h; "": UTC */
};

/* options: name and postal_address of it. Texts live in arena. db: crm. */
int organisation_load(struct db *db, const struct organisation *options,
		      struct arena *arena, struct organisation *out,
		      struct err *err);

/* Appends the members below, in an object that the caller has begun. */
void organisation_write(const struct organisation *o, struct json_writer *w);
/* Members `organisation`, `postal_address`, `sender_name`, `sender_email`,
 * `mail_language`, `timezone`: trimmed; what is absent stays. 1: any of them
 * was there, 0, or -1: ERR_INVALID with the field. */
int organisation_read(const json_t *body, struct arena *arena,
		      struct organisation *o, struct err *err);
/* What differs from before is written; the audience is told all of it. */
int organisation_save(struct tx *tx, const struct organisation *before,
		      const struct organisation *now, int64_t now_ms,
		      struct err *err);

#endif
