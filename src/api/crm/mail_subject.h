/*
 * api/crm/mail_subject.h - the subject of a mail that was sent elsewhere
 *
 * Only who sent it knows what the merge tags became. Here they are replaced by
 * what the person is now, through the table of the bridge that says which field
 * of people goes into which merge field.
 */
#ifndef API_CRM_MAIL_SUBJECT_H
#define API_CRM_MAIL_SUBJECT_H

#include <stddef.h>

struct arena;
struct campaign_mail;
struct db;
struct err;
struct sent_mail;

/* mail->subject of those that the engine does not know (sent, in the same
 * order). A few queries, however many. db: crm. */
int mail_subjects_merge(struct db *db, struct campaign_mail *const *mails,
			const struct sent_mail *sent, size_t n,
			struct arena *arena, struct err *err);

#endif
