#include "bridge/bridge_fixture.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "crm/consent/erase.h"
#include "crm/group/group.h"
#include "crm/person_merge.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

static void must(int ret, const struct err *err)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "bridge_fixture: %s %s\n", err->field, err->text);
	abort();
}

/* --- the audience in memory --- */

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

static void touch(json_t *member)
{
	CLEANUP(strbuf_release) struct strbuf at = STRBUF_INIT;

	time_format_iso(clock_now_ms(), &at);
	fake_say(member, "last_changed", at.buf);
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

void fake_set_changed(struct bridge_fixture *f, const char *address,
		      const char *at)
{
	fake_say(fake_member(f, address), "last_changed", at);
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

static void say_tree(struct mc_reply *reply, const json_t *tree)
{
	reply->status = 200;
	json_dump(tree, &reply->body);
}

static void not_found(struct mc_reply *reply)
{
	say(reply, 404, "Resource Not Found",
	    "The requested resource could not be found.");
}

static bool is_tagged(const json_t *member, int64_t segment)
{
	json_t *tag;
	size_t i;

	json_array_foreach (json_object_get(member, "tags"), i, tag)
		if (json_integer_value(json_object_get(tag, "id")) == segment)
			return true;
	return false;
}

static void set_tag(json_t *member, const json_t *segment, bool on)
{
	int64_t id = json_integer_value(json_object_get(segment, "id"));
	json_t *tags = json_object_get(member, "tags");
	json_t *tag;
	size_t i;

	if (on && !is_tagged(member, id))
		BUG_ON(json_array_append_new(tags, json_deep_copy(segment)) <
		       0);
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
		    json_t *added, json_t *errors)
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
	}
	if (fields)
		BUG_ON(json_object_update(
			       json_object_get(fake_member(f, address),
					       "merge_fields"),
			       fields) < 0);
	touch(fake_member(f, address));
}

static void put_batch(struct bridge_fixture *f, const json_t *body,
		      struct mc_reply *reply)
{
	CLEANUP(json_free) json_t *out = json_object();
	json_t *added = json_array(), *errors = json_array();
	bool update = json_is_true(json_object_get(body, "update_existing"));
	json_t *in;
	size_t i;

	json_array_foreach (json_object_get(body, "members"), i, in)
		put_one(f, in, update, added, errors);
	BUG_ON(json_object_set_new(out, "new_members", added) < 0 ||
	       json_object_set_new(out, "errors", errors) < 0);
	say_tree(reply, out);
}

static void tag_member(struct bridge_fixture *f, json_t *m, const json_t *body)
{
	json_t *tag;
	size_t i;

	json_array_foreach (json_object_get(body, "tags"), i, tag) {
		json_t *s = segment_of(
			f, 0, json_string_value(json_object_get(tag, "name")));

		if (s)
			set_tag(m, s, true);
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
	touch(m);
	say_tree(reply, m);
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
		not_found(reply);
	} else if (str_starts(str_of(rest), "/tags")) {
		tag_member(f, m, body);
		reply->status = 204;
	} else if (str_starts(str_of(rest), "/actions/delete-permanent")) {
		fake_delete_permanently(f, json_string_value(json_object_get(
						   m, "email_address")));
		reply->status = 204;
	} else if (str_starts(str_of(rest), "/activity")) {
		reply->status = 200;
		strbuf_addf(&reply->body,
			    "{\"activity\":[{\"action\":\"%s\"}]}",
			    json_object_get(m, "unsubscribe_reason") ? "unsub"
								     : "sent");
	} else if (strcmp(method, "GET") == 0) {
		say_tree(reply, m);
	} else if (strcmp(method, "DELETE") == 0) {
		archive(m, reply);
	} else {
		change_member(f, m, body, reply);
	}
}

/* Changed at or after the time of the query; any, if there is none. */
static bool is_since(const char *path, const json_t *member)
{
	static const char key[] = "since_last_changed=";
	const char *changed =
		json_string_value(json_object_get(member, "last_changed"));
	const char *since = strstr(path, key);

	since = since ? since + strlen(key) : "";
	for (; *since && *since != '&' && *changed; since++, changed++) {
		char c = *since;

		if (c == '%') { /* %3A, %2B */
			c = since[1] == '3' ? ':' : '+';
			since += 2;
		}
		if (c != *changed)
			return c < *changed;
	}
	return true;
}

static void list_members(struct bridge_fixture *f, const char *path,
			 int64_t segment, struct mc_reply *reply)
{
	struct json_writer w = JSON_WRITER(&reply->body);
	bool more = strstr(path, "offset=") && !strstr(path, "offset=0");
	const char *hash;
	json_t *m;

	reply->status = 200;
	json_begin_object(&w);
	json_key_begin_array(&w, "members");
	json_object_foreach (f->members, hash, m)
		if (!more && is_since(path, m) &&
		    (segment == 0 || is_tagged(m, segment)))
			json_tree(&w, m);
	json_end_array(&w);
	json_end_object(&w);
}

static void tag_these(struct bridge_fixture *f, const json_t *segment,
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
	say_tree(reply, out);
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
		s = json_object();
		BUG_ON(json_object_set_new(
			       s, "id",
			       json_integer((json_int_t)json_array_size(
						    f->segments) +
					    1)) < 0 ||
		       json_array_append_new(f->segments, s) < 0);
		f->creates++;
	}
	fake_say(s, "name", name);
	say_tree(reply, s);
}

static void some_segment(struct bridge_fixture *f, const char *method,
			 const char *path, const json_t *body,
			 struct mc_reply *reply)
{
	char *rest;
	int64_t id = strtoll(path, &rest, 10);
	json_t *s = segment_of(f, id, NULL);

	if (!s)
		not_found(reply);
	else if (str_starts(str_of(rest), "/members?"))
		list_members(f, path, id, reply);
	else if (strcmp(method, "DELETE") == 0)
		reply->status = 204;
	else if (strcmp(method, "PATCH") == 0)
		name_segment(f, s, body, reply);
	else if (strcmp(method, "POST") == 0)
		tag_these(f, s, body, reply);
	else
		say_tree(reply, s);
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
			n += is_tagged(m, id);
		BUG_ON(json_object_set_new(s, "member_count", json_integer(n)) <
		       0);
	}
}

/* The number in the query, or `otherwise`. */
static size_t query_size(const char *path, const char *key, size_t otherwise)
{
	const char *at = strstr(path, key);

	return at ? (size_t)strtoull(at + strlen(key), NULL, 10) : otherwise;
}

static void say_page(struct bridge_fixture *f, const char *path,
		     const char *key, json_t *items, struct mc_reply *reply)
{
	struct json_writer w = JSON_WRITER(&reply->body);
	size_t at = query_size(path, "offset=", 0);
	size_t n = query_size(path, "count=", SIZE_MAX);

	if (f->page_most && n > f->page_most)
		n = f->page_most;
	reply->status = 200;
	json_begin_object(&w);
	json_key_begin_array(&w, key);
	for (; n > 0 && at < json_array_size(items); n--)
		json_tree(&w, json_array_get(items, at++));
	json_end_array(&w);
	json_end_object(&w);
}

static void campaigns(struct bridge_fixture *f, const char *method,
		      const char *path, const json_t *body,
		      struct mc_reply *reply)
{
	char id[16];
	json_t *c;

	reply->status = 200;
	if (strstr(path, "/actions/test")) {
		f->tests++;
		reply->status = 204;
	} else if (strstr(path, "/actions/send")) {
		f->sends++;
		fake_say(json_array_get(f->campaigns, 0), "status", "sending");
		reply->status = 204;
	} else if (str_starts(str_of(path), "/campaigns?")) {
		say_page(f, path, "campaigns", f->campaigns, reply);
	} else if (strcmp(path, "/campaigns") == 0) {
		c = json_deep_copy(body);
		snprintf(id, sizeof(id), "c%zu",
			 json_array_size(f->campaigns) + 1);
		fake_say(c, "id", id);
		fake_say(c, "status", "save");
		BUG_ON(json_array_append_new(f->campaigns, c) < 0);
		say_tree(reply, c);
	} else if (strstr(path, "/send-checklist")) {
		strbuf_addstr(&reply->body, "{\"is_ready\":true}");
	} else if (strcmp(method, "GET") == 0) {
		say_tree(reply, json_array_get(f->campaigns, 0));
	} else {
		strbuf_addstr(&reply->body, "{}");
	}
}

static size_t count_complaints(const json_t *unsubscribes)
{
	json_t *u;
	size_t i, n = 0;

	json_array_foreach (unsubscribes, i, u)
		n += json_object_get(u, "reason") != NULL;
	return n;
}

static void report(struct bridge_fixture *f, const char *path,
		   struct mc_reply *reply)
{
	static const struct {
		const char *path, *key;
	} parts[] = { { "/sent-to", "sent_to" },
		      { "/email-activity", "emails" },
		      { "/unsubscribed", "unsubscribes" } };
	const json_t *left = json_object_get(f->report, "unsubscribes");

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (strstr(path, parts[i].path)) {
			say_page(f, path, parts[i].key,
				 json_object_get(f->report, parts[i].key),
				 reply);
			return;
		}
	reply->status = 200;
	strbuf_addf(&reply->body,
		    "{\"unsubscribed\":%zu,\"abuse_reports\":%zu}",
		    json_array_size(left), count_complaints(left));
}

json_t *fake_reported(struct bridge_fixture *f, const char *key,
		      const char *address)
{
	json_t *o = json_object();

	fake_say(o, "email_id",
		 json_string_value(
			 json_object_get(fake_member(f, address), "id")));
	(void)json_array_append_new(json_object_get(f->report, key), o);
	return o;
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
	say_tree(reply, body);
}

static void answer(struct bridge_fixture *f, const struct mc_request *rq,
		   const json_t *body, struct mc_reply *reply)
{
	CLEANUP(strbuf_release) struct strbuf list = STRBUF_INIT;
	const char *p;

	if (str_starts(str_of(rq->path), "/campaigns")) {
		campaigns(f, rq->method, rq->path, body, reply);
		return;
	}
	if (str_starts(str_of(rq->path), "/reports/")) {
		report(f, rq->path, reply);
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
		say_page(f, p, "merge_fields", f->merge_fields, reply);
	else if (str_starts(str_of(p), "/members?"))
		list_members(f, p, 0, reply);
	else if (str_starts(str_of(p), "/members/"))
		one_member(f, rq->method, p + strlen("/members/"), body, reply);
	else if (str_starts(str_of(p), "/segments/"))
		some_segment(f, rq->method, p + strlen("/segments/"), body,
			     reply);
	else if (strcmp(rq->method, "POST") == 0)
		name_segment(f, NULL, body, reply);
	else {
		count_segments(f);
		say_page(f, p, "segments", f->segments, reply);
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
		not_found(reply);
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

static int fake_send(void *context, const struct mc_request *rq,
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
		must(json_parse(str_of(rq->body), &body, err), err);
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

int fake_mailed_wrongly(struct bridge_fixture *f, int64_t segment)
{
	const char *hash;
	json_t *m;
	int n = 0;

	json_object_foreach (f->members, hash, m) {
		CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;

		if (!is_tagged(m, segment) ||
		    strcmp(json_string_value(json_object_get(m, "status")),
			   "subscribed") != 0)
			continue;
		strbuf_addf(&sql,
			    "SELECT COUNT(*) FROM email e JOIN person p ON "
			    "p.email_id = e.id LEFT JOIN unclear_opt_out u ON "
			    "u.hash = e.hash WHERE p.opted_out = 0 AND e.held "
			    "= 0 AND u.hash IS NULL AND e.hash = '%s'",
			    hash);
		n += fake_number(f, sql.buf) == 0;
	}
	return n;
}

int fake_wrong(struct bridge_fixture *f)
{
	const char *hash;
	json_t *m;
	int n = 0;

	json_object_foreach (f->members, hash, m) {
		CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;

		if (strcmp(json_string_value(json_object_get(m, "status")),
			   "subscribed") != 0)
			continue;
		strbuf_addf(&sql,
			    "SELECT COUNT(*) FROM email e JOIN person p ON "
			    "p.email_id = e.id WHERE p.opted_out = 0 AND "
			    "e.hash = '%s'",
			    hash);
		n += fake_number(f, sql.buf) == 0;
	}
	return n;
}

/* --- the CRM --- */

struct record fake_person(struct bridge_fixture *f, const char *address)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;

	strbuf_addf(&body, "{\"first_name\":\"P\",\"email\":\"%s\"}", address);
	return fixture_person(f->crm, body.buf);
}

void fake_patch(struct bridge_fixture *f, int64_t person_id, const char *body)
{
	struct err err = ERR_INIT;
	struct record r;

	f->crm->actor.now_ms = clock_now_ms();
	must(fixture_patch(f->crm, ENTITY_PERSON, person_id, body, &r, &err),
	     &err);
}

void fake_erase(struct bridge_fixture *f, int64_t person_id)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct err err = ERR_INIT;

	f->crm->actor.now_ms = clock_now_ms();
	must(tx_begin(f->db, &tx, &err), &err);
	must(person_erase(&tx, person_id, &f->crm->actor, arena, &err), &err);
	must(tx_commit(&tx, &err), &err);
}

void fake_delete(struct bridge_fixture *f, int64_t person_id)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	must(tx_begin(f->db, &tx, &err), &err);
	must(record_remove(&tx, ENTITY_PERSON, person_id, &f->crm->actor,
			   f->crm->arena, &err),
	     &err);
	must(tx_commit(&tx, &err), &err);
}

void fake_merge(struct bridge_fixture *f, int64_t to, int64_t from)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	must(tx_begin(f->db, &tx, &err), &err);
	must(person_merge(&tx, to, from, &f->crm->actor, f->crm->arena, &err),
	     &err);
	must(tx_commit(&tx, &err), &err);
}

int64_t fake_group(struct bridge_fixture *f, const char *name)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct group_input input = { NULL };
	struct err err = ERR_INIT;
	int64_t id = 0;

	strbuf_addf(&body,
		    "{\"name\":\"%s\",\"kind\":\"dynamic\",\"criteria\":{"
		    "\"match\":\"all\",\"conditions\":[]}}",
		    name);
	must(json_parse(strbuf_str(&body), &tree, &err), &err);
	must(group_input_parse(tree, &input, &err), &err);
	must(group_add(f->db, &input, 1, &id, &err), &err);
	return id;
}

void fake_campaign(struct bridge_fixture *f)
{
	fake_person(f, "a@x.example");
	(void)fake_group(f, "G");
	fake_exec(f, "INSERT INTO campaign (name, group_id, subject, "
		     "from_name, from_email, html, status, created_ms, "
		     "updated_ms) VALUES ('May', 1, 'Hello', 'N', "
		     "'n@x.example', '<p>', 1, 1, 1)");
}

int64_t fake_number(struct bridge_fixture *f, const char *sql)
{
	return fixture_number(f->crm, sql);
}

const char *fake_text(struct bridge_fixture *f, const char *sql)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;
	const char *text = NULL;

	must(db_query_text(f->db, sql, SQL_NO_ARGS, &rows, &err), &err);
	if (rows_next(rows, &err) > 0)
		text = rows_dup(rows, 0, f->crm->arena);
	return text ? text : "";
}

/* --- jobs --- */

static void exec(struct bridge_fixture *f, const char *sql,
		 struct sql_args args)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	must(tx_begin(f->db, &tx, &err), &err);
	must(db_exec_text(&tx, sql, args, &err), &err);
	must(tx_commit(&tx, &err), &err);
}

void fake_exec(struct bridge_fixture *f, const char *sql)
{
	exec(f, sql, SQL_NO_ARGS);
}

int64_t fake_add_job(struct bridge_fixture *f, const char *kind,
		     const char *payload)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct job_new job = { .kind = kind, .payload = payload };
	struct err err = ERR_INIT;
	int64_t id = 0;

	must(tx_begin(f->db, &tx, &err), &err);
	must(job_add(&tx, &job, clock_now_ms(), &id, &err), &err);
	must(tx_commit(&tx, &err), &err);
	return id;
}

static job_fn function_of(struct bridge_fixture *f, const char *kind)
{
	struct job_kind kinds[20];
	size_t n = bridge_job_kinds(&f->bridge, kinds, ARRAY_SIZE(kinds));

	for (size_t i = 0; i < n; i++)
		if (strcmp(kinds[i].name, kind) == 0)
			return kinds[i].fn;
	return NULL;
}

static void set_state(struct bridge_fixture *f, int64_t job_id, int state)
{
	exec(f,
	     "UPDATE job SET state = ?, lease_owner = 'test', lease_until_ms = "
	     "? WHERE id = ?",
	     SQL_ARGS(sql_int(state), sql_int(INT64_MAX / 2), sql_int(job_id)));
}

int fake_run_once(struct bridge_fixture *f, int64_t job_id, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
	struct err look = ERR_INIT;
	struct job job;
	struct job_run run = { .job = &job,
			       .store = f->crm->store.store,
			       .db = f->db,
			       .arena = arena,
			       .result = &result,
			       .context = &f->bridge,
			       .runner = f->runner };
	int ret;

	set_state(f, job_id, JOB_RUNNING);
	must(job_get(f->db, job_id, arena, &job, &look), &look);
	db_fail_nth(f->db, f->statement_at);
	f->statement_at = 0;
	ret = function_of(f, job.kind)(&run, err);
	db_fail_nth(f->db, 0);
	set_state(f, job_id,
		  ret == 0   ? JOB_DONE
		  : ret == 1 ? JOB_NEEDS_CONFIRMATION
		  : ret < 0 && err->code != ERR_RETRY && err->code != ERR_IO
			  ? JOB_FAILED
			  : JOB_QUEUED);
	return ret;
}

int fake_run(struct bridge_fixture *f, int64_t job_id, struct err *err)
{
	int ret = -1;

	for (int i = 0; i < 5; i++) {
		ret = fake_run_once(f, job_id, err);
		if (ret >= 0 || (err->code != ERR_RETRY && err->code != ERR_IO))
			return ret;
	}
	return ret;
}

void fake_run_all(struct bridge_fixture *f)
{
	int64_t id;

	for (int i = 0; i < 200; i++) {
		struct err err = ERR_INIT;

		id = fake_number(f, "SELECT COALESCE(MIN(id), 0) FROM job "
				    "WHERE state IN (1, 2)");
		if (id == 0)
			return;
		if (fake_run(f, id, &err) < 0)
			set_state(f, id, JOB_FAILED);
	}
	abort();
}

int fake_push(struct bridge_fixture *f, int64_t group_id, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf payload = STRBUF_INIT;

	strbuf_addf(&payload, "{\"group_id\":%lld,\"dry_run\":false}",
		    (long long)group_id);
	return fake_run(f, fake_add_job(f, "push", payload.buf), err);
}

void fake_sync(struct bridge_fixture *f)
{
	struct err err = ERR_INIT;

	must(fake_run(f, fake_add_job(f, "sync", "{\"full\":true}"), &err),
	     &err);
}

void fake_hook(struct bridge_fixture *f, const char *type, const char *data,
	       const char *fired_at)
{
	CLEANUP(strbuf_release) struct strbuf payload = STRBUF_INIT;
	struct err err = ERR_INIT;

	strbuf_addf(&payload,
		    "{\"type\":\"%s\",\"data[list_id]\":\"" FAKE_LIST
		    "\",\"fired_at\":\"%s\",%s}",
		    type, fired_at ? fired_at : "", data);
	must(fake_run(f, fake_add_job(f, "bridge-hook", payload.buf), &err),
	     &err);
}

/* --- the whole --- */

static void forget_audience(struct bridge_fixture *f)
{
	json_free(&f->members);
	json_free(&f->forgotten);
	json_free(&f->segments);
	json_free(&f->campaigns);
	json_free(&f->merge_fields);
	json_free(&f->report);
}

static json_t *tree_of(const char *text)
{
	struct err err = ERR_INIT;
	json_t *tree = NULL;

	must(json_parse(str_of(text), &tree, &err), &err);
	return tree;
}

static void begin_audience(struct bridge_fixture *f)
{
	f->list = FAKE_LIST;
	f->members = json_object();
	f->forgotten = json_object();
	f->segments = json_array();
	f->campaigns = json_array();
	f->merge_fields = tree_of("[{\"tag\":\"FNAME\",\"type\":\"text\"},"
				  "{\"tag\":\"LNAME\",\"type\":\"text\"}]");
	f->report = tree_of("{\"sent_to\":[],\"emails\":[],"
			    "\"unsubscribes\":[]}");
	f->contacts = f->requests = f->fault_at = f->statement_at = 0;
	f->fault_more = 0;
	f->creates = f->tests = f->sends = 0;
	f->during = NULL;
	f->poison = f->refusal = NULL;
}

static void begin(struct bridge_fixture *f)
{
	struct runner_options o = { .schema = STORE_CRM,
				    .threads = 1,
				    .instance = "test" };
	struct job_kind none = { .name = "none" };
	struct err err = ERR_INIT;

	begin_audience(f);
	f->bridge = (struct bridge){
		.setup = { .store = f->crm->store.store,
			   .url = "http://fake/3.0",
			   .key = "key",
			   .inside = true,
			   .hook_url = "",
			   .reconcile_at = "02:00" },
		.send = fake_send,
		.send_context = f,
		.tries = 1,
	};
	must(runner_start(f->crm->store.store, &o, &none, 1, &f->runner, &err),
	     &err);
}

int bridge_fixture_open(void **state)
{
	static struct bridge_fixture f;

	f = (struct bridge_fixture){ .creates = 0 };
	(void)crm_fixture_open((void **)&f.crm);
	f.db = f.crm->db;
	begin(&f);
	*state = &f;
	return 0;
}

int bridge_fixture_close(void **state)
{
	struct bridge_fixture *f = *state;

	runner_stop(f->runner);
	runner_free(&f->runner);
	forget_audience(f);
	return crm_fixture_close((void **)&f->crm);
}

/* What TRUNCATE ... RESTART IDENTITY does in twenty times as long. */
static void restart_ids(struct bridge_fixture *f, const char *table)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;

	strbuf_addf(&sql,
		    "DO $$ BEGIN PERFORM"
		    " setval(to_regclass('%s_id_seq'), 1, false); END $$",
		    table);
	exec(f, sql.buf, SQL_NO_ARGS);
}

/* A fresh database a case would take minutes on PostgreSQL. */
void bridge_fixture_renew(struct bridge_fixture *f)
{
	static const char *const tables[] = {
		"email",
		"person",
		"consent",
		"job",
		"push",
		"push_row",
		"push_turn",
		"group_tag",
		"bridge_member",
		"bridge_member_aside",
		"bridge_parked",
		"bridge_journal",
		"crm_group",
		"campaign",
		"campaign_recipient",
		"campaign_activity",
		"campaign_link",
		"bridge_field",
		"kept_opt_out",
		"unclear_opt_out",
	};
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;
	bool is_pg = db_backend(f->db) == DB_PG;

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		strbuf_reset(&sql);
		strbuf_addf(&sql, "DELETE FROM %s", tables[i]);
		exec(f, sql.buf, SQL_NO_ARGS);
		if (is_pg)
			restart_ids(f, tables[i]);
	}
	if (!is_pg)
		exec(f, "DELETE FROM sqlite_sequence", SQL_NO_ARGS);
	exec(f, "DELETE FROM sequence", SQL_NO_ARGS);
	exec(f, "DELETE FROM setting WHERE key LIKE 'bridge.%'", SQL_NO_ARGS);
	exec(f, "UPDATE record_count SET n = 0", SQL_NO_ARGS);
	f->crm->actor.now_ms = 1000000;
	forget_audience(f);
	begin_audience(f);
}
