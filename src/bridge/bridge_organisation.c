#include "bridge/bridge_organisation.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "bridge/bridge_private.h"
#include "store/store.h"

#include <string.h>

#define TOLD "bridge.organisation_told"
#define NAME_MAX_BYTES 100 /* of an audience */

static void format(const struct organisation *o, struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);

	json_begin_object(&w);
	organisation_write(o, &w);
	json_end_object(&w);
}

static const char *text_of(const json_t *told, const char *key,
			   struct arena *arena)
{
	const char *text = json_string_value(json_object_get(told, key));

	return text ? arena_strdup(arena, text) : "";
}

static int load_told(struct db *db, const struct organisation *options,
		     struct arena *arena, struct organisation *out,
		     struct err *err)
{
	CLEANUP(json_free) json_t *told = NULL;
	const char *text = NULL;

	*out = (struct organisation){
		options->name, options->postal_address, "", "", "", ""
	};
	if (setting_find(db, TOLD, arena, &text, err) < 0)
		return -1;
	if (!text)
		return 0;
	if (json_parse(str_of(text), &told, err) < 0)
		return -1;
	*out = (struct organisation){
		.name = text_of(told, "organisation", arena),
		.postal_address = text_of(told, "postal_address", arena),
		.sender_name = text_of(told, "sender_name", arena),
		.sender_email = text_of(told, "sender_email", arena),
		.mail_language = text_of(told, "mail_language", arena),
		.timezone = text_of(told, "timezone", arena),
	};
	return 0;
}

int bridge_organisation_told(struct tx *tx, const struct organisation *now,
			     struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	format(now, &text);
	return setting_put(tx, TOLD, text.buf, err);
}

static bool is_news(const char *now, const char *told, bool all)
{
	return strcmp(now, told) != 0 || (all && *now);
}

static void write_name(const char *name, struct json_writer *w)
{
	struct str cut = { name, utf8_prefix(str_of(name), NAME_MAX_BYTES) };

	json_key(w, "name");
	json_str(w, cut);
}

/* Lines of a text; the parts that it cannot be told from are emptied. */
static void write_address(const char *address, struct json_writer *w)
{
	static const char *const others[] = { "city", "state", "zip",
					      "country" };
	CLEANUP(strbuf_release) struct strbuf more = STRBUF_INIT;
	struct str rest = str_of(address);
	struct str first = str_trim(str_cut(&rest, '\n'));

	while (rest.s) {
		struct str line = str_trim(str_cut(&rest, '\n'));

		if (more.len > 0 && line.len > 0)
			strbuf_addstr(&more, ", ");
		strbuf_addslice(&more, line);
	}
	json_key(w, "address1");
	json_str(w, first);
	json_key_text(w, "address2", more.buf);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		json_key_text(w, others[i], "");
}

static void write_body(const struct organisation *now,
		       const struct organisation *told, bool all,
		       struct json_writer *w)
{
	bool name = is_news(now->name, told->name, all);

	json_begin_object(w);
	if (name && *now->name)
		write_name(now->name, w);
	json_key_begin_object(w, "contact");
	if (name)
		json_key_text(w, "company", now->name);
	if (is_news(now->postal_address, told->postal_address, all))
		write_address(now->postal_address, w);
	json_end_object(w);
	json_key_begin_object(w, "campaign_defaults");
	if (is_news(now->sender_name, told->sender_name, all))
		json_key_text(w, "from_name", now->sender_name);
	if (is_news(now->sender_email, told->sender_email, all))
		json_key_text(w, "from_email", now->sender_email);
	if (is_news(now->mail_language, told->mail_language, all))
		json_key_text(w, "language", now->mail_language);
	json_end_object(w);
	/* Our own audience's alone; others pass over what they do not know. */
	if (is_news(now->timezone, told->timezone, all))
		json_key_text(w, "account_timezone", now->timezone);
	json_end_object(w);
}

int bridge_organisation_news(struct db *db, const struct organisation *options,
			     const struct organisation *now, bool all,
			     struct strbuf *body, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct json_writer w = JSON_WRITER(body);
	struct organisation told;

	if (load_told(db, options, arena, &told, err) < 0)
		return -1;
	if (!is_news(now->name, told.name, all) &&
	    !is_news(now->postal_address, told.postal_address, all) &&
	    !is_news(now->sender_name, told.sender_name, all) &&
	    !is_news(now->sender_email, told.sender_email, all) &&
	    !is_news(now->mail_language, told.mail_language, all) &&
	    !is_news(now->timezone, told.timezone, all))
		return 0;
	write_body(now, &told, all, &w);
	return 1;
}

/* --- the job --- */

static int tell(struct work *w, const struct organisation *options,
		const struct organisation *now, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int news =
		bridge_organisation_news(w->db, options, now, true, &body, err);

	if (news <= 0)
		return news;
	if (mc_call(w->client, "PATCH", list_path(w, "%s", ""), body.buf, NULL,
		    err) < 0 ||
	    tx_begin(w->db, &tx, err) < 0 ||
	    bridge_organisation_told(&tx, now, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int job_organisation(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };
	const struct bridge_setup *setup =
		&((const struct bridge *)run->context)->setup;
	struct organisation options = {
		.name = setup->organisation,
		.postal_address = setup->postal_address,
	};
	struct organisation now;

	if (!setup->inside)
		return 0;
	if (work_begin(run, &w, err) < 0 ||
	    organisation_load(w.db, &options, w.arena, &now, err) < 0)
		return -1;
	return tell(&w, &options, &now, err);
}
