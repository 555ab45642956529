#include "crm/record_json.h"

#include "base/arena.h"
#include "base/email.h"
#include "base/err.h"
#include "crm/consent/consent.h"
#include "crm/custom_field.h"
#include "crm/tag.h"

#include "sql/address.h"

#include <string.h>

/* --- writing --- */

static void format_addresses(const struct record *r, struct json_writer *w)
{
	json_key_begin_array(w, "emails");
	for (size_t i = 0; i < r->emails_n; i++) {
		const struct address *a = &r->emails[i];

		json_begin_object(w);
		json_key_text(w, "address", a->address);
		json_key_text(w, "type", a->type);
		json_key_bool(w, "primary", a->is_primary);
		json_key_bool(w, "marketing", a->id == r->email_id);
		json_key_bool(w, "held", address_held_name(a) != NULL);
		json_key_text(w, "held_reason", address_held_name(a));
		json_end_object(w);
	}
	json_end_array(w);
}

static void format_field(const struct record *r, const struct field *f,
			 struct json_writer *w)
{
	if (f->text != TEXT_NONE) {
		json_key_text(w, f->name, r->text[f->text]);
		return;
	}
	json_key(w, f->name);
	if (f->type == FIELD_ADDRESS)
		json_text(w, r->email);
	else if (strcmp(f->name, "id") == 0)
		json_int(w, r->id);
	else if (strcmp(f->name, "opted_out") == 0)
		json_bool(w, r->opted_out);
	else if (strcmp(f->name, "owns_address") == 0)
		json_bool(w, r->owns_address);
	else if (strcmp(f->name, "created_at") == 0)
		json_time(w, r->created_ms);
	else if (strcmp(f->name, "updated_at") == 0)
		json_time(w, r->updated_ms);
	else {
		int64_t id = strcmp(f->name, "company_id") == 0 ? r->company_id
								: r->import_id;

		if (id)
			json_int(w, id);
		else
			json_nothing(w);
	}
}

void record_format(const struct record *r, struct json_writer *w)
{
	json_begin_object(w);
	for (const struct field *f = field_table; f->name; f++) {
		if (!field_is_of(f, r->entity))
			continue;
		format_field(r, f, w);
		if (strcmp(f->name, "company_id") == 0)
			json_key_text(w, "company_name", r->company);
	}
	if (r->entity != ENTITY_COMPANY) {
		json_key_text(w, "mail_status",
			      mail_status_name(r->mail_status));
		format_addresses(r, w);
	}
	if (r->entity == ENTITY_LEAD) {
		json_key_id(w, "converted_person_id", r->converted_person_id);
		json_key_id(w, "converted_company_id", r->converted_company_id);
		json_key_time_or_null(w, "converted_at", r->converted_ms);
	}
	json_key_begin_array(w, "tags");
	for (size_t i = 0; i < r->tags_n; i++)
		json_text(w, r->tags[i]);
	json_end_array(w);
	json_key_raw(w, "custom", str_of(r->custom ? r->custom : "{}"));
	json_end_object(w);
}

int records_complete(struct db *db, struct records *records,
		     struct arena *arena, struct err *err)
{
	if (records_add_addresses(db, records, arena, err) < 0 ||
	    records_add_tags(db, records, arena, err) < 0 ||
	    records_add_mail_status(db, records, err) < 0)
		return -1;
	return records_add_companies(db, records, arena, err);
}

int record_get_whole(struct db *db, enum entity entity, int64_t id,
		     struct arena *arena, struct record *out, struct err *err)
{
	struct records one = { .v = out, .n = 1, .cap = 1 };

	if (record_get(db, entity, id, arena, out, err) < 0)
		return -1;
	if (records_add_tags(db, &one, arena, err) < 0 ||
	    records_add_mail_status(db, &one, err) < 0)
		return -1;
	return records_add_companies(db, &one, arena, err);
}

/* --- reading --- */

/* What a body says beside the plain fields. */
struct input {
	struct record *r;
	bool has_emails, has_tags, has_consent;
	const char *email;
	bool has_email;
	struct address *emails;
	size_t emails_n;
	const char **tags;
	size_t tags_n;
	bool opted_out;
	const char *reason;
};

static int read_bool(const json_t *o, const char *key, bool otherwise,
		     bool *out, struct err *err)
{
	*out = otherwise;
	if (json_get_bool(o, key, out, err) < 0)
		return err_field(err, "emails", "%s is not true or false", key);
	return 0;
}

static int read_address(const json_t *o, struct address *a, struct err *err)
{
	bool held;
	const char *key;
	json_t *value;

	*a = (struct address){ .held = HELD_AS_BEFORE };
	if (!json_is_object(o))
		return err_field(err, "emails", "not a list of objects");
	json_object_foreach ((json_t *)(uintptr_t)o, key, value) {
		static const char *const known[] = { "address", "type",
						     "primary", "marketing",
						     "held",    "held_reason" };
		bool found = false;

		for (size_t i = 0; i < ARRAY_SIZE(known); i++)
			found = found || strcmp(key, known[i]) == 0;
		if (!found)
			return err_field(err, "emails",
					 "an address has no %.40s", key);
	}
	if (json_get_text(o, "address", &a->address, err) < 0 ||
	    json_get_text(o, "type", &a->type, err) < 0)
		return err_field(err, "emails", "not a text");
	if (!a->address)
		return err_field(err, "emails", "an entry without address");
	if (read_bool(o, "primary", false, &a->is_primary, err) < 0 ||
	    read_bool(o, "marketing", false, &a->is_marketing, err) < 0 ||
	    read_bool(o, "held", false, &held, err) < 0)
		return -1;
	if (json_object_get(o, "held"))
		a->held = held ? HELD_BY_HAND : HELD_NO;
	return 0;
}

static int read_emails(const json_t *value, struct arena *arena,
		       struct input *in, struct err *err)
{
	size_t i;
	json_t *item;

	if (!json_is_array(value))
		return err_field(err, "emails", "not a list");
	in->has_emails = true;
	in->emails_n = json_array_size(value);
	in->emails = arena_array(arena, struct address, in->emails_n + 1);
	json_array_foreach ((json_t *)(uintptr_t)value, i, item) {
		if (read_address(item, &in->emails[i], err) < 0)
			return -1;
	}
	return 0;
}

static int read_tags(const json_t *value, struct arena *arena, struct input *in,
		     struct err *err)
{
	size_t i;
	json_t *item;

	if (!json_is_array(value))
		return err_field(err, "tags", "not a list");
	in->has_tags = true;
	in->tags_n = json_array_size(value);
	in->tags = arena_array(arena, const char *, in->tags_n + 1);
	json_array_foreach ((json_t *)(uintptr_t)value, i, item) {
		in->tags[i] = json_string_value(item);
		if (!in->tags[i])
			return err_field(err, "tags", "not a list of texts");
	}
	return 0;
}

static int read_other(const struct field *f, const json_t *value,
		      struct record *r, struct err *err)
{
	if (strcmp(f->name, "company_id") == 0) {
		if (!json_is_null(value) && !json_is_integer(value))
			return err_field(err, f->name, "not a whole number");
		r->company_id = json_integer_value(value);
		if (json_is_integer(value) && r->company_id <= 0)
			return err_field(err, f->name, "not a company's id");
		return 0;
	}
	if (!json_is_boolean(value))
		return err_field(err, f->name, "not true or false");
	r->owns_address = json_is_true(value);
	return 0;
}

static int read_field(const struct field *f, const json_t *value,
		      struct arena *arena, struct record *r, struct err *err)
{
	if (f->read_only)
		return err_field(err, f->name, "cannot be set");
	if (f->text == TEXT_NONE)
		return read_other(f, value, r, err);
	if (json_is_null(value)) {
		r->text[f->text] = NULL;
		return 0;
	}
	if (!json_is_string(value))
		return err_field(err, f->name, "not a text");
	return field_check(f, json_string_value(value), arena,
			   &r->text[f->text], err);
}

static int read_email(const json_t *value, struct input *in, struct err *err)
{
	if (!json_is_null(value) && !json_is_string(value))
		return err_field(err, "email", "not a text");
	in->has_email = true;
	in->email = json_string_value(value);
	if (in->email && !*in->email)
		in->email = NULL;
	return 0;
}

static int read_consent(const char *key, const json_t *value, struct input *in,
			struct err *err)
{
	if (strcmp(key, "opted_out") == 0) {
		if (!json_is_boolean(value))
			return err_field(err, key, "not true or false");
		in->has_consent = true;
		in->opted_out = json_is_true(value);
		return 0;
	}
	if (!json_is_null(value) && !json_is_string(value))
		return err_field(err, key, "not a text");
	in->reason = json_string_value(value);
	if (in->reason && strlen(in->reason) > RECORD_REASON_MAX)
		return err_field(err, key, "longer than %d bytes",
				 RECORD_REASON_MAX);
	return 0;
}

static int read_member(struct db *db, const char *key, const json_t *value,
		       struct arena *arena, struct input *in, struct err *err)
{
	struct record *r = in->r;
	const struct field *f;

	if (strcmp(key, "opted_out") == 0 || strcmp(key, "reason") == 0)
		return read_consent(key, value, in, err);
	if (strcmp(key, "tags") == 0)
		return read_tags(value, arena, in, err);
	if (strcmp(key, "custom") == 0) {
		if (!json_is_object(value))
			return err_field(err, key, "not an object");
		return custom_merge(db, r->entity, r->custom, value, arena,
				    &r->custom, err);
	}
	f = field_find(r->entity, key);
	if (!f &&
	    !(strcmp(key, "emails") == 0 && r->entity != ENTITY_COMPANY)) {
		char name[41];

		snprintf(name, sizeof(name), "%.40s", key);
		return err_field(err, name, "there is no such field");
	}
	if (!f)
		return read_emails(value, arena, in, err);
	if (f->type == FIELD_ADDRESS)
		return read_email(value, in, err);
	return read_field(f, value, arena, r, err);
}

static int read_body(struct db *db, const json_t *body, struct arena *arena,
		     struct input *in, struct err *err)
{
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)body, key, value) {
		if (read_member(db, key, value, arena, in, err) < 0)
			return -1;
	}
	if (in->has_email && in->has_emails)
		return err_field(err, "email",
				 "give either email or emails, not both");
	return 0;
}

/* --- doing --- */

static int say_consent(struct tx *tx, const struct input *in,
		       const struct actor *actor, struct err *err)
{
	struct consent consent = {
		.entity = in->r->entity,
		.record_id = in->r->id,
		.email_id = in->r->email_id,
		.state = in->opted_out ? CONSENT_OPTED_OUT : CONSENT_OPTED_IN,
		.source = actor->user_id ? CONSENT_BY_USER : CONSENT_BY_API,
		.reason = in->reason,
	};

	/* said again with a reason, it outlasts what said it before */
	if (!in->has_consent || (in->opted_out == in->r->opted_out &&
				 !(in->opted_out && in->reason)))
		return 0;
	return consent_add(tx, &consent, actor, err);
}

static int finish_write(struct tx *tx, const struct input *in,
			const struct actor *actor, struct arena *arena,
			struct record *out, struct err *err)
{
	int64_t id = in->r->id;
	enum entity entity = in->r->entity;

	if (in->has_tags && record_put_tags(tx, entity, id, in->tags,
					    in->tags_n, arena, err) < 0)
		return -1;
	/* what addresses changed is read before consent is said of them */
	if (record_get_whole(tx->db, entity, id, arena, out, err) < 0)
		return -1;
	if (!in->has_consent)
		return 0;
	*in->r = *out;
	if (say_consent(tx, in, actor, err) < 0)
		return -1;
	return record_get_whole(tx->db, entity, id, arena, out, err);
}

int record_create(struct tx *tx, enum entity entity, const json_t *body,
		  const struct actor *actor, struct arena *arena,
		  struct record *out, struct err *err)
{
	struct record r = { .entity = entity };
	struct input in = { .r = &r };
	struct address one = { .held = HELD_NO, .is_primary = true };

	if (read_body(tx->db, body, arena, &in, err) < 0)
		return -1;
	if (in.has_email && in.email) {
		one.address = in.email;
		in.emails = &one;
		in.emails_n = 1;
	}
	r.emails = in.emails;
	r.emails_n = in.emails_n;
	if (record_add(tx, &r, actor, arena, err) < 0)
		return -1;
	return finish_write(tx, &in, actor, arena, out, err);
}

/* The addresses as they shall be when the marketing one is replaced. */
static int replace_marketing(struct input *in, struct arena *arena,
			     struct err *err)
{
	const struct record *r = in->r;
	struct address *list =
		arena_array(arena, struct address, r->emails_n + 1);
	struct email email;
	size_t n = 0;
	bool was_primary = r->emails_n == 0, was_flagged = false, there = false;

	if (in->email && email_parse(in->email, arena, &email, err) < 0)
		return err_field(err, "email", "%s", err->text);
	for (size_t i = 0; i < r->emails_n; i++) {
		const struct address *old = &r->emails[i];
		bool same = in->email && strcmp(old->hash, email.hash) == 0;

		if (old->id == r->email_id && !same) {
			was_primary = old->is_primary;
			was_flagged = old->is_marketing;
			continue; /* it ends */
		}
		list[n] = *old;
		list[n].held = HELD_AS_BEFORE;
		there = there || same;
		if (same)
			list[n].is_marketing = true;
		else
			list[n].is_marketing =
				in->email ? false : old->is_marketing;
		n++;
	}
	if (in->email && !there) {
		list[n++] = (struct address){
			.address = in->email,
			.is_primary = was_primary,
			.is_marketing = was_flagged || !was_primary,
		};
	}
	in->has_emails = true;
	in->emails = list;
	in->emails_n = n;
	return 0;
}

/* Said before an address leaves, it is kept of that too; said before one comes,
 * it reaches those who have that. */
static int change_addresses(struct tx *tx, const struct input *in,
			    const struct actor *actor, struct arena *arena,
			    struct err *err)
{
	const struct record *r = in->r;
	bool opts_out = in->has_consent && in->opted_out;

	if (opts_out && say_consent(tx, in, actor, err) < 0)
		return -1;
	return addresses_put(tx, r->entity, r->id, in->emails, in->emails_n,
			     actor, arena, err);
}

static void add_hash(const json_t *address, struct arena *arena,
		     struct texts *out)
{
	char hash[MD5_HEX + 1];

	if (!json_is_string(address))
		return;
	email_hash(json_string_value(address), hash);
	vec_push(out, arena_strdup(arena, hash));
}

/*
 * What is said of a person is said of whoever shares an address, one that it
 * has or is to have: where several write at once, all of them are locked
 * before, in one order, or two who get each other's would wait for each other.
 * Nobody gets an address meanwhile (addresses_turn).
 */
static int lock_around(struct tx *tx, int64_t person_id, const json_t *body,
		       struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct texts hashes = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids locked = VEC_INIT;
	const json_t *item;
	size_t i;

	if (db_backend(tx->db) == DB_SQLITE)
		return 0;
	add_hash(json_object_get(body, "email"), arena, &hashes);
	json_array_foreach (json_object_get(body, "emails"), i, item)
		add_hash(json_object_get(item, "address"), arena, &hashes);
	return db_list_ids(tx->db, SQL_ADDRESS_LOCK_PEOPLE_AROUND,
			   SQL_ARGS(sql_int(person_id), sql_int(person_id),
				    sql_texts(&hashes, &keys)),
			   &locked, err);
}

static bool says_of_others(enum entity entity, const json_t *body)
{
	return entity != ENTITY_COMPANY && (json_object_get(body, "email") ||
					    json_object_get(body, "emails") ||
					    json_object_get(body, "opted_out"));
}

static int begin_patch(struct tx *tx, enum entity entity, int64_t id,
		       const json_t *body, struct arena *arena, struct err *err)
{
	if (!says_of_others(entity, body))
		return 0;
	if (addresses_turn(tx, err) < 0)
		return -1;
	return entity == ENTITY_PERSON ? lock_around(tx, id, body, arena, err)
				       : 0;
}

int record_patch(struct tx *tx, enum entity entity, int64_t id,
		 const json_t *body, const struct actor *actor,
		 struct arena *arena, struct record *out, struct err *err)
{
	struct record r;
	struct input in = { .r = &r };

	if (begin_patch(tx, entity, id, body, arena, err) < 0 ||
	    record_get(tx->db, entity, id, arena, &r, err) < 0 ||
	    read_body(tx->db, body, arena, &in, err) < 0)
		return -1;
	if (in.has_email && replace_marketing(&in, arena, err) < 0)
		return -1;
	if (record_update(tx, &r, actor, arena, err) < 0)
		return -1;
	if (in.has_emails && change_addresses(tx, &in, actor, arena, err) < 0)
		return -1;
	return finish_write(tx, &in, actor, arena, out, err);
}
