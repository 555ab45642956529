/*
 * Lists of members of the fake audience: all on the first page, those that
 * changed since a time, those of a tag. Called by fake_audience.c.
 */
#include "bridge/fake_audience.h"

#include "bridge/bridge_fixture.h"

#include <string.h>

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

bool fake_is_listed(const json_t *member, int64_t segment)
{
	return fake_is_tagged(member, segment) &&
	       strcmp(json_string_value(json_object_get(member, "status")),
		      "archived") != 0;
}

void fake_answer_members(struct bridge_fixture *f, const char *path,
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
		    (segment == 0 || fake_is_listed(m, segment)))
			json_tree(&w, m);
	json_end_array(&w);
	json_end_object(&w);
}
