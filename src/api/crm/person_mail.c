#include "api/crm/person_mail.h"

#include "api/campaign/mail_page.h"
#include "api/crm/mail_subject.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "crm/consent/erase.h"
#include "crm/timeline/campaign_mail.h"
#include "crm/timeline/timeline.h"
#include "delivery/delivery.h"
#include "delivery/sent_mail.h"

int person_mails_find(const struct request *rq,
		      struct campaign_mail *const *mails, size_t n,
		      struct sent_mail **out, struct err *err)
{
	*out = arena_array(rq->arena, struct sent_mail, n + 1);
	for (size_t i = 0; i < n; i++)
		(*out)[i] = (struct sent_mail){
			.campaign = mails[i]->campaign,
			.audience = mails[i]->audience,
			.hash = mails[i]->hash,
			.address = mails[i]->address,
			.hashes = mails[i]->hashes,
			.hashes_n = mails[i]->hashes_n,
		};
	return delivery_find_sent(api_of(rq)->delivery, *out, n, rq->arena,
				  err);
}

void person_mail_write_events(const struct campaign_mail *mail,
			      struct json_writer *w)
{
	json_key_begin_array(w, "events");
	for (size_t i = 0; mail && i < mail->events_n; i++) {
		const struct mail_event *e = &mail->events[i];

		json_begin_object(w);
		json_key_text(w, "type", e->type);
		json_key_time(w, "at", e->at_ms);
		json_key_text(w, "url", e->url);
		json_key_bool(w, "machine", e->machine);
		json_key_text(w, "detail", e->detail);
		json_end_object(w);
	}
	json_end_array(w);
}

/* --- handed out to the person --- */

#define MOST 100000 /* nobody has more of them */

int person_mails_subjects(const struct request *rq, struct db *db, int64_t id,
			  struct export_subjects *out, struct err *err)
{
	CLEANUP(vec_release) struct timeline all = VEC_INIT;
	CLEANUP(vec_release) VEC(struct campaign_mail *) mails = VEC_INIT;
	struct sent_mail *sent;

	if (timeline_list(db, ENTITY_PERSON, id, TIMELINE_COMMUNICATIONS, NULL,
			  MOST, rq->arena, &all, err) < 0)
		return -1;
	vec_each (&all, e)
		if (e->mail)
			vec_push(&mails, e->mail);
	if (person_mails_find(rq, mails.v, mails.n, &sent, err) < 0 ||
	    mail_subjects_merge(db, mails.v, sent, mails.n, rq->arena, err) < 0)
		return -1;
	for (size_t i = 0; i < mails.n; i++) {
		const struct campaign_mail *m = mails.v[i];
		struct export_subject subject = { m->campaign_id, m->person_id,
						  sent[i].subject
							  ? sent[i].subject
							  : m->subject };

		vec_push(out, subject);
	}
	return 0;
}

/* --- one mail --- */

static int no_mail(struct err *err)
{
	return err_set(err, ERR_NOT_FOUND,
		       "there is no such mail, or it cannot be shown");
}

static int find_mail(struct request *rq, struct campaign_mail *mail,
		     struct err *err)
{
	enum entity entity = (enum entity)rq->argument;
	struct campaign_mail *const one[] = { mail };
	CLEANUP(store_put) struct db *db = NULL;
	int64_t id, campaign_id;
	int found;

	if (request_param_id(rq, "record_id", &id, err) < 0 ||
	    request_param_id(rq, "campaign_id", &campaign_id, err) < 0 ||
	    v1_db(rq, &db, err) < 0)
		return -1;
	found = campaign_mail_find(db, entity, id, campaign_id, rq->arena, mail,
				   err);
	if (found <= 0)
		return found < 0 ? -1 : no_mail(err);
	if (campaign_mails_add_events(db, one, 1, rq->arena, err) < 0)
		return -1;
	return campaign_mails_add_hashes(db, one, 1, rq->arena, err);
}

static int show_mail(struct request *rq, struct campaign_mail *mail,
		     struct sent_mail **sent, struct mailing_view *view,
		     struct err *err)
{
	struct campaign_mail *const one[] = { mail };

	if (find_mail(rq, mail, err) < 0 ||
	    person_mails_find(rq, one, 1, sent, err) < 0)
		return -1;
	if (!(*sent)->subject)
		return no_mail(err);
	return delivery_show_sent(api_of(rq)->delivery, *sent, rq->arena, view,
				  err);
}

/* As it stood in the header, but for the quoting. */
static const char *recipient_of(struct request *rq,
				const struct campaign_mail *mail,
				const struct sent_mail *sent,
				const struct mailing_view *view)
{
	const char *address =
		mail->address ? mail->address : sent->person.address;

	return *view->to_name ? arena_printf(rq->arena, "%s <%s>",
					     view->to_name, address)
			      : address;
}

int v1_person_mail(struct request *rq, struct response *rs, struct err *err)
{
	enum entity entity = (enum entity)rq->argument;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct campaign_mail mail;
	struct sent_mail *sent;
	struct mailing_view view;

	if (show_mail(rq, &mail, &sent, &view, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_text(&w, "subject", view.subject);
	json_key_text(&w, "from_name", view.from_name);
	json_key_text(&w, "from_email", view.from_email);
	json_key_text(&w, "to", recipient_of(rq, &mail, sent, &view));
	json_key_time(&w, "at", mail.at_ms);
	json_key_text(&w, "text", view.text);
	json_key_text(&w, "html_url",
		      arena_printf(rq->arena, "/%s/%s/mails/%s/html",
				   entity_name(entity),
				   request_param(rq, "record_id"),
				   request_param(rq, "campaign_id")));
	person_mail_write_events(&mail, &w);
	json_end_object(&w);
	return 0;
}

/* --- its page --- */

int page_person_mail(struct request *rq, struct response *rs, struct err *err)
{
	struct campaign_mail mail;
	struct sent_mail *sent;
	struct mailing_view view;

	if (show_mail(rq, &mail, &sent, &view, err) < 0)
		return -1;
	mail_page_write(
		rq, rs,
		&(struct mail_page){ .html = view.html, .text = view.text });
	return 0;
}
