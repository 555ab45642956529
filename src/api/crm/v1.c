#include "api/crm/v1.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/csv/csv.h"
#include "base/err.h"
#include "campaign/campaign.h"
#include "crm/setting/organisation.h"
#include "delivery/delivery.h"
#include "jobs/runner.h"

#include <string.h>

#define LIMIT_USUAL 50
#define LIMIT_MOST 1000

struct actor v1_actor(const struct request *rq)
{
	return (struct actor){ .user_id = rq->caller.user_id,
			       .key_id = rq->caller.key_id,
			       .name = rq->caller.name,
			       .ip = rq->client_ip,
			       .now_ms = rq->now_ms };
}

int v1_db(const struct request *rq, struct db **out, struct err *err)
{
	return store_get(api_of(rq)->store, STORE_CRM, out, err);
}

int v1_begin(const struct request *rq, struct db **db, struct tx *tx,
	     struct err *err)
{
	if (v1_db(rq, db, err) < 0)
		return -1;
	return tx_begin(*db, tx, err);
}

int v1_organisation(const struct request *rq, struct db *db,
		    struct organisation *out, struct err *err)
{
	const struct api *api = api_of(rq);
	struct organisation options = { .name = api->organisation,
					.postal_address = api->postal_address };

	return organisation_load(db, &options, rq->arena, out, err);
}

int v1_facts(const struct request *rq, struct campaign_sender_facts *out,
	     struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	const struct api *api = api_of(rq);

	if (store_get(api->store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	return delivery_facts(api->delivery, db, out, err);
}

void v1_wake(const struct request *rq)
{
	runner_wake(api_of(rq)->crm_jobs); /* NULL is fine */
}

int v1_commit(const struct request *rq, struct tx *tx, struct err *err)
{
	if (tx_commit(tx, err) < 0)
		return -1;
	v1_wake(rq);
	return 0;
}

int v1_limit(const struct request *rq, int64_t *out, struct err *err)
{
	*out = LIMIT_USUAL;
	return request_query_int(rq, "limit", 1, LIMIT_MOST, out, err) < 0 ? -1
									   : 0;
}

int v1_before(const struct request *rq, int64_t *out, struct err *err)
{
	*out = 0;
	return request_query_int(rq, "cursor", 1, INT64_MAX, out, err) < 0 ? -1
									   : 0;
}

const char *v1_next(const struct request *rq, int64_t last_id)
{
	return arena_printf(rq->arena, "%lld", (long long)last_id);
}

void v1_list_begin(struct json_writer *w)
{
	json_begin_object(w);
	json_key_begin_array(w, "items");
}

void v1_list_end(struct json_writer *w, int64_t total, const char *next)
{
	json_end_array(w);
	json_key_int(w, "total", total);
	json_key_text(w, "next", next);
	json_end_object(w);
}

struct csv_stream {
	struct store *store;
	struct v1_csv csv;
	bool with_bom, at_end;
	char delimiter;
	bool in_quotes; /* where the last piece ended */
};

static int read_delimiter(const struct request *rq, char *out, struct err *err)
{
	static const struct {
		const char *name;
		char is;
	} known[] = { { "comma", ',' }, { "semicolon", ';' }, { "tab", '\t' } };
	const char *name = request_query(rq, "delimiter");

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		*out = known[i].is;
		if (!name || strcmp(known[i].name, name) == 0)
			return 0;
	}
	return err_field(err, "delimiter", "must be comma, semicolon or tab");
}

static int next_piece(void *context, struct strbuf *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct csv_stream *s = context;
	size_t from;
	int more;

	if (s->at_end)
		return 0;
	if (store_get(s->store, STORE_CRM, &db, err) < 0)
		return -1;
	if (s->with_bom)
		strbuf_addstr(out, "\xef\xbb\xbf");
	s->with_bom = false;
	from = out->len;
	more = s->csv.fn(s->csv.context, db, out, err);
	if (more < 0)
		return -1;
	if (s->delimiter != ',')
		csv_exchange_commas(out, from, s->delimiter, &s->in_quotes);
	s->at_end = !more;
	return out->len > 0;
}

static void end_csv(void *context)
{
	struct csv_stream *s = context;

	if (s->csv.free_fn)
		s->csv.free_fn(s->csv.context);
}

int v1_csv_begin(struct request *rq, struct response *rs,
		 const struct v1_csv *csv, struct err *err)
{
	struct csv_stream *s = arena_new_of(rq->arena, struct csv_stream);

	s->store = api_of(rq)->store;
	s->csv = *csv;
	s->with_bom = request_query_bool(rq, "bom", false);
	if (read_delimiter(rq, &s->delimiter, err) < 0) {
		end_csv(s);
		return -1;
	}
	rs->content_type = "text/csv; charset=utf-8";
	response_header(rs, "Content-Disposition",
			arena_printf(rq->arena,
				     "attachment; filename=\"%s.csv\"",
				     csv->name));
	response_stream(rs, next_piece, end_csv, s);
	return 0;
}

#define ETAG_DIGITS 32

static const char *etag_of(const struct request *rq, struct str shown)
{
	char hex[SHA256_HEX + 1];

	sha256_hex(shown, hex);
	return arena_printf(rq->arena, "\"%.*s\"", ETAG_DIGITS, hex);
}

/* Of the first part: the beginning of the tag of both. */
static const char *first_etag_of(const struct request *rq, struct str shown)
{
	return arena_printf(rq->arena, "%.*s.", 1 + ETAG_DIGITS,
			    etag_of(rq, shown));
}

static const char *both_etag_of(const struct request *rq, struct str shown,
				struct str rest)
{
	return arena_printf(rq->arena, "%s%s", first_etag_of(rq, shown),
			    etag_of(rq, rest) + 1);
}

void v1_etag(const struct request *rq, struct response *rs, struct str shown)
{
	response_header(rs, "ETag", etag_of(rq, shown));
}

void v1_etag_both(const struct request *rq, struct response *rs,
		  struct str shown, struct str rest)
{
	response_header(rs, "ETag", both_etag_of(rq, shown, rest));
}

bool v1_has_if_match(const struct request *rq)
{
	return request_header(rq, "If-Match") != NULL;
}

/* Tags of ours have no comma and no quotation mark inside; weak ones ("W/"
 * before it) never match. */
static bool is_listed(const char *list, const char *etag)
{
	const char *at = list;

	while ((at = strstr(at, etag))) {
		if (at == list || strchr(", \t", at[-1]))
			return true;
		at += strlen(etag);
	}
	return false;
}

static int check_listed(const struct request *rq, const char *etag,
			struct err *err)
{
	const char *list = request_header(rq, "If-Match");

	if (!list || str_is(str_trim(str_of(list)), "*") ||
	    is_listed(list, etag))
		return 0;
	return err_title(err, ERR_CONFLICT, "Precondition Failed",
			 "it was changed since you read it: read it again");
}

int v1_if_match(const struct request *rq, struct str shown, struct err *err)
{
	return check_listed(rq, etag_of(rq, shown), err);
}

int v1_if_match_first(const struct request *rq, struct str shown,
		      struct err *err)
{
	return check_listed(rq, first_etag_of(rq, shown), err);
}

int v1_if_match_both(const struct request *rq, struct str shown,
		     struct str rest, struct err *err)
{
	return check_listed(rq, both_etag_of(rq, shown, rest), err);
}

void v1_accepted(struct response *rs, int64_t job_id)
{
	struct json_writer w = JSON_WRITER(&rs->body);

	rs->status = 202;
	json_begin_object(&w);
	json_key_int(&w, "job_id", job_id);
	json_end_object(&w);
}

int v1_entity(const char *name, enum entity *out, struct err *err)
{
	if (!name || !entity_parse(name, out))
		return err_field(err, "entity",
				 "not one of people, leads, companies");
	return 0;
}

int v1_get_time(const json_t *body, const char *key, int64_t *out,
		struct err *err)
{
	const json_t *value = json_object_get(body, key);

	if (!value)
		return 0;
	if (json_is_null(value)) {
		*out = 0;
		return 1;
	}
	if (!json_is_string(value) ||
	    !time_parse_iso(json_string_value(value), out))
		return err_field(err, key, "not a time (ISO 8601)");
	return 1;
}

int v1_only(const json_t *body, const char *const *known, struct err *err)
{
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)body, key, value) {
		const char *const *k = known;
		char name[41];

		while (*k && strcmp(*k, key) != 0)
			k++;
		if (*k)
			continue;
		snprintf(name, sizeof(name), "%.40s", key);
		return err_field(err, name, "there is no such field");
	}
	return 0;
}

int v1_json(struct request *rq, const json_t **out, struct err *err)
{
	if (strcmp(rq->content_type, "application/json") != 0)
		return err_title(err, ERR_INVALID, "Unsupported Media Type",
				 "the body must be application/json");
	return request_json(rq, out, err);
}
