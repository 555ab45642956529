/*
 * A test of a campaign to some addresses, as members or a given person would
 * get it. A job of the bridge: it writes the draft of the Marketing API, which
 * says the test's words until it is written anew.
 */
#include "bridge/bridge_private.h"
#include "bridge/campaign/campaign_draft.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/campaign/schedule.h"

#include <string.h>

/* As somebody would get it: the draft over there says so until it is sent, or
 * tested, for which it is written anew. */
static void take_merged(struct campaign_draft *d, const json_t *payload)
{
	const json_t *merged = json_object_get(payload, "merged");
	const struct {
		const char *key, **text;
	} texts[] = {
		{ "subject", &d->c.subject },
		{ "preview_text", &d->c.preview_text },
		{ "html", &d->c.html },
		{ "plain_text", &d->c.plain_text },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const char *text = json_string_value(
			json_object_get(merged, texts[i].key));

		if (text)
			*texts[i].text = text;
	}
}

/* A test and a send write the same draft over there. Whoever runs is seen by
 * the other: a test gives way, a send waits until it is over. */
static int prepare_test(struct campaign_draft *d, struct err *err)
{
	bool is_open = crm_campaign_is_open(&d->c);

	if (is_open && campaign_send_may_change(d->w->db, &d->c, err) < 0)
		return -1;
	if (campaign_draft_ensure(d, err) < 0)
		return -1;
	return is_open ? campaign_draft_write(d, err) : 0;
}

static void write_test(const json_t *payload, struct strbuf *body)
{
	struct json_writer j = JSON_WRITER(body);

	json_begin_object(&j);
	json_key(&j, "test_emails");
	json_tree(&j, json_object_get(payload, "to"));
	json_key_text(&j, "send_type", "html");
	json_end_object(&j);
}

static int keep_asked(struct job_run *run, bool asked, struct err *err)
{
	return job_progress(run, NULL, 0, 0,
			    asked ? "{\"asked\":true}" : "{\"asked\":false}",
			    err);
}

static bool was_asked(const struct job *job)
{
	return job->state_json && strstr(job->state_json, "true");
}

/* Nobody can look whether a test was sent, so it is not tried again. */
static int is_unknown(struct err *err)
{
	return err_set(err, ERR_CONFLICT,
		       "the answer to the test was lost: it may have been "
		       "sent. Look for it, and ask for another if it does not "
		       "come");
}

static int ask_test(struct campaign_draft *d, const json_t *payload,
		    struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	struct err why = ERR_INIT;

	write_test(payload, &body);
	if (keep_asked(d->w->run, true, err) < 0)
		return -1;
	if (mc_call_once(d->w->client, "POST",
			 campaign_draft_path(d, "/actions/test"), body.buf,
			 NULL, &why) == 0)
		return 0;
	if (mc_is_lost(&why))
		return is_unknown(err);
	if (keep_asked(d->w->run, false, err) == 0)
		*err = why;
	return -1;
}

/* What tries variants is tested as one of them: an ordinary campaign, of which
 * the draft over there is made anew when it is sent. */
static int take_variant(struct campaign_draft *d, const json_t *payload,
			struct err *err)
{
	const char *letter = NULL;

	if (json_get_text(payload, "variant", &letter, err) < 0)
		return -1;
	return ab_test_take_letter(&d->c, letter, err);
}

int job_campaign_test(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };
	CLEANUP(json_free) json_t *payload = NULL;
	struct campaign_draft d = { .w = &w };
	int64_t id = 0;

	if (was_asked(run->job))
		return is_unknown(err);
	if (json_parse(str_of(run->job->payload), &payload, err) < 0 ||
	    json_get_int(payload, "campaign_id", &id, err) < 0 ||
	    work_begin(run, &w, err) < 0 ||
	    crm_campaign_get(run->db, id, run->arena, &d.c, err) < 0 ||
	    take_variant(&d, payload, err) < 0)
		return -1;
	take_merged(&d, payload);
	if (prepare_test(&d, err) < 0 || ask_test(&d, payload, err) < 0)
		return -1;
	strbuf_addstr(run->result, "{\"queued\":true}");
	return 0;
}
