/*
 * Lists of members of the fake audience: all on the first page, those that
 * changed since a time, those of a tag. Called by fake_audience.c.
 */
#include "bridge/fake_audience.h"

#include "base/clock.h"
#include "base/err.h"
#include "bridge/bridge_fixture.h"

#include <string.h>

void fake_take_language(json_t *member, const json_t *body)
{
	json_t *language = json_object_get(body, "language");

	if (language)
		BUG_ON(json_object_set(member, "language", language) < 0);
}

/* The time of the query; "": there is none. */
static void read_since(const char *path, char out[40])
{
	static const char key[] = "since_last_changed=";
	const char *at = strstr(path, key);
	size_t n = 0;

	for (at = at ? at + strlen(key) : ""; *at && *at != '&' && n < 39;
	     at++) {
		out[n++] = *at != '%' ? *at : at[1] == '3' ? ':' : '+';
		if (*at == '%') /* %3A, %2B */
			at += 2;
	}
	out[n] = '\0';
}

/* Changed then or later. */
static bool is_since(const char *since, const json_t *member)
{
	return strcmp(since, json_string_value(json_object_get(
				     member, "last_changed"))) <= 0;
}

bool fake_is_listed(const json_t *member, int64_t segment)
{
	return fake_is_tagged(member, segment) &&
	       strcmp(json_string_value(json_object_get(member, "status")),
		      "archived") != 0;
}

/* Of all that changed since then, as member_changes (audience/member.h). */
static void tell_changes(struct bridge_fixture *f, const char *since,
			 struct json_writer *w)
{
	static const char *const statuses[] = { "subscribed",    "unsubscribed",
						"cleaned",       "pending",
						"transactional", "archived" };
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	int64_t since_ms = 0;

	if (!time_parse_iso(since, &since_ms))
		return;
	for (int i = 0; i < (int)ARRAY_SIZE(statuses); i++) {
		int64_t n = 0, sum = 0;
		const char *hash;
		json_t *m;

		json_object_foreach (f->members, hash, m) {
			if (!is_since(since, m) ||
			    strcmp(json_string_value(
					   json_object_get(m, "status")),
				   statuses[i]) != 0)
				continue;
			n++;
			sum += json_integer_value(
				       json_object_get(m, "changed_ms")) -
			       since_ms;
		}
		if (n)
			strbuf_addf(&text, "%d:%lld:%lld ", i + 1, (long long)n,
				    (long long)sum);
	}
	json_key_text(w, "changes_digest", text.buf);
}

void fake_answer_members(struct bridge_fixture *f, const char *path,
			 int64_t segment, struct mc_reply *reply)
{
	struct json_writer w = JSON_WRITER(&reply->body);
	bool more = strstr(path, "offset=") && !strstr(path, "offset=0");
	char since[40];
	const char *hash;
	json_t *m;

	read_since(path, since);
	reply->status = 200;
	json_begin_object(&w);
	json_key_begin_array(&w, "members");
	json_object_foreach (f->members, hash, m)
		if (!more && is_since(since, m) &&
		    (segment == 0 || fake_is_listed(m, segment)))
			json_tree(&w, m);
	json_end_array(&w);
	if (strstr(path, "changes_digest"))
		tell_changes(f, since, &w);
	json_end_object(&w);
}
