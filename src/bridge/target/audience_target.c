#include "bridge/target/audience_target.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "bridge/bridge_private.h"
#include "bridge/target/send_target.h"
#include "store/store.h"

#include <string.h>

#define SEEN "bridge.targets"
#define FRESH_MS MS_MINUTE

/* --- what was seen --- */

int audience_targets_load(struct db *db, json_t **out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *text = NULL;

	*out = NULL;
	if (setting_find(db, SEEN, arena, &text, err) < 0)
		return -1;
	return text ? json_parse(str_of(text), out, err) : 0;
}

bool audience_targets_are_due(const json_t *seen, int64_t now_ms)
{
	int64_t at_ms = json_integer_value(json_object_get(seen, "at"));

	return at_ms <= now_ms - FRESH_MS || at_ms > now_ms + FRESH_MS;
}

int audience_targets_renew(struct tx *tx, const json_t *seen, int64_t user_id,
			   int64_t now_ms, int64_t *job_out, struct err *err)
{
	struct job_new job = { .kind = "bridge-targets",
			       .single_key = "bridge-targets",
			       .user_id = user_id };

	*job_out = 0;
	return audience_targets_are_due(seen, now_ms)
		       ? job_add(tx, &job, now_ms, job_out, err)
		       : 0;
}

const json_t *audience_target_find(const json_t *seen,
				   enum crm_campaign_to kind, int64_t id)
{
	json_t *item;
	size_t i;

	if (kind == CRM_CAMPAIGN_TO_AUDIENCE)
		return json_object_get(seen, "audience");
	json_array_foreach (json_object_get(seen, kind == CRM_CAMPAIGN_TO_TAG
							  ? "tags"
							  : "segments"),
			    i, item)
		if (json_integer_value(json_object_get(item, "id")) == id)
			return item;
	return NULL;
}

/* --- the look --- */

static void write_target(struct json_writer *w, const json_t *s)
{
	json_begin_object(w);
	json_key_int(w, "id", json_integer_value(json_object_get(s, "id")));
	json_key_text(w, "name", json_string_value(json_object_get(s, "name")));
	json_key_int(w, "count",
		     json_integer_value(json_object_get(s, "member_count")));
	json_end_object(w);
}

/* Of one type; our own tag is nobody to send to. */
static int write_segments(struct work *w, const char *type, const char *key,
			  struct json_writer *j, struct err *err)
{
	CLEANUP(mc_pages_release)
	struct mc_pages pages = {
		.path = list_path(w,
				  "/segments?type=%s&fields=segments.id,"
				  "segments.name,segments.member_count,"
				  "total_items",
				  type),
		.items = "segments",
		.count = ITEMS_A_PAGE,
	};
	const json_t *page;
	json_t *s;
	size_t i;
	int more;

	json_key_begin_array(j, key);
	while ((more = mc_next_page(w->client, &pages, &page, err)) > 0)
		json_array_foreach (page, i, s) {
			const char *name =
				json_string_value(json_object_get(s, "name"));

			if (name && strcmp(name, BARRED_TAG) != 0)
				write_target(j, s);
		}
	json_end_array(j);
	return more;
}

static int write_audience(struct work *w, struct json_writer *j,
			  struct err *err)
{
	CLEANUP(json_free) json_t *list = NULL;
	const char *name;

	if (mc_get(w->client,
		   list_path(w, "?fields=id,name,stats.member_count"), &list,
		   err) < 0)
		return -1;
	name = json_string_value(json_object_get(list, "name"));
	json_key_begin_object(j, "audience");
	json_key_text(j, "id", w->audience);
	json_key_text(j, "name", name ? name : "");
	json_key_int(j, "count",
		     json_integer_value(json_object_get(
			     json_object_get(list, "stats"), "member_count")));
	json_end_object(j);
	return 0;
}

static int keep(struct work *w, const char *text, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->db, &tx, err) < 0 ||
	    setting_put(&tx, SEEN, text, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int job_targets(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct json_writer j = JSON_WRITER(&text);

	if (work_begin(run, &w, err) < 0)
		return -1;
	json_begin_object(&j);
	json_key_int(&j, "at", clock_now_ms());
	if (write_audience(&w, &j, err) < 0 ||
	    write_segments(&w, "static", "tags", &j, err) < 0 ||
	    write_segments(&w, "saved", "segments", &j, err) < 0)
		return -1;
	json_end_object(&j);
	return keep(&w, text.buf, err);
}
