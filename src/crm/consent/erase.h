/*
 * crm/consent/erase.h - the right to be forgotten, and the right to know (GDPR
 * articles 17 and 15)
 *
 * Erasing takes personal data out of everything of this schema: the row is
 * emptied, addresses are replaced by a keyed hash (which lets a later import
 * be refused and nothing else), notes, tasks and communications with nobody
 * else go, IPs and reasons in consent and activity too, and so do refused rows
 * of imports, addresses that are held, and what jobs reported. Uploaded files
 * are gone with the end of their import (crm/import/import.h), and messages in
 * the mail catcher with jobs (delivery/outbox/outbox_forget.h). The ledger
 * keeps its rows, so that figures do not change. The bridge deletes the members
 * (job bridge-forget). Leads that became this person are erased with it.
 */
#ifndef CRM_ERASE_H
#define CRM_ERASE_H

#include "base/vec.h"
#include "crm/record.h"

struct strbuf;

/* Its payload is told there, and leaves it when it ends. */
#define ERASE_OUTBOX_JOB "outbox-forget"

/* ERR_NOT_FOUND. */
int person_erase(struct tx *tx, int64_t id, const struct actor *actor,
		 struct arena *arena, struct err *err);
/* A lead that became nobody (others are erased with the person). */
int lead_erase(struct tx *tx, int64_t id, const struct actor *actor,
	       struct arena *arena, struct err *err);

/* What a campaign's mail to a person was about, as they read it: only who sent
 * it knows. */
struct export_subject {
	int64_t campaign_id, person_id;
	const char *text;
};
struct export_subjects VEC_FIELDS(struct export_subject);

/*
 * Everything that is known of a person, as one JSON object, from one snapshot
 * (the caller's transaction, if any). Mails of which subjects has none are
 * without one.
 */
int person_export(struct db *db, int64_t id,
		  const struct export_subjects *subjects, struct arena *arena,
		  struct strbuf *out, struct err *err);

#endif
