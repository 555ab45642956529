/*
 * What a change asked for through the API does to a member: the table of
 * transitions, and the fields. Nothing here touches the database.
 */
#include "audience/list.h"
#include "audience/member_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/text/country.h"

#include <arpa/inet.h>
#include <string.h>

#define BY_ADMIN "N/A (Unsubscribed by admin)"
#define LANGUAGE_MAX 10

/* --- statuses --- */

static int in_compliance(const char *address, struct err *err)
{
	return err_title(err, ERR_INVALID, "Member In Compliance State",
			 "%s is in a compliance state due to unsubscribe, "
			 "bounce, or compliance review and cannot be "
			 "subscribed.",
			 address);
}

/*
 * May the API subscribe a member of that past? It may undo what it did
 * itself; who left by himself, complained or bounced must come back by
 * himself. Waiting (pending) and archiving do not wash this off.
 */
static bool may_return(const struct member *m)
{
	return m->status != MEMBER_CLEANED &&
	       m->unsubscribed_by <= UNSUBSCRIBED_BY_API;
}

bool member_said_no_itself(const struct member *m)
{
	return m->unsubscribed_by == UNSUBSCRIBED_BY_CONTACT ||
	       m->unsubscribed_by == UNSUBSCRIBED_BY_COMPLAINT;
}

/* What they said themselves says more. */
static void note_was_cleaned(struct member *m)
{
	if (!member_said_no_itself(m))
		m->unsubscribed_by = UNSUBSCRIBED_WAS_CLEANED;
}

static void subscribe(struct member *m, bool by_contact,
		      const struct member_actor *actor)
{
	if (m->status == MEMBER_ARCHIVED || !m->opt_ms || by_contact)
		m->opt_ms = actor->now_ms;
	m->status = MEMBER_SUBSCRIBED;
	m->unsubscribed_by = UNSUBSCRIBED_NOT;
	m->unsubscribe_reason = "";
	m->unsubscribed_ms = 0;
	m->unsubscribed_campaign_id = 0;
}

static void unsubscribe(struct member *m, const struct member_actor *actor)
{
	if (m->status == MEMBER_CLEANED)
		note_was_cleaned(m);
	else if (m->unsubscribed_by == UNSUBSCRIBED_NOT)
		m->unsubscribed_by = UNSUBSCRIBED_BY_API;
	m->status = MEMBER_UNSUBSCRIBED;
	m->unsubscribe_reason = BY_ADMIN;
	m->unsubscribed_ms = actor->now_ms;
	m->unsubscribed_campaign_id = 0;
}

static int move_to_status(struct member *m, enum member_status to, bool is_new,
			  bool by_contact, const struct member_actor *actor,
			  struct err *err)
{
	if (!is_new && m->status == to)
		return 0;
	switch (to) {
	case MEMBER_SUBSCRIBED:
		if (!may_return(m) && !by_contact)
			return in_compliance(m->address, err);
		subscribe(m, by_contact, actor);
		return 0;
	case MEMBER_UNSUBSCRIBED:
		unsubscribe(m, actor);
		return 0;
	case MEMBER_TRANSACTIONAL:
		if (!is_new && m->status != MEMBER_ARCHIVED)
			return err_field(err, "status",
					 "only a new member can be "
					 "transactional");
		break;
	case MEMBER_PENDING:
		if (!m->signup_ms)
			m->signup_ms = actor->now_ms;
		if (m->status == MEMBER_CLEANED)
			note_was_cleaned(m);
		break;
	default:
		break;
	}
	m->status = to;
	return 0;
}

/* 1: *out is the status asked for; 0: none is; -1. */
static int wanted_status(const struct member_op *op, bool is_new,
			 enum member_status *out, struct err *err)
{
	const char *field = "status";
	const char *name = NULL;
	enum member_status status;

	if (is_new && op->mode == MEMBER_PUT) {
		field = "status_if_new";
		if (json_get_text(op->body, field, &name, err) < 0)
			return -1;
		if (!name)
			field = "status";
	}
	if (!name && json_get_text(op->body, field, &name, err) < 0)
		return -1;
	if (!name || !*name) {
		if (is_new)
			return err_field(err, field,
					 "This value should not be blank.");
		return 0;
	}
	status = member_status_of(name);
	if (!status || status == MEMBER_ARCHIVED ||
	    (status == MEMBER_TRANSACTIONAL && op->mode == MEMBER_PATCH))
		return err_field(err, field,
				 "Value must be one of: subscribed, "
				 "unsubscribed, cleaned, pending%s.",
				 op->mode == MEMBER_PATCH ? ""
							  : ", transactional");
	*out = status;
	return 1;
}

/* The CRM may have lifted the first, and hears of the second by member_tell;
 * whoever writes lists of what is known says nothing new. */
static bool is_said_again(const struct member_op *op,
			  const struct member_entry *entry,
			  enum member_status to)
{
	return to == MEMBER_UNSUBSCRIBED && entry->exists &&
	       entry->now.status == to &&
	       (op->mode == MEMBER_PUT || op->mode == MEMBER_PATCH);
}

static int decide_status(const struct member_run *run,
			 const struct member_op *op, struct member_entry *entry,
			 struct err *err)
{
	bool is_new = !entry->exists;
	enum member_status to = 0;
	int asked = wanted_status(op, is_new, &to, err);

	if (asked <= 0)
		return asked;
	if (is_said_again(op, entry, to)) {
		entry->now.unsubscribed_ms = run->actor->now_ms;
		entry->now.unsubscribed_campaign_id = 0;
	}
	return move_to_status(&entry->now, to, is_new, op->by_contact,
			      run->actor, err);
}

/* --- other fields --- */

static bool is_ip(const char *text)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET, text, bytes) == 1 ||
	       inet_pton(AF_INET6, text, bytes) == 1;
}

static int read_ip(const json_t *body, const char *field, const char **out,
		   struct err *err)
{
	const char *text = *out;

	if (json_get_text(body, field, &text, err) < 0)
		return -1;
	if (*text && !is_ip(text))
		return err_field(err, field,
				 "This value is not a valid IP address.");
	*out = text;
	return 0;
}

static int read_ms(const json_t *body, const char *field, int64_t *out,
		   struct err *err)
{
	const char *text = NULL;

	if (json_get_text(body, field, &text, err) < 0)
		return -1;
	if (text && *text && !time_parse_iso(text, out))
		return err_field(err, field,
				 "This value is not a valid datetime.");
	return 0;
}

static int read_fields(const json_t *body, struct member *m, struct err *err)
{
	const char *type = NULL, *status = NULL;
	const json_t *tags = NULL;

	if (json_get_text(body, "email_type", &type, err) < 0 ||
	    json_get_text(body, "status_if_new", &status, err) < 0 ||
	    json_get_array(body, "tags", &tags, err) < 0 ||
	    json_get_text(body, "language", &m->language, err) < 0 ||
	    json_get_bool(body, "vip", &m->vip, err) < 0 ||
	    read_ip(body, "ip_signup", &m->ip_signup, err) < 0 ||
	    read_ip(body, "ip_opt", &m->ip_opt, err) < 0 ||
	    read_ms(body, "timestamp_signup", &m->signup_ms, err) < 0 ||
	    read_ms(body, "timestamp_opt", &m->opt_ms, err) < 0)
		return -1;
	if (type && *type) {
		m->text_only = strcmp(type, "text") == 0;
		if (!m->text_only && strcmp(type, "html") != 0)
			return err_field(err, "email_type",
					 "should be html or text");
	}
	if (strlen(m->language) > LANGUAGE_MAX)
		return err_field(err, "language", "is no language code");
	return 0;
}

/* Of its first address that names one. */
static const char *country_of(const struct member_run *run, const char *merge)
{
	vec_each (&run->defs, def) {
		CLEANUP(json_free) json_t *tree = NULL;
		struct err ignored = ERR_INIT;
		struct str raw;
		const char *country, *code;

		if (def->type != MERGE_TYPE_ADDRESS)
			continue;
		raw = merge_value_raw(str_of(merge), def->id);
		if (raw.len < 2 || json_parse(raw, &tree, &ignored) < 0)
			continue;
		country = json_string_value(json_object_get(tree, "country"));
		code = country ? country_parse(str_of(country)) : NULL;
		if (code)
			return code;
	}
	return "";
}

/* The country is what was said last: as a location, or by an address. */
static int read_country(const struct member_run *run, const json_t *body,
			const char *old_merge, struct member *m,
			struct err *err)
{
	const json_t *location = NULL;
	const char *given = "", *was, *is;

	if (json_get_object(body, "location", &location, err) < 0 ||
	    json_get_text(location, "country_code", &given, err) < 0)
		return -1;
	if (*given) {
		is = country_parse(str_of(given));
		if (!is)
			return err_field(err, "location.country_code",
					 "is no code of a country");
		m->country = is;
		return 0;
	}
	if (strcmp(old_merge, m->merge) == 0)
		return 0;
	was = country_of(run, old_merge);
	is = country_of(run, m->merge);
	if (strcmp(was, is) != 0 && (*is || strcmp(m->country, was) == 0))
		m->country = is;
	return 0;
}

static int read_merges(struct member_run *run, struct member_op *op,
		       struct member_entry *entry, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf column = STRBUF_INIT;
	const json_t *given = NULL;
	int has = json_get_object(op->body, "merge_fields", &given, err);
	bool strict = !op->skip_merge_validation && (!entry->exists || has > 0);

	if (has < 0)
		return -1;
	if (!has && entry->exists)
		return 0;
	merge_values_lay(&run->defs, entry->now.merge, given, strict,
			 run->arena, &column, &op->errors);
	if (op->errors.n)
		return err_set(err, ERR_INVALID,
			       "Your merge fields were invalid.");
	entry->now.merge = arena_str(run->arena, strbuf_str(&column));
	return 0;
}

/* --- the whole --- */

int refuse_existing_member(const char *address, struct err *err)
{
	return err_title(err, ERR_INVALID, "Member Exists",
			 "%s is already a list member. Use PUT to insert or "
			 "update list members.",
			 address);
}

static int forgotten_email(const char *address, struct err *err)
{
	return err_title(err, ERR_INVALID, "Forgotten Email Not Subscribed",
			 "%s was permanently deleted and cannot be "
			 "re-imported. The contact must re-subscribe to get "
			 "back on the list.",
			 address);
}

static void set_address(struct member *m, const struct email *email,
			struct arena *arena)
{
	m->address = email->folded;
	m->email_hash = arena_strdup(arena, email->hash);
}

/* The status of who gets an address that has said no, and which they may have
 * had before. */
static int decide_status_with_no(const struct member_run *run,
				 const struct member_op *op,
				 struct member_entry *entry, struct err *err)
{
	struct member *m = &entry->now;

	if (!member_said_no_itself(m))
		m->unsubscribed_by = UNSUBSCRIBED_BY_CONTACT;
	if (decide_status(run, op, entry, err) < 0)
		return -1;
	return m->status == MEMBER_SUBSCRIBED ? in_compliance(m->address, err)
					      : 0;
}

static int lay_body(struct member_run *run, struct member_op *op,
		    struct member_entry *entry, const struct email *email,
		    enum address_past past, struct err *err)
{
	bool is_new_to = email->folded &&
			 (!entry->exists ||
			  strcmp(entry->now.email_hash, email->hash) != 0);
	bool must_be_new = op->mode == MEMBER_POST || op->mode == MEMBER_BATCH;
	bool archived = entry->now.status == MEMBER_ARCHIVED;
	const char *old_merge = entry->now.merge;

	if (entry->exists && must_be_new && !archived)
		return refuse_existing_member(op->address, err);
	if (is_new_to && past == ADDRESS_FORGOTTEN && !op->by_contact)
		return forgotten_email(op->address, err);
	if (email->folded)
		set_address(&entry->now, email, run->arena);
	if (!entry->exists && op->by_contact)
		entry->now.source = "Hosted Signup Form";
	if ((is_new_to && past == ADDRESS_LEFT
		     ? decide_status_with_no
		     : decide_status)(run, op, entry, err) < 0 ||
	    read_fields(op->body, &entry->now, err) < 0 ||
	    side_decide(run, op, entry, err) < 0)
		return -1;
	if (read_merges(run, op, entry, err) < 0)
		return -1;
	return read_country(run, op->body, old_merge, &entry->now, err);
}

int member_decide(struct member_run *run, struct member_op *op,
		  struct member_entry *entry, const struct email *email,
		  enum address_past past)
{
	struct member before = entry->now;
	struct member_side side = entry->side;

	if (lay_body(run, op, entry, email, past, &op->err) == 0)
		return 0;
	entry->now = before;
	entry->side = side;
	op->outcome = MEMBER_REFUSED;
	return -1;
}
