/*
 * api/crm/person_mail.h - mails of campaigns where a person is shown
 *
 * The CRM knows that they were sent and what came of it; the engine inside can
 * show them again, if it was the one that sent them. This is the one place that
 * brings the two together.
 */
#ifndef API_CRM_PERSON_MAIL_H
#define API_CRM_PERSON_MAIL_H

#include "base/json.h"
#include "http/router.h"

struct campaign_mail;
struct db;
struct export_subjects;
struct sent_mail;

/* What the engine knows of each, in the same order, in the request's arena. */
int person_mails_find(const struct request *rq,
		      struct campaign_mail *const *mails, size_t n,
		      struct sent_mail **out, struct err *err);

/* The subjects of all mails of a person, as they got them, for person_export;
 * appended. db: crm. */
int person_mails_subjects(const struct request *rq, struct db *db, int64_t id,
			  struct export_subjects *out, struct err *err);

/* "events": [MailEvent]; mail NULL: none. */
void person_mail_write_events(const struct campaign_mail *mail,
			      struct json_writer *w);

#endif
