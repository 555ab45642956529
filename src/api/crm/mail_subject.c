#include "api/crm/mail_subject.h"

#include "api/campaign/mail_merge.h"
#include "base/arena.h"
#include "base/err.h"
#include "crm/record.h"
#include "crm/timeline/campaign_mail.h"
#include "delivery/sent_mail.h"

#include <string.h>

static bool is_wanted(const struct campaign_mail *mail,
		      const struct sent_mail *sent)
{
	return !sent->subject && mail->subject && strstr(mail->subject, "*|");
}

static const struct record *person_of(const struct records *people, int64_t id)
{
	vec_each (people, r)
		if (r->id == id)
			return r;
	return NULL;
}

static int merge(const struct mail_merge *m, const struct records *people,
		 struct campaign_mail *mail, struct err *err)
{
	struct merge_facts facts = { .campaign_uid = mail->campaign,
				     .subject = mail->subject,
				     .send_ms = mail->at_ms };
	struct mailing_person person =
		mail_merge_person(m, person_of(people, mail->record_id),
				  mail->address ? mail->address : "");

	return mail_merge_text(m, &facts, &person, mail->subject,
			       &mail->subject, err);
}

int mail_subjects_merge(struct db *db, struct campaign_mail *const *mails,
			const struct sent_mail *sent, size_t n,
			struct arena *arena, struct err *err)
{
	CLEANUP(mail_merge_release) struct mail_merge m = { .arena = arena };
	CLEANUP(vec_release) struct records people = VEC_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	for (size_t i = 0; i < n; i++)
		if (is_wanted(mails[i], &sent[i]) &&
		    (ids.n == 0 || ids.v[ids.n - 1] != mails[i]->record_id))
			vec_push(&ids, mails[i]->record_id);
	if (ids.n == 0)
		return 0;
	if (mail_merge_load(db, arena, &m, err) < 0 ||
	    records_load(db, ENTITY_PERSON, &ids, arena, &people, err) < 0 ||
	    records_add_companies(db, &people, arena, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (is_wanted(mails[i], &sent[i]) &&
		    merge(&m, &people, mails[i], err) < 0)
			return -1;
	return 0;
}
