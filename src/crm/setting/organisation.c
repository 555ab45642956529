#include "crm/setting/organisation.h"

#include "base/arena.h"
#include "base/email.h"
#include "base/err.h"
#include "base/text/language_tag.h"
#include "base/text/shown_text.h"
#include "base/text/time_zone.h"
#include "base/utf8.h"
#include "crm/bridge_job.h"
#include "store/store.h"

#include <stddef.h>
#include <string.h>

#define TEXT_MAX 500 /* characters */

static const struct part {
	const char *key; /* of the setting, and in the API */
	size_t offset;
	bool has_lines;
} parts[] = {
	{ "organisation", offsetof(struct organisation, name), false },
	{ "postal_address", offsetof(struct organisation, postal_address),
	  true },
	{ "sender_name", offsetof(struct organisation, sender_name), false },
	{ "sender_email", offsetof(struct organisation, sender_email), false },
	{ "mail_language", offsetof(struct organisation, mail_language),
	  false },
	{ "timezone", offsetof(struct organisation, timezone), false },
};

static const char **text_at(struct organisation *o, const struct part *part)
{
	return (const char **)(void *)((char *)o + part->offset);
}

static const char *text_of(const struct organisation *o,
			   const struct part *part)
{
	return *(const char *const *)(const void *)((const char *)o +
						    part->offset);
}

int organisation_load(struct db *db, const struct organisation *options,
		      struct arena *arena, struct organisation *out,
		      struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		const char *text = NULL;

		if (setting_find(db, parts[i].key, arena, &text, err) < 0)
			return -1;
		*text_at(out, &parts[i]) = text ? text : "";
	}
	if (*options->name)
		out->name = arena_strdup(arena, options->name);
	if (*options->postal_address)
		out->postal_address =
			arena_strdup(arena, options->postal_address);
	return 0;
}

/* A line end would begin another header of a message. */
static int check_text(const struct part *part, const char *text,
		      struct err *err)
{
	const char *fault;

	if (utf8_length(str_of(text)) > TEXT_MAX)
		return err_field(err, part->key, "at most %d characters",
				 TEXT_MAX);
	fault = shown_text_fault(str_of(text),
				 part->has_lines ? SHOWN_LINES : SHOWN_LINE);
	return fault ? err_field(err, part->key, "%s", fault) : 0;
}

static int check_email(const char *text, struct err *err)
{
	if (!*text)
		return 0;
	if (!email_is_valid(text))
		return err_field(err, "sender_email", "not an e-mail address");
	if (!email_has_ascii_local(text))
		return err_field(err, "sender_email",
				 "has letters outside ASCII before the @: most "
				 "mail servers refuse such a sender");
	return 0;
}

void organisation_write(const struct organisation *o, struct json_writer *w)
{
	json_key_text(w, "organisation", o->name);
	json_key_text(w, "postal_address", o->postal_address);
	json_key_text(w, "sender_name", o->sender_name);
	json_key_text(w, "sender_email", o->sender_email);
	json_key_text(w, "mail_language", o->mail_language);
	json_key_text(w, "timezone", o->timezone);
}

int organisation_read(const json_t *body, struct arena *arena,
		      struct organisation *o, struct err *err)
{
	int any = 0;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		const char *text = NULL;
		int given = json_get_text(body, parts[i].key, &text, err);

		if (given < 0)
			return -1;
		if (!given)
			continue;
		text = arena_str(arena, str_trim(str_of(text)));
		if (check_text(&parts[i], text, err) < 0)
			return -1;
		*text_at(o, &parts[i]) = text;
		any = 1;
	}
	if (check_email(o->sender_email, err) < 0)
		return -1;
	if (*o->mail_language && !language_tag_is_valid(o->mail_language))
		return err_field(err, "mail_language",
				 "not a language, such as en or de-AT");
	if (*o->timezone && !time_zone_is_known(o->timezone))
		return err_field(err, "timezone",
				 "not a time zone, such as Europe/Berlin");
	return any;
}

int organisation_save(struct tx *tx, const struct organisation *before,
		      const struct organisation *now, int64_t now_ms,
		      struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		const char *text = text_of(now, &parts[i]);

		if (strcmp(text_of(before, &parts[i]), text) != 0 &&
		    setting_put(tx, parts[i].key, text, err) < 0)
			return -1;
	}
	return bridge_job_organisation(tx, now_ms, err);
}
