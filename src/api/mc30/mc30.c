#include "api/mc30/mc30.h"

#include "audience/list.h"
#include "audience/segment.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/thread/patience.h"
#include "sets/id_set.h"

#include <string.h>

#define PAGE_DEFAULT 10
#define PAGE_MAX 1000
#define CURSOR_PAGE_MAX 10000
#define TRIES_MAX 3

static int read_page(const struct request *rq, int most, struct mc_page *out,
		     struct err *err)
{
	*out = (struct mc_page){ .count = PAGE_DEFAULT };
	if (request_query_int(rq, "count", 0, INT64_C(1) << 31, &out->count,
			      err) < 0 ||
	    request_query_int(rq, "offset", 0, INT64_C(1) << 53, &out->offset,
			      err) < 0)
		return -1;
	if (out->count > most)
		return err_field(err, "count", "may be at most %d", most);
	return 0;
}

int mc_page(const struct request *rq, struct mc_page *out, struct err *err)
{
	return read_page(rq, PAGE_MAX, out, err);
}

/* "ms.id", or "id". */
static bool read_cursor(struct str text, struct mc_page *out)
{
	struct str first = str_cut(&text, '.');

	if (!text.s)
		return str_to_int(first, &out->after_id);
	return str_to_int(first, &out->after_ms) &&
	       str_to_int(text, &out->after_id);
}

int mc_page_or_cursor(const struct request *rq, struct mc_page *out,
		      struct err *err)
{
	const char *cursor = request_query(rq, "cursor");

	if (!cursor)
		return mc_page(rq, out, err);
	if (read_page(rq, CURSOR_PAGE_MAX, out, err) < 0)
		return -1;
	if (out->offset)
		return err_field(err, "offset", "is none beside a cursor");
	out->by_cursor = true;
	if (*cursor && !read_cursor(str_of(cursor), out))
		return err_field(err, "cursor",
				 "should be next_cursor of the page before");
	return 0;
}

bool mc_on_page(const struct mc_page *page, size_t i)
{
	return (int64_t)i >= page->offset &&
	       (int64_t)i - page->offset < page->count;
}

void mc_page_of_set(const struct mc_page *page, struct id_set *set,
		    struct ids *out)
{
	int64_t id = page->by_cursor ? id_set_next(set, page->after_id)
				     : id_set_nth(set, page->offset);

	for (; id > 0 && (int64_t)out->n < page->count;
	     id = id_set_next(set, id))
		vec_push(out, id);
}

void mc_next_cursor(struct json_writer *w, const struct mc_page *page, size_t n,
		    int64_t last_ms, int64_t last_id)
{
	char text[48];

	if (!page->by_cursor || n == 0 || (int64_t)n < page->count)
		return;
	if (last_ms)
		(void)snprintf(text, sizeof(text), "%lld.%lld",
			       (long long)last_ms, (long long)last_id);
	else
		(void)snprintf(text, sizeof(text), "%lld", (long long)last_id);
	json_key_text(w, "next_cursor", text);
}

int mc_db(const struct request *rq, struct db **out, struct err *err)
{
	return store_get(api_of(rq)->store, STORE_AUDIENCE, out, err);
}

int mc_query_ms(const struct request *rq, const char *name, int64_t *out,
		struct err *err)
{
	const char *text = request_query(rq, name);

	if (!text || !*text)
		return 0;
	if (time_parse_iso(text, out))
		return 1;
	/* A `+` that was not encoded arrives as a space. */
	if (strchr(text, ' ')) {
		char *fixed = arena_strdup(rq->arena, text);
		char *space = strrchr(fixed, ' ');

		*space = '+';
		if (time_parse_iso(fixed, out))
			return 1;
	}
	return err_field(err, name, "should be a date and time in ISO 8601");
}

int mc_query_word(const struct request *rq, const char *name,
		  const char *const *words, int otherwise, struct err *err)
{
	const char *text = request_query(rq, name);

	if (!text || !*text)
		return otherwise;
	for (int i = 0; words[i]; i++)
		if (str_ieq(str_of(text), words[i]))
			return i;
	return err_field(err, name, "is not one of the possible values");
}

int mc_not_found(struct err *err)
{
	return err_set(err, ERR_NOT_FOUND,
		       "The requested resource could not be found.");
}

int mc_list_of_path(const struct request *rq, struct db *db, struct list *out,
		    struct err *err)
{
	int found = list_find(db, request_param(rq, "list_id"), rq->arena, out,
			      err);

	return found == 0 ? mc_not_found(err) : found;
}

struct member_actor mc_actor(const struct request *rq)
{
	return (struct member_actor){
		.source = rq->caller.by_session ? SOURCE_ADMIN : SOURCE_API,
		.now_ms = rq->now_ms,
		.ip = rq->client_ip,
		.by = rq->caller.by_session ? rq->caller.name : NULL,
	};
}

bool mc_try_again(struct err *err, int *tries)
{
	bool passing = err->code == ERR_RETRY ||
		       (err->code == ERR_CONFLICT && !err->title[0]);

	if (!passing || ++*tries > TRIES_MAX || patience_is_over())
		return false;
	*err = (struct err)ERR_INIT;
	return true;
}

unsigned mc_statuses(const struct request *rq)
{
	unsigned statuses = MEMBER_STATUS_BIT(MEMBER_SUBSCRIBED);

	if (request_query_bool(rq, "include_cleaned", false))
		statuses |= MEMBER_STATUS_BIT(MEMBER_CLEANED);
	if (request_query_bool(rq, "include_transactional", false))
		statuses |= MEMBER_STATUS_BIT(MEMBER_TRANSACTIONAL);
	if (request_query_bool(rq, "include_unsubscribed", false))
		statuses |= MEMBER_STATUS_BIT(MEMBER_UNSUBSCRIBED);
	return statuses;
}

void mc_wake(const struct request *rq)
{
	api_wake_audience(rq);
}

int mc_body(struct request *rq, const json_t **out, struct err *err)
{
	struct err why = ERR_INIT;

	if (request_json(rq, out, &why) >= 0)
		return 0;
	return err_title(err, ERR_INVALID, "JSON Parse Exception", "%s",
			 why.text);
}

const char *mc_base(const struct request *rq)
{
	const char *url = api_of(rq)->public_url;

	return arena_printf(rq->arena, "%s/3.0", url ? url : "");
}

void mc_links_begin(struct json_writer *w)
{
	json_key_begin_array(w, "_links");
}

void mc_link(struct json_writer *w, const char *rel, const char *method,
	     const char *base, const char *path_fmt, ...)
{
	char href[512];
	size_t len = strlen(base);
	va_list ap;

	if (!json_wants_next(w))
		return;
	if (len >= sizeof(href))
		len = 0;
	memcpy(href, base, len);
	va_start(ap, path_fmt);
	(void)vsnprintf(href + len, sizeof(href) - len, path_fmt, ap);
	va_end(ap);
	json_begin_object(w);
	json_key_text(w, "rel", rel);
	json_key_text(w, "href", href);
	json_key_text(w, "method", method);
	json_end_object(w);
}

void mc_links_end(struct json_writer *w)
{
	json_end_array(w);
}

void mc_collection_end(struct json_writer *w, int64_t total, const char *base,
		       const char *path, const char *parent)
{
	json_key_int(w, "total_items", total);
	mc_links_begin(w);
	mc_link(w, "self", "GET", base, "%s", path);
	mc_link(w, "parent", "GET", base, "%s", parent);
	mc_links_end(w);
}

void mc_list_part_end(const struct request *rq, const struct list *list,
		      int64_t total, const char *name, struct json_writer *w)
{
	json_end_array(w);
	json_key_text(w, "list_id", list->hex);
	mc_collection_end(
		w, total, mc_base(rq),
		arena_printf(rq->arena, "/lists/%s/%s", list->hex, name),
		arena_printf(rq->arena, "/lists/%s", list->hex));
	json_end_object(w);
}

void mc_key_column(struct json_writer *w, const char *key, const char *json)
{
	json_key_raw(w, key, str_of(json && *json ? json : "{}"));
}

/* The value of a parameter that is given and not empty, or NULL. */
static const char *given(const struct request *rq, const char *name)
{
	const char *text = request_query(rq, name);

	return text && *text ? text : NULL;
}

int mc_check_fields(const struct request *rq, struct err *err)
{
	if (given(rq, "fields") && given(rq, "exclude_fields"))
		return err_field(err, "fields",
				 "fields and exclude_fields cannot both be "
				 "given");
	return 0;
}

struct json_writer mc_writer(const struct request *rq, struct response *rs)
{
	struct json_writer w = JSON_WRITER(&rs->body);
	const char *fields = given(rq, "fields");
	const char *excluded = given(rq, "exclude_fields");

	if (fields || excluded)
		json_choose(&w, json_fields(fields ? fields : excluded, !fields,
					    rq->arena));
	return w;
}
