#include "bridge/fake_audience.h"

#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "bridge/bridge_fixture.h"

#include <stdlib.h>
#include <string.h>

void fake_must(int ret, const struct err *err)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "fake audience: %s %s\n", err->field, err->text);
	abort();
}

/* --- members --- */

static const char *hash_of(const char *address)
{
	static char hash[MD5_HEX + 1];

	email_hash(address, hash);
	return hash;
}

json_t *fake_member(struct bridge_fixture *f, const char *address)
{
	return json_object_get(f->members, hash_of(address));
}

const char *fake_status(struct bridge_fixture *f, const char *address)
{
	const char *s = json_string_value(
		json_object_get(fake_member(f, address), "status"));

	return s ? s : "none";
}

void fake_say(json_t *o, const char *key, const char *text)
{
	BUG_ON(json_object_set_new(o, key, json_string(text)) < 0);
}

/* No two changes have the same. */
static void renew(json_t *member)
{
	static int64_t last;
	int64_t now = clock_now_ms();

	last = now > last ? now : last + 1;
	BUG_ON(json_object_set_new(member, "changed_ms", json_integer(last)) <
	       0);
}

static void touch(json_t *member)
{
	CLEANUP(strbuf_release) struct strbuf at = STRBUF_INIT;

	time_format_iso(clock_now_ms(), &at);
	fake_say(member, "last_changed", at.buf);
	renew(member);
}

void fake_set_status(struct bridge_fixture *f, const char *address,
		     const char *status)
{
	json_t *m = fake_member(f, address);

	fake_say(m, "status", status);
	if (strcmp(status, "unsubscribed") == 0)
		fake_say(m, "unsubscribe_reason", "N/A");
	else if (strcmp(status, "subscribed") == 0)
		(void)json_object_del(m, "unsubscribe_reason");
	touch(m);
}

void fake_subscribe(struct bridge_fixture *f, const char *address,
		    const char *status, const char *source)
{
	json_t *m = json_object();
	char contact[33];

	(void)json_object_del(f->forgotten, hash_of(address));
	snprintf(contact, sizeof(contact), "%032d", ++f->contacts);
	fake_say(m, "id", hash_of(address));
	fake_say(m, "email_address", address);
	fake_say(m, "contact_id", contact);
	fake_say(m, "status", status);
	fake_say(m, "source", source);
	BUG_ON(json_object_set_new(m, "merge_fields", json_object()) < 0 ||
	       json_object_set_new(m, "tags", json_array()) < 0 ||
	       json_object_set_new(f->members, hash_of(address), m) < 0);
	touch(m);
}

void fake_rename(struct bridge_fixture *f, const char *from, const char *to)
{
	json_t *m = json_incref(fake_member(f, from));

	BUG_ON(json_object_del(f->members, hash_of(from)) < 0);
	fake_say(m, "id", hash_of(to));
	fake_say(m, "email_address", to);
	touch(m);
	BUG_ON(json_object_set_new(f->members, hash_of(to), m) < 0);
}

/* Of a member here: when it took its unsubscribe back. */
#define FAKE_BACK "taken_back"

void fake_take_back(struct bridge_fixture *f, const char *address,
		    const char *at)
{
	fake_set_status(f, address, "subscribed");
	fake_say(fake_member(f, address), FAKE_BACK, at);
}

void fake_set_changed(struct bridge_fixture *f, const char *address,
		      const char *at)
{
	fake_say(fake_member(f, address), "last_changed", at);
	renew(fake_member(f, address));
}

void fake_delete_permanently(struct bridge_fixture *f, const char *address)
{
	BUG_ON(json_object_set_new(f->forgotten, hash_of(address),
				   json_true()) < 0);
	BUG_ON(json_object_del(f->members, hash_of(address)) < 0);
}

static void say(struct mc_reply *reply, int status, const char *title,
		const char *detail)
{
	struct json_writer w = JSON_WRITER(&reply->body);

	reply->status = status;
	json_begin_object(&w);
	json_key_int(&w, "status", status);
	json_key_text(&w, "title", title);
	json_key_text(&w, "detail", detail);
	json_end_object(&w);
}

void fake_answer_tree(struct mc_reply *reply, const json_t *tree)
{
	reply->status = 200;
	json_dump(tree, &reply->body);
}

void fake_answer_not_found(struct mc_reply *reply)
{
	say(reply, 404, "Resource Not Found",
	    "The requested resource could not be found.");
}

bool fake_is_tagged(const json_t *member, int64_t segment)
{
	json_t *tag;
	size_t i;

	json_array_foreach (json_object_get(member, "tags"), i, tag)
		if (json_integer_value(json_object_get(tag, "id")) == segment)
			return true;
	return false;
}

/* The member holds the segment itself: it is called what that is called. */
static void set_tag(json_t *member, json_t *segment, bool on)
{
	int64_t id = json_integer_value(json_object_get(segment, "id"));
	json_t *tags = json_object_get(member, "tags");
	json_t *tag;
	size_t i;

	if (on && !fake_is_tagged(member, id))
		BUG_ON(json_array_append(tags, segment) < 0);
	if (on)
		return;
	json_array_foreach (tags, i, tag)
		if (json_integer_value(json_object_get(tag, "id")) == id) {
			json_array_remove(tags, i);
			return;
		}
}

static json_t *segment_of(struct bridge_fixture *f, int64_t id,
			  const char *name)
{
	json_t *s;
	size_t i;

	json_array_foreach (f->segments, i, s)
		if (name ? strcmp(json_string_value(json_object_get(s, "name")),
				  name) == 0
			 : json_integer_value(json_object_get(s, "id")) == id)
			return s;
	return NULL;
}

static void add_error(json_t *errors, const char *address, const char *error,
		      const char *code)
{
	json_t *e = json_object();

	fake_say(e, "email_address", address);
	fake_say(e, "error", error);
	fake_say(e, "error_code", code);
	BUG_ON(json_array_append_new(errors, e) < 0);
}

static void put_one(struct bridge_fixture *f, const json_t *in, bool update,
		    json_t *added, json_t *updated, json_t *errors)
{
	const char *address =
		json_string_value(json_object_get(in, "email_address"));
	const char *status = json_string_value(json_object_get(in, "status"));
	json_t *fields = json_object_get(in, "merge_fields");

	if (f->refusal && strstr(address, "refused")) {
		add_error(errors, address, f->refusal, "ERROR_GENERIC");
		return;
	}
	if (json_object_get(f->forgotten, hash_of(address))) {
		add_error(errors, address,
			  "was permanently deleted and cannot "
			  "be re-imported",
			  "ERROR_GENERIC");
		return;
	}
	/* an archived one comes back, as there */
	if (status && strcmp(fake_status(f, address), "archived") == 0)
		fake_set_status(f, address, status);
	else if (fake_member(f, address) && !update) {
		add_error(errors, address, "is already a list member",
			  "ERROR_CONTACT_EXISTS");
		return;
	}
	if (!fake_member(f, address) && !status) {
		add_error(errors, address, "status is missing",
			  "ERROR_GENERIC");
		return;
	}
	if (!fake_member(f, address)) {
		fake_subscribe(f, address, status, "API - Generic");
		BUG_ON(json_array_append(added, fake_member(f, address)) < 0);
	} else {
		if (status && update)
			fake_set_status(f, address, status);
		BUG_ON(json_array_append(updated, fake_member(f, address)) < 0);
	}
	if (fields)
		BUG_ON(json_object_update(
			       json_object_get(fake_member(f, address),
					       "merge_fields"),
			       fields) < 0);
	fake_take_language(fake_member(f, address), in);
	touch(fake_member(f, address));
}

static void tag_all(json_t *members, json_t *segment)
{
	json_t *m;
	size_t i;

	json_array_foreach (members, i, m)
		set_tag(m, segment, true);
}

static void put_batch(struct bridge_fixture *f, const json_t *body,
		      struct mc_reply *reply)
{
	CLEANUP(json_free) json_t *out = json_object();
	CLEANUP(json_free) json_t *added = json_array();
	CLEANUP(json_free) json_t *updated = json_array();
	CLEANUP(json_free) json_t *errors = json_array();
	bool update = json_is_true(json_object_get(body, "update_existing"));
	json_int_t id = json_integer_value(json_object_get(body, "segment_id"));
	json_t *segment = id ? segment_of(f, id, NULL) : NULL;
	json_t *in;
	size_t i;

	if (id && !segment) {
		fake_answer_not_found(reply);
		return;
	}
	json_array_foreach (json_object_get(body, "members"), i, in)
		put_one(f, in, update, added, updated, errors);
	if (segment) {
		tag_all(added, segment);
		tag_all(updated, segment);
	}
	BUG_ON(json_object_set(out, "new_members", added) < 0 ||
	       json_object_set(out, "updated_members", updated) < 0 ||
	       json_object_set(out, "errors", errors) < 0);
	fake_answer_tree(reply, out);
}

/* A tag that there is not is made, if it is set. */
static json_t *ensure_segment(struct bridge_fixture *f, const char *name)
{
	json_t *s = segment_of(f, 0, name);

	if (s)
		return s;
	s = json_object();
	fake_say(s, "name", name);
	BUG_ON(json_object_set_new(
		       s, "id",
		       json_integer((json_int_t)json_array_size(f->segments) +
				    1)) < 0 ||
	       json_array_append_new(f->segments, s) < 0);
	return s;
}

static void tag_member(struct bridge_fixture *f, json_t *m, const json_t *body)
{
	json_t *tag;
	size_t i;

	json_array_foreach (json_object_get(body, "tags"), i, tag) {
		const char *name =
			json_string_value(json_object_get(tag, "name"));
		const char *status =
			json_string_value(json_object_get(tag, "status"));
		bool on = !status || strcmp(status, "inactive") != 0;

		if (on || segment_of(f, 0, name))
			set_tag(m, ensure_segment(f, name), on);
	}
}

static void change_member(struct bridge_fixture *f, json_t *m,
			  const json_t *body, struct mc_reply *reply)
{
	const char *to =
		json_string_value(json_object_get(body, "email_address"));
	const char *status = json_string_value(json_object_get(body, "status"));
	json_t *fields = json_object_get(body, "merge_fields");

	if (to && fake_member(f, to)) {
		say(reply, 400, "Member Exists", "is already a list member");
		return;
	}
	if (status)
		fake_say(m, "status", status);
	if (fields)
		BUG_ON(json_object_update(json_object_get(m, "merge_fields"),
					  fields) < 0);
	fake_take_language(m, body);
	touch(m);
	fake_answer_tree(reply, m);
	if (to)
		fake_rename(
			f,
			json_string_value(json_object_get(m, "email_address")),
			to);
}

static void archive(json_t *m, struct mc_reply *reply)
{
	const char *status = json_string_value(json_object_get(m, "status"));

	if (strcmp(status, "subscribed") != 0 &&
	    strcmp(status, "unsubscribed") != 0) {
		say(reply, 405, "Method Not Allowed", "cannot be removed");
		return;
	}
	fake_say(m, "status", "archived");
	touch(m);
	reply->status = 204;
}

static void answer_activity(const json_t *m, struct mc_reply *reply)
{
	const char *back = json_string_value(json_object_get(m, FAKE_BACK));

	if (back)
		strbuf_addf(&reply->body,
			    "{\"activity\":[{\"action\":\"resubscribe\","
			    "\"timestamp\":\"%s\"}]}",
			    back);
	else
		strbuf_addf(&reply->body,
			    "{\"activity\":[{\"action\":\"%s\"}]}",
			    json_object_get(m, "unsubscribe_reason") ? "unsub"
								     : "sent");
}

static void one_member(struct bridge_fixture *f, const char *method,
		       const char *path, const json_t *body,
		       struct mc_reply *reply)
{
	char hash[MD5_HEX + 1];
	const char *rest = path + MD5_HEX;
	json_t *m;

	snprintf(hash, sizeof(hash), "%s", path);
	m = json_object_get(f->members, hash);
	if (!m) {
		fake_answer_not_found(reply);
	} else if (str_starts(str_of(rest), "/tags")) {
		tag_member(f, m, body);
		reply->status = 204;
	} else if (str_starts(str_of(rest), "/actions/delete-permanent")) {
		fake_delete_permanently(f, json_string_value(json_object_get(
						   m, "email_address")));
		reply->status = 204;
	} else if (str_starts(str_of(rest), "/activity")) {
		reply->status = 200;
		answer_activity(m, reply);
	} else if (strcmp(method, "GET") == 0) {
		fake_answer_tree(reply, m);
	} else if (strcmp(method, "DELETE") == 0) {
		archive(m, reply);
	} else {
		change_member(f, m, body, reply);
	}
}

static void tag_these(struct bridge_fixture *f, json_t *segment,
		      const json_t *body, struct mc_reply *reply)
{
	CLEANUP(json_free) json_t *out = json_object();
	json_t *errors = json_array(), *address;
	size_t i;

	json_array_foreach (json_object_get(body, "members_to_add"), i,
			    address) {
		json_t *m = fake_member(f, json_string_value(address)), *e;

		if (m) {
			set_tag(m, segment, true);
			continue;
		}
		e = json_object();
		fake_say(e, "error", "is not a member");
		BUG_ON(json_object_set_new(e, "email_addresses", json_array()) <
			       0 ||
		       json_array_append(json_object_get(e, "email_addresses"),
					 address) < 0 ||
		       json_array_append_new(errors, e) < 0);
	}
	json_array_foreach (json_object_get(body, "members_to_remove"), i,
			    address)
		if (fake_member(f, json_string_value(address)))
			set_tag(fake_member(f, json_string_value(address)),
				segment, false);
	BUG_ON(json_object_set_new(out, "errors", errors) < 0);
	fake_answer_tree(reply, out);
}

static void name_segment(struct bridge_fixture *f, json_t *s,
			 const json_t *body, struct mc_reply *reply)
{
	const char *name = json_string_value(json_object_get(body, "name"));

	if (segment_of(f, 0, name)) {
		say(reply, 400, "Invalid Resource", "that name exists");
		return;
	}
	if (!s) {
		s = ensure_segment(f, name);
		f->creates++;
	}
	fake_say(s, "name", name);
	fake_answer_tree(reply, s);
}

/* As it is now: who has the tag. */
static void answer_segment(struct bridge_fixture *f, const json_t *s,
			   struct mc_reply *reply)
{
	json_int_t id = json_integer_value(json_object_get(s, "id"));
	CLEANUP(strbuf_release) struct strbuf who = STRBUF_INIT;
	CLEANUP(json_free) json_t *told = json_deep_copy(s);
	char digest[MD5_HEX + 1];
	const char *hash;
	json_t *m;

	json_object_foreach (f->members, hash, m)
		if (fake_is_listed(m, id))
			strbuf_addstr(&who, json_string_value(json_object_get(
						    m, "contact_id")));
	md5_hex(strbuf_str(&who), digest);
	fake_say(told, "members_digest", digest);
	fake_answer_tree(reply, told);
}

static void some_segment(struct bridge_fixture *f, const char *method,
			 const char *path, const json_t *body,
			 struct mc_reply *reply)
{
	char *rest;
	int64_t id = strtoll(path, &rest, 10);
	json_t *s = segment_of(f, id, NULL);

	if (!s)
		fake_answer_not_found(reply);
	else if (str_starts(str_of(rest), "/members?"))
		fake_answer_members(f, path, id, reply);
	else if (strcmp(method, "DELETE") == 0)
		reply->status = 204;
	else if (strcmp(method, "PATCH") == 0)
		name_segment(f, s, body, reply);
	else if (strcmp(method, "POST") == 0)
		tag_these(f, s, body, reply);
	else
		answer_segment(f, s, reply);
}

static void count_segments(struct bridge_fixture *f)
{
	const char *hash;
	json_t *s, *m;
	size_t i;

	json_array_foreach (f->segments, i, s) {
		json_int_t id = json_integer_value(json_object_get(s, "id"));
		json_int_t n = 0;

		json_object_foreach (f->members, hash, m)
			n += fake_is_tagged(m, id);
		BUG_ON(json_object_set_new(s, "member_count", json_integer(n)) <
		       0);
	}
}

static void add_merge_field(struct bridge_fixture *f, const json_t *body,
			    struct mc_reply *reply)
{
	const char *tag = json_string_value(json_object_get(body, "tag"));
	json_t *field;
	size_t i;

	json_array_foreach (f->merge_fields, i, field)
		if (strcmp(json_string_value(json_object_get(field, "tag")),
			   tag) == 0) {
			say(reply, 400, "Invalid Resource", "that tag exists");
			return;
		}
	BUG_ON(json_array_append_new(f->merge_fields, json_deep_copy(body)) <
	       0);
	fake_answer_tree(reply, body);
}

static void answer(struct bridge_fixture *f, const struct mc_request *rq,
		   const json_t *body, struct mc_reply *reply)
{
	CLEANUP(strbuf_release) struct strbuf list = STRBUF_INIT;
	const char *p;

	if (str_starts(str_of(rq->path), "/campaigns")) {
		fake_answer_campaigns(f, rq->method, rq->path, body, reply);
		return;
	}
	if (str_starts(str_of(rq->path), "/reports/")) {
		fake_answer_report(f, rq->path, reply);
		return;
	}
	strbuf_addf(&list, "/lists/%s", f->list);
	if (!str_starts(str_of(rq->path), list.buf)) {
		strbuf_addf(&reply->body, "{\"lists\":[{\"id\":\"%s\"}]}",
			    f->list);
		reply->status = 200;
		return;
	}
	p = rq->path + list.len;
	if (*p == '?')
		put_batch(f, body, reply);
	else if (strcmp(p, "/merge-fields") == 0)
		add_merge_field(f, body, reply);
	else if (str_starts(str_of(p), "/merge-fields"))
		fake_answer_page(f, p, "merge_fields", f->merge_fields, reply);
	else if (str_starts(str_of(p), "/members?"))
		fake_answer_members(f, p, 0, reply);
	else if (str_starts(str_of(p), "/members/"))
		one_member(f, rq->method, p + strlen("/members/"), body, reply);
	else if (str_starts(str_of(p), "/segments/"))
		some_segment(f, rq->method, p + strlen("/segments/"), body,
			     reply);
	else if (strcmp(rq->method, "POST") == 0)
		name_segment(f, NULL, body, reply);
	else {
		count_segments(f);
		fake_answer_page(f, p, "segments", f->segments, reply);
	}
}

static void spoil(struct mc_reply *reply, enum fault fault)
{
	strbuf_reset(&reply->body);
	switch (fault) {
	case FAULT_503:
		say(reply, 503, "Service Unavailable", "later");
		break;
	case FAULT_429:
		say(reply, 429, "Too Many Requests", "slower");
		break;
	case FAULT_PAGE_200:
	case FAULT_PAGE_403:
		reply->status = fault == FAULT_PAGE_200 ? 200 : 403;
		strbuf_addstr(&reply->body, "<html>Back soon</html>");
		break;
	case FAULT_GONE:
		fake_answer_not_found(reply);
		break;
	case FAULT_DENIED:
		say(reply, 403, "API Key Disabled", "disabled");
		break;
	case FAULT_GATEWAY:
		reply->status = 404;
		strbuf_addstr(&reply->body, "{\"message\":\"no Route matched "
					    "with those values\"}");
		break;
	default:
		break;
	}
}

int fake_send(void *context, const struct mc_request *rq,
	      struct mc_reply *reply, struct err *err)
{
	struct bridge_fixture *f = context;
	CLEANUP(json_free) json_t *body = NULL;
	enum fault fault = FAULT_NONE;

	f->requests++;
	if (f->fault_at > 0 && --f->fault_at == 0) {
		fault = f->fault;
		f->fault_at = f->fault_more-- > 0 ? 1 : 0;
	}
	if (f->during)
		f->during(f, rq, false);
	if (rq->body)
		fake_must(json_parse(str_of(rq->body), &body, err), err);
	if (fault == FAULT_CUT)
		return err_set(err, ERR_RETRY, "cut");
	if (fault != FAULT_NONE && fault != FAULT_LOST) {
		spoil(reply, fault);
		return 0;
	}
	if (f->poison && ((rq->body && strstr(rq->body, f->poison)) ||
			  strstr(rq->path, f->poison)))
		say(reply, 400, "Invalid Resource", "poisoned");
	else
		answer(f, rq, body, reply);
	if (f->during)
		f->during(f, rq, true);
	if (fault == FAULT_LOST) {
		strbuf_reset(&reply->body);
		return err_set(err, ERR_RETRY, "lost");
	}
	return 0;
}

/* --- the whole --- */

void fake_audience_end(struct bridge_fixture *f)
{
	json_free(&f->members);
	json_free(&f->forgotten);
	json_free(&f->segments);
	json_free(&f->campaigns);
	json_free(&f->content);
	json_free(&f->merge_fields);
	json_free(&f->report);
}

static json_t *tree_of(const char *text)
{
	struct err err = ERR_INIT;
	json_t *tree = NULL;

	fake_must(json_parse(str_of(text), &tree, &err), &err);
	return tree;
}

void fake_audience_begin(struct bridge_fixture *f)
{
	f->list = FAKE_LIST;
	f->members = json_object();
	f->forgotten = json_object();
	f->segments = json_array();
	f->campaigns = json_array();
	f->is_mailchimp = false;
	f->merge_fields = tree_of("[{\"tag\":\"FNAME\",\"type\":\"text\"},"
				  "{\"tag\":\"LNAME\",\"type\":\"text\"}]");
	f->report = tree_of("{\"sent_to\":[],\"emails\":[],"
			    "\"unsubscribes\":[]}");
	f->contacts = f->requests = f->fault_at = f->statement_at = 0;
	f->fault_more = 0;
	f->creates = f->tests = f->sends = 0;
	f->during = NULL;
	f->poison = f->refusal = NULL;
	f->page_most = 0;
}
