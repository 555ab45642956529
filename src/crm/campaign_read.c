/*
 * What the API's object says of a campaign, for crm_campaign_read(): limits and
 * forms; whether a group is there is asked when it is written. Any thread.
 */
#include "crm/campaign_record.h"

#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text/language_tag.h"
#include "base/utf8.h"
#include "design/design.h"

#include <string.h>

#define CONTENT_MAX (4 << 20)

static int read_text(const json_t *body, const char *key, size_t max,
		     const char **out, struct err *err)
{
	const char *text = NULL;
	int found = json_get_text(body, key, &text, err);

	if (found < 0)
		return -1;
	if (found == 0) { /* absent: keep; null: take away */
		if (json_object_get(body, key))
			*out = NULL;
		return 0;
	}
	if (strlen(text) > max)
		return err_field(err, key, "longer than %zu bytes", max);
	*out = *text ? text : NULL;
	return 0;
}

static int read_address(const json_t *body, const char *key, const char **out,
			struct err *err)
{
	if (read_text(body, key, EMAIL_MAX, out, err) < 0)
		return -1;
	if (*out && json_object_get(body, key) && !email_is_valid(*out))
		return err_field(err, key, "not an e-mail address");
	return 0;
}

static int read_group(const json_t *body, struct crm_campaign *c,
		      struct err *err)
{
	int64_t id = 0;
	int found = json_get_int(body, "group_id", &id, err);

	if (found < 0)
		return -1;
	if (found == 0 && !json_object_get(body, "group_id"))
		return 0;
	c->to_kind = found ? CRM_CAMPAIGN_TO_GROUP : CRM_CAMPAIGN_TO_NOBODY;
	c->group_id = id;
	c->segment_id = 0;
	c->to_name = NULL;
	return 0;
}

static int read_kind(const json_t *to, enum crm_campaign_to *out,
		     struct err *err)
{
	const char *kind = NULL;

	if (json_get_text(to, "kind", &kind, err) < 0)
		return -1;
	for (int i = CRM_CAMPAIGN_TO_GROUP; i <= CRM_CAMPAIGN_TO_AUDIENCE; i++)
		if (kind &&
		    strcmp(crm_campaign_to_name((enum crm_campaign_to)i),
			   kind) == 0) {
			*out = (enum crm_campaign_to)i;
			return 0;
		}
	return err_field(err, "to",
			 "kind is none of group, tag, segment, audience");
}

/* `to` says more than group_id, and comes after it. */
static int read_to(const json_t *body, struct crm_campaign *c, struct err *err)
{
	enum crm_campaign_to kind = CRM_CAMPAIGN_TO_NOBODY;
	const json_t *to = NULL;
	int64_t id = 0;
	int found = json_get_object(body, "to", &to, err);

	if (found < 0 || (found > 0 && (read_kind(to, &kind, err) < 0 ||
					json_get_int(to, "id", &id, err) < 0)))
		return -1;
	if (found == 0 && !json_object_get(body, "to"))
		return 0;
	if ((kind == CRM_CAMPAIGN_TO_NOBODY || kind == CRM_CAMPAIGN_TO_AUDIENCE)
		    ? id != 0
		    : id <= 0)
		return err_field(err, "to",
				 "a group, tag or segment has an id, the "
				 "audience has none");
	if (kind != c->to_kind || id != c->segment_id)
		c->to_name = NULL;
	c->to_kind = kind;
	c->group_id = kind == CRM_CAMPAIGN_TO_GROUP ? id : 0;
	c->segment_id = kind == CRM_CAMPAIGN_TO_GROUP ? 0 : id;
	return 0;
}

/* Headers of a message: one line each. */
static int is_one_line(const char *field, const char *text, struct err *err)
{
	if (text && strpbrk(text, "\r\n"))
		return err_field(err, field, "must be one line");
	return 0;
}

/* HTML of its own takes the place of a design, and of the text made of it. */
static int read_content(const json_t *body, struct crm_campaign *c,
			struct err *err)
{
	if (json_object_get(body, "html")) {
		c->plain_text = c->plain_is_made ? NULL : c->plain_text;
		c->plain_is_made = false;
		c->design = NULL;
	}
	if (read_text(body, "html", CONTENT_MAX, &c->html, err) < 0 ||
	    read_text(body, "plain_text", CONTENT_MAX, &c->plain_text, err) < 0)
		return -1;
	if (c->design && json_object_get(body, "plain_text"))
		c->plain_is_made = c->plain_text == NULL;
	return 0;
}

static int read_language(const json_t *body, struct crm_campaign *c,
			 struct err *err)
{
	enum design_direction direction = DESIGN_AUTO;

	if (read_text(body, "language", LANGUAGE_TAG_MAX, &c->language, err) <
		    0 ||
	    read_text(body, "direction", 4, &c->direction, err) < 0)
		return -1;
	if (c->language && !language_tag_is_valid(c->language))
		return err_field(err, "language",
				 "not a language, such as en or de-AT");
	if (c->direction && !design_direction_parse(c->direction, &direction))
		return err_field(err, "direction", "not ltr, rtl or auto");
	if (direction == DESIGN_AUTO)
		c->direction = NULL;
	return 0;
}

/* Also one that is past: it is what was chosen, and scheduling refuses it. */
static int read_send_at(const json_t *body, struct crm_campaign *c,
			struct err *err)
{
	const char *text = NULL;

	if (!json_object_get(body, "send_at"))
		return 0;
	if (read_text(body, "send_at", 40, &text, err) < 0)
		return -1;
	c->send_at_ms = 0;
	if (text &&
	    (!time_parse_iso(text, &c->send_at_ms) || c->send_at_ms <= 0))
		return err_field(err, "send_at",
				 "not a time, such as 2026-12-01T09:00:00Z");
	return 0;
}

int crm_campaign_read(const json_t *body, struct crm_campaign *c,
		      struct err *err)
{
	if (read_text(body, "name", CRM_CAMPAIGN_NAME_MAX, &c->name, err) < 0 ||
	    read_group(body, c, err) < 0 || read_to(body, c, err) < 0 ||
	    read_text(body, "subject", 500, &c->subject, err) < 0 ||
	    read_text(body, "preview_text", 1000, &c->preview_text, err) < 0 ||
	    read_text(body, "from_name", 400, &c->from_name, err) < 0 ||
	    read_address(body, "from_email", &c->from_email, err) < 0 ||
	    read_address(body, "reply_to", &c->reply_to, err) < 0 ||
	    read_content(body, c, err) < 0 || read_language(body, c, err) < 0 ||
	    read_send_at(body, c, err) < 0 ||
	    ab_test_read(body, &c->test, err) < 0)
		return -1;
	if (utf8_is_blank(c->name))
		return err_field(err, "name", "is missing");
	if (is_one_line("subject", c->subject, err) < 0 ||
	    is_one_line("preview_text", c->preview_text, err) < 0 ||
	    is_one_line("from_name", c->from_name, err) < 0)
		return -1;
	return 0;
}
