/*
 * Webhooks: the form of a fact, the jobs that carry it, and how they do.
 */
#include "audience/webhook.h"

#include "audience/list.h"
#include "audience/webhook_post.h"
#include "audience/webhook_private.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "jobs/runner.h"
#include "sql/webhook.h"
#include "store/db.h"

#include <stdio.h>
#include <string.h>

/* --- the form --- */

static void add_merge(struct strbuf *form, const char *tag, const json_t *value)
{
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf digits = STRBUF_INIT;
	const char *name;
	const json_t *part;

	strbuf_addf(&key, "data[merges][%s]", tag);
	if (json_is_object(value)) {
		json_object_foreach ((json_t *)value, name, part) {
			strbuf_addf(&digits, "%s[%s]", key.buf, name);
			webhook_form_add(form, digits.buf,
					 json_string_value(part));
			strbuf_reset(&digits);
		}
		return;
	}
	if (json_is_string(value)) {
		webhook_form_add(form, key.buf, json_string_value(value));
		return;
	}
	if (value)
		json_dump(value, &digits);
	webhook_form_add(form, key.buf, digits.buf);
}

static void add_merges(struct strbuf *form, const struct webhook_fact *f)
{
	const struct member *m = f->member;
	CLEANUP(json_free) json_t *values = NULL;
	struct err ignored = ERR_INIT;

	webhook_form_add(form, "data[merges][EMAIL]", m->address);
	(void)json_parse(str_of(m->merge), &values, &ignored); /* ours */
	vec_each (f->defs, def) {
		char id[24];

		(void)snprintf(id, sizeof(id), "%lld", (long long)def->id);
		add_merge(form, def->tag, json_object_get(values, id));
	}
	webhook_form_add(form, "data[merges][INTERESTS]",
			 f->interests ? f->interests : "");
}

static void add_member(struct strbuf *form, const struct webhook_fact *f,
		       const char *list_hex)
{
	const struct member *m = f->member;
	char web_id[24];

	(void)snprintf(web_id, sizeof(web_id), "%lld", (long long)m->id);
	webhook_form_add_data(form, "id", m->unique_id);
	webhook_form_add_data(form, "web_id", web_id);
	webhook_form_add_data(form, "list_id", list_hex);
	webhook_form_add_data(form, "email", m->address);
	webhook_form_add_data(form, "email_type",
			      m->text_only ? "text" : "html");
	webhook_form_add_data(form, "ip_opt", m->ip_opt);
	add_merges(form, f);
}

static void write_form(const struct webhook_fact *f, const char *list_hex,
		       int64_t now_ms, struct strbuf *form)
{
	CLEANUP(strbuf_release) struct strbuf at = STRBUF_INIT;

	time_format_sql(now_ms, &at);
	webhook_form_add(form, "type", webhook_event_name(f->event));
	webhook_form_add(form, "fired_at", at.buf);
	switch (f->event) {
	case WEBHOOK_SUBSCRIBE:
		add_member(form, f, list_hex);
		webhook_form_add_data(form, "ip_signup", f->member->ip_signup);
		break;
	case WEBHOOK_UNSUBSCRIBE:
		webhook_form_add_data(form, "action", f->action);
		webhook_form_add_data(form, "reason", f->reason);
		add_member(form, f, list_hex);
		webhook_form_add_data(form, "campaign_id", f->campaign_hex);
		break;
	case WEBHOOK_PROFILE:
		add_member(form, f, list_hex);
		break;
	case WEBHOOK_CLEANED:
		webhook_form_add_data(form, "list_id", list_hex);
		webhook_form_add_data(form, "campaign_id", f->campaign_hex);
		webhook_form_add_data(form, "reason", f->reason);
		webhook_form_add_data(form, "email", f->member->address);
		break;
	case WEBHOOK_UPEMAIL:
		webhook_form_add_data(form, "list_id", list_hex);
		webhook_form_add_data(form, "new_id", f->member->unique_id);
		webhook_form_add_data(form, "new_email", f->member->address);
		webhook_form_add_data(form, "old_email", f->old_address);
		break;
	default:
		webhook_form_add_data(form, "id", f->campaign_hex);
		webhook_form_add_data(form, "subject", f->subject);
		webhook_form_add_data(form, "status", f->status);
		webhook_form_add_data(form, "reason", f->reason);
		webhook_form_add_data(form, "list_id", list_hex);
	}
}

static int enqueue_form(struct tx *tx, int64_t webhook_id, const char *form,
			int64_t now_ms, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf payload = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&payload);
	int64_t job_id;

	json_begin_object(&w);
	json_key_int(&w, "webhook_id", webhook_id);
	json_key_text(&w, "form", form);
	json_end_object(&w);
	return job_add(tx,
		       &(struct job_new){ .kind = "webhook",
					  .payload = payload.buf,
					  .run_at_ms = now_ms },
		       now_ms, &job_id, err);
}

int webhook_tell(struct tx *tx, const struct webhooks *listeners,
		 const char *list_hex, const struct webhook_fact *fact,
		 int64_t now_ms, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf form = STRBUF_INIT;

	vec_each (listeners, hook) {
		if (!hook->events[fact->event])
			continue;
		if (!form.len)
			write_form(fact, list_hex, now_ms, &form);
		if (enqueue_form(tx, hook->id, form.buf, now_ms, err) < 0)
			return -1;
	}
	return 0;
}

int webhook_enqueue(struct tx *tx, const struct list *list,
		    enum change_source source, const struct webhook_fact *fact,
		    int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct webhooks listeners = VEC_INIT;

	if (webhook_listeners(tx->db, list->id, source, arena, &listeners,
			      err) < 0)
		return -1;
	return webhook_tell(tx, &listeners, list->hex, fact, now_ms, err);
}

/* --- the job --- */

static int disable_webhook(struct job_run *run, int64_t webhook_id,
			   struct err *err)
{
	return db_write(run->db, SQL_WEBHOOK_DISABLE,
			SQL_ARGS(sql_int(clock_now_ms()), sql_int(webhook_id)),
			err);
}

static int run_webhook(struct job_run *run, struct err *err)
{
	CLEANUP(json_free) json_t *payload = NULL;
	struct webhook hook;
	const char *form = "";
	bool gone = false;
	int64_t id = 0;
	int found, ret;

	if (json_parse(str_of(run->job->payload), &payload, err) < 0 ||
	    json_get_int(payload, "webhook_id", &id, err) < 0 ||
	    json_get_text(payload, "form", &form, err) < 0)
		return -1;
	found = webhook_find_by_id(run->db, id, run->arena, &hook, err);
	if (found <= 0)
		return found; /* removed meanwhile: nobody listens */
	if (hook.is_disabled)
		return 0;
	ret = webhook_post(run, run->context, hook.url, form, &gone, err);
	return gone ? disable_webhook(run, id, err) : ret;
}

struct job_kind webhook_job_kind(const struct webhook_options *options)
{
	return (struct job_kind){ .name = "webhook",
				  .fn = run_webhook,
				  .forgets = true,
				  .context = (void *)options };
}
