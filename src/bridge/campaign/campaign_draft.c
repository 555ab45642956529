#include "bridge/campaign/campaign_draft.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "bridge/bridge_private.h"
#include "bridge/target/send_target.h"
#include "design/say_language.h"

#include "sql/bridge.h"
#include "sql/campaign_send.h"

#include <string.h>

static void write_settings(const struct crm_campaign *c, struct json_writer *j)
{
	json_key_begin_object(j, "settings");
	json_key_text(j, "title", c->name);
	json_key_text(j, "subject_line", c->subject);
	if (c->preview_text)
		json_key_text(j, "preview_text", c->preview_text);
	json_key_text(j, "from_name", c->from_name);
	json_key_text(j, "reply_to", c->from_email);
	json_end_object(j);
}

/* Indices of combinations are those of these lists: A is the first. */
static void write_list(const struct crm_campaign *c, const char *key,
		       void (*write)(const struct crm_campaign *,
				     struct json_writer *),
		       struct json_writer *j)
{
	json_key_begin_array(j, key);
	for (int i = 1; i <= ab_test_variants(c); i++) {
		struct crm_campaign v = *c;

		ab_test_take(&v, i);
		write(&v, j);
	}
	json_end_array(j);
}

static void write_subject(const struct crm_campaign *c, struct json_writer *j)
{
	json_text(j, c->subject);
}

static void write_from_name(const struct crm_campaign *c, struct json_writer *j)
{
	json_text(j, c->from_name);
}

static void write_from_email(const struct crm_campaign *c,
			     struct json_writer *j)
{
	json_text(j, c->from_email);
}

/* As the API reads it: "2026-12-01 09:00:00", of UTC. */
static void write_send_at(const struct crm_campaign *c, struct json_writer *j)
{
	CLEANUP(strbuf_release) struct strbuf at = STRBUF_INIT;

	time_format_sql(c->send_at_ms, &at);
	json_str(j, strbuf_str(&at));
}

static void write_variate(const struct crm_campaign *c, struct json_writer *j)
{
	const struct ab_test *test = &c->test;

	if (test->what == AB_NOTHING)
		return;
	json_key_begin_object(j, "variate_settings");
	json_key_text(j, "winner_criteria", ab_winner_name(test->winner));
	json_key_int(j, "wait_time", (int64_t)test->wait_hours * 60);
	json_key_int(j, "test_size", test->sample);
	if (test->what == AB_SUBJECT)
		write_list(c, "subject_lines", write_subject, j);
	if (test->what == AB_FROM) {
		write_list(c, "from_names", write_from_name, j);
		write_list(c, "reply_to_addresses", write_from_email, j);
	}
	if (test->what == AB_SEND_TIME)
		write_list(c, "send_times", write_send_at, j);
	json_end_object(j);
}

static void write_recipients(const struct campaign_draft *d,
			     struct json_writer *j)
{
	json_key_begin_object(j, "recipients");
	json_key_text(j, "list_id", d->w->audience);
	if (d->target)
		send_target_write(d->target, j);
	if (d->segment_id > 0) {
		json_key_begin_object(j, "segment_opts");
		json_key_int(j, "saved_segment_id", d->segment_id);
		json_end_object(j);
	}
	json_end_object(j);
}

static int store_marketing_id(struct campaign_draft *d, const char *id,
			      struct err *err)
{

	d->c.marketing_campaign_id = arena_strdup(d->w->arena, id);
	return db_write(d->w->db, SQL_CAMPAIGN_SET_MARKETING,
			SQL_ARGS(sql_text(id), sql_int(d->c.id)), err);
}

/* When it was asked for, and no answer is known; 0: never. */
static int load_creating(struct campaign_draft *d, int64_t *out,
			 struct err *err)
{
	*out = 0;
	return db_find_int(d->w->db, SQL_CAMPAIGN_CREATING,
			   SQL_ARGS(sql_int(d->c.id)), out, err) < 0
		       ? -1
		       : 0;
}

static int store_creating(struct campaign_draft *d, struct err *err)
{
	return db_write(d->w->db, SQL_CAMPAIGN_SET_CREATING,
			SQL_ARGS(sql_int(d->w->actor.now_ms), sql_int(d->c.id)),
			err);
}

static bool is_text(const json_t *o, const char *key, const char *text)
{
	const char *is = json_string_value(json_object_get(o, key));

	return is && strcmp(is, text ? text : "") == 0;
}

static bool is_tried(const struct campaign_draft *d)
{
	return d->c.test.what != AB_NOTHING;
}

static const char *type_of(const struct crm_campaign *c)
{
	if (c->test.what != AB_NOTHING)
		return "variate";
	return c->html ? "regular" : "plaintext";
}

/* Not one that is another campaign of ours already: 1, 0, -1. */
static int is_this(struct campaign_draft *d, const json_t *campaign,
		   struct err *err)
{
	const json_t *settings = json_object_get(campaign, "settings");
	const char *id = json_string_value(json_object_get(campaign, "id"));
	int64_t other;
	int taken;

	/* of one that tries subjects, nobody says which of them it shows */
	if (!id || !is_text(settings, "title", d->c.name) ||
	    (is_tried(d) ? !is_text(campaign, "type", type_of(&d->c))
			 : !is_text(settings, "subject_line", d->c.subject)))
		return 0;
	taken = db_find_int(d->w->db, SQL_BRIDGE_CAMPAIGN_OF,
			    SQL_ARGS(sql_text(id)), &other, err);
	return taken < 0 ? -1 : !taken;
}

#define CLOCKS_DIFFER_MS (10 * MS_MINUTE)

/* The draft that an earlier call made, if its answer was lost: 1, 0, -1. */
static int find_made(struct campaign_draft *d, int64_t asked_ms,
		     struct err *err)
{
	CLEANUP(json_free) json_t *reply = NULL;
	json_t *campaign;
	size_t i;

	if (mc_get(d->w->client,
		   arena_printf(d->w->arena,
				"/campaigns?list_id=%s&status=save&count=1000&"
				"since_create_time=%s&fields=campaigns.id,"
				"campaigns.type,campaigns.settings.title,"
				"campaigns.settings.subject_line",
				d->w->audience,
				time_param(asked_ms - CLOCKS_DIFFER_MS,
					   d->w->arena)),
		   &reply, err) < 0)
		return -1;
	json_array_foreach (json_object_get(reply, "campaigns"), i, campaign) {
		int found = is_this(d, campaign, err);

		if (found < 0)
			return -1;
		if (found > 0)
			return store_marketing_id(
				       d,
				       json_string_value(
					       json_object_get(campaign, "id")),
				       err) < 0
				       ? -1
				       : 1;
	}
	return 0;
}

static int ask_for(struct campaign_draft *d, json_t **reply, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	struct json_writer j = JSON_WRITER(&body);

	json_begin_object(&j);
	json_key_text(&j, "type", type_of(&d->c));
	write_recipients(d, &j);
	write_settings(&d->c, &j);
	write_variate(&d->c, &j);
	json_end_object(&j);
	return mc_call_once(d->w->client, "POST", "/campaigns", body.buf, reply,
			    err);
}

/* That it is asked for is stored before; if the answer, or this process, is
 * lost, it is looked for before another is made. */
static int create(struct campaign_draft *d, struct err *err)
{
	CLEANUP(json_free) json_t *reply = NULL;
	struct err why = ERR_INIT;
	int64_t asked_ms;
	const char *id;
	int found = 0;

	if (load_creating(d, &asked_ms, err) < 0)
		return -1;
	if (asked_ms > 0)
		found = find_made(d, asked_ms, err);
	else if (store_creating(d, err) < 0)
		return -1;
	if (found != 0)
		return found < 0 ? -1 : 0;
	if (ask_for(d, &reply, &why) < 0) {
		if (mc_is_lost(&why))
			found = find_made(d, d->w->actor.now_ms, err);
		if (found == 0)
			*err = why;
		return found > 0 ? 0 : -1;
	}
	id = json_string_value(json_object_get(reply, "id"));
	if (!id)
		return err_set(err, ERR_IO, "the new campaign has no id");
	return store_marketing_id(d, id, err);
}

const char *campaign_draft_path(struct campaign_draft *d, const char *rest)
{
	return arena_printf(d->w->arena, "/campaigns/%s%s",
			    d->c.marketing_campaign_id, rest);
}

static void write_words(struct campaign_draft *d, const struct crm_campaign *c,
			struct json_writer *j)
{
	if (c->html)
		json_key_text(j, "html",
			      say_language(c->html, c->language, d->w->arena));
	if (c->plain_text)
		json_key_text(j, "plain_text", c->plain_text);
}

/* What is tried has a list of contents, be it of one. */
static void write_content(struct campaign_draft *d, struct json_writer *j)
{
	int n = d->c.test.what == AB_CONTENT ? ab_test_variants(&d->c) : 1;

	if (!is_tried(d)) {
		write_words(d, &d->c, j);
		return;
	}
	json_key_begin_array(j, "variate_contents");
	for (int i = 1; i <= n; i++) {
		struct crm_campaign v = d->c;

		ab_test_take(&v, i);
		json_begin_object(j);
		json_key_text(j, "content_label", ab_letter(i));
		write_words(d, &v, j);
		json_end_object(j);
	}
	json_end_array(j);
}

int campaign_draft_write(struct campaign_draft *d, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	struct json_writer j = JSON_WRITER(&body);

	json_begin_object(&j);
	write_recipients(d, &j);
	write_settings(&d->c, &j);
	write_variate(&d->c, &j);
	json_end_object(&j);
	if (mc_call(d->w->client, "PATCH", campaign_draft_path(d, ""), body.buf,
		    NULL, err) < 0)
		return -1;
	strbuf_reset(&body);
	j = (struct json_writer)JSON_WRITER(&body);
	json_begin_object(&j);
	write_content(d, &j);
	json_end_object(&j);
	return mc_call(d->w->client, "PUT", campaign_draft_path(d, "/content"),
		       body.buf, NULL, err);
}

int campaign_draft_check(struct campaign_draft *d, struct err *err)
{
	CLEANUP(json_free) json_t *reply = NULL;
	json_t *item;
	size_t i;

	if (mc_get(d->w->client, campaign_draft_path(d, "/send-checklist"),
		   &reply, err) < 0)
		return -1;
	if (json_is_true(json_object_get(reply, "is_ready")))
		return 0;
	json_array_foreach (json_object_get(reply, "items"), i, item) {
		const char *type =
			json_string_value(json_object_get(item, "type"));
		const char *why =
			json_string_value(json_object_get(item, "details"));

		if (type && strcmp(type, "error") == 0)
			return err_set(err, ERR_INVALID, "%s",
				       why ? why : "something is missing");
	}
	return err_set(err, ERR_INVALID, "the campaign is not ready to send");
}

/* It was deleted over there: 1, and the next one is made anew; 0: not while it
 * may have been sent; -1. */
static int forget_draft(struct campaign_draft *d, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int forgotten;

	if (tx_begin(d->w->db, &tx, err) < 0)
		return -1;
	forgotten = db_exec(&tx, SQL_CAMPAIGN_FORGET_MARKETING,
			    SQL_ARGS(sql_int(d->c.id),
				     sql_text(d->c.marketing_campaign_id)),
			    err);
	if (forgotten < 0 || tx_commit(&tx, err) < 0)
		return -1;
	if (forgotten > 0)
		d->c.marketing_campaign_id = NULL;
	return forgotten;
}

struct there {
	const char *status, *type;
};

/* What it is there: 1, 0 if it is gone and may be made anew, -1. */
static int look_there(struct campaign_draft *d, struct there *out,
		      struct err *err)
{
	CLEANUP(json_free) json_t *reply = NULL;
	struct err why = ERR_INIT;
	const char *status, *type;
	int gone = 0;

	if (mc_get(d->w->client, campaign_draft_path(d, "?fields=status,type"),
		   &reply, &why) < 0) {
		if (why.code == ERR_NOT_FOUND)
			gone = forget_draft(d, err);
		if (gone == 0)
			*err = why;
		return gone > 0 ? 0 : -1;
	}
	status = json_string_value(json_object_get(reply, "status"));
	type = json_string_value(json_object_get(reply, "type"));
	out->status = arena_strdup(d->w->arena, status ? status : "save");
	out->type = arena_strdup(d->w->arena, type ? type : "");
	return 1;
}

/* What tries times has been sent, and waits for the first of them. */
static bool is_sent(const struct campaign_draft *d, const struct there *there)
{
	if (strcmp(there->status, "schedule") == 0)
		return d->c.status == CRM_CAMPAIGN_SENDING &&
		       d->c.test.what == AB_SEND_TIME;
	return strcmp(there->status, "save") != 0;
}

int campaign_draft_is_sent(struct campaign_draft *d, struct err *err)
{
	struct there there;
	int found = look_there(d, &there, err);

	return found <= 0 ? found : is_sent(d, &there);
}

int campaign_draft_is(struct campaign_draft *d, const char *beginning,
		      struct err *err)
{
	struct there there;
	int found = look_there(d, &there, err);

	return found <= 0 ? found : str_starts(str_of(there.status), beginning);
}

/* A campaign is of one type for good, and its HTML cannot be taken away. */
static int leave_other_type(struct campaign_draft *d, struct err *err)
{
	struct there there;
	int found = look_there(d, &there, err);

	if (found <= 0 || is_sent(d, &there) || !*there.type ||
	    strcmp(there.type, type_of(&d->c)) == 0)
		return found < 0 ? -1 : 0;
	if (mc_call(d->w->client, "DELETE", campaign_draft_path(d, ""), NULL,
		    NULL, err) < 0)
		return -1;
	return forget_draft(d, err) < 0 ? -1 : 0;
}

int campaign_draft_ensure(struct campaign_draft *d, struct err *err)
{
	if (d->c.origin != CRM_CAMPAIGN_OF_CRM) /* others made it */
		return 0;
	if (d->c.marketing_campaign_id && leave_other_type(d, err) < 0)
		return -1;
	return d->c.marketing_campaign_id ? 0 : create(d, err);
}
