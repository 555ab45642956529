/* Communications of records, and those that users write down. */
#include "crm/communication.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "crm/record.h"

#include <inttypes.h>
#include <string.h>

static void format(const struct communication *c, struct json_writer *w)
{
	json_begin_object(w);
	json_key_id(w, "id", c->id);
	json_key_id(w, "campaign_id", c->campaign_id);
	json_key_text(w, "kind", c->kind);
	json_key_text(w, "direction", c->direction);
	json_key_text(w, "subject", c->subject);
	json_key_text(w, "body", c->body);
	json_key_text(w, "status", c->status);
	json_key_id(w, "user_id", c->user_id);
	json_key_id(w, "person_id", c->person_id);
	json_key_time(w, "at", c->at_ms);
	json_key_begin_array(w, "links");
	for (size_t i = 0; i < c->links_n; i++) {
		json_begin_object(w);
		json_key_text(w, "entity", entity_name(c->links[i].entity));
		json_key_int(w, "record_id", c->links[i].record_id);
		json_end_object(w);
	}
	json_end_array(w);
	json_end_object(w);
}

/* --- lists --- */

/* The cursor is "at.campaign.person.id" of the last one. */
static int read_page(const struct request *rq, struct communication_page *p,
		     struct err *err)
{
	const char *cursor = request_query(rq, "cursor");
	struct str rest = str_of(cursor);
	int64_t *const parts[] = { &p->before_ms, &p->before_campaign_id,
				   &p->before_person_id, &p->before_id };

	if (v1_limit(rq, &p->limit, err) < 0)
		return -1;
	if (!cursor || !*cursor)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (!rest.s || !str_to_int(str_cut(&rest, '.'), parts[i]))
			return err_field(err, "cursor", "not a cursor");
	}
	return rest.s ? err_field(err, "cursor", "not a cursor") : 0;
}

int v1_record_communications(struct request *rq, struct response *rs,
			     struct err *err)
{
	enum entity entity = (enum entity)rq->argument;
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct communications found = VEC_INIT;
	struct communication_page page = { .before_ms = 0 };
	struct json_writer w = JSON_WRITER(&rs->body);
	const char *next = NULL;
	int64_t id, total = 0;
	struct record r;

	if (request_param_id(rq, "record_id", &id, err) < 0 ||
	    read_page(rq, &page, err) < 0)
		return -1;
	page.limit++; /* one more says whether there is a next page */
	if (v1_db(rq, &db, err) < 0 ||
	    record_get(db, entity, id, rq->arena, &r, err) < 0 ||
	    communication_list(db, entity, id, &page, rq->arena, &found, err) <
		    0 ||
	    communication_count(db, entity, id, &total, err) < 0)
		return -1;
	if ((int64_t)found.n == page.limit) {
		struct communication *c = &found.v[--found.n - 1];

		next = arena_printf(
			rq->arena,
			"%" PRId64 ".%" PRId64 ".%" PRId64 ".%" PRId64,
			c->at_ms, c->campaign_id, c->person_id, c->id);
	}
	v1_list_begin(&w);
	vec_each (&found, c)
		format(c, &w);
	v1_list_end(&w, total, next);
	return 0;
}

/* --- one --- */

static int read_link(const json_t *item, struct communication_link *out,
		     struct err *err)
{
	const char *name = NULL;

	if (!json_is_object(item) ||
	    json_get_text(item, "entity", &name, err) < 0 ||
	    json_get_int(item, "record_id", &out->record_id, err) <= 0 || !name)
		return err_field(err, "links",
				 "not a list of {entity, record_id}");
	if (strcmp(name, entity_name(ENTITY_USER)) == 0)
		out->entity = ENTITY_USER;
	else if (!entity_parse(name, &out->entity))
		return err_field(
			err, "links",
			"entity is not people, leads, companies or users");
	return 0;
}

static int read_links(struct request *rq, const json_t *body,
		      struct communication *c, struct err *err)
{
	const json_t *links = NULL;
	struct communication_link *out;
	size_t i;
	json_t *item;

	if (json_get_array(body, "links", &links, err) <= 0)
		return json_object_get(body, "links")
			       ? err_field(err, "links", "not a list")
			       : 0;
	out = arena_array(rq->arena, struct communication_link,
			  json_array_size(links) + 1);
	json_array_foreach ((json_t *)(uintptr_t)links, i, item) {
		if (read_link(item, &out[i], err) < 0)
			return -1;
	}
	c->links = out;
	c->links_n = json_array_size(links);
	return 0;
}

/* A member that stands in the body replaces; null empties. */
static int read_text(const json_t *body, const char *key, const char **out,
		     struct err *err)
{
	if (json_is_null(json_object_get(body, key)))
		*out = NULL;
	return json_get_text(body, key, out, err) < 0 ? -1 : 0;
}

static int read_body(struct request *rq, struct communication *c,
		     struct err *err)
{
	static const char *const known[] = { "kind",  "direction", "subject",
					     "body",  "status",    "at",
					     "links", NULL };
	const json_t *body;

	if (request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    read_text(body, "kind", &c->kind, err) < 0 ||
	    read_text(body, "direction", &c->direction, err) < 0 ||
	    read_text(body, "subject", &c->subject, err) < 0 ||
	    read_text(body, "body", &c->body, err) < 0 ||
	    read_text(body, "status", &c->status, err) < 0 ||
	    v1_get_time(body, "at", &c->at_ms, err) < 0)
		return -1;
	return read_links(rq, body, c, err);
}

static void reply(const struct request *rq, struct response *rs,
		  const struct communication *c)
{
	struct json_writer w = JSON_WRITER(&rs->body);

	format(c, &w);
	v1_etag(rq, rs, strbuf_str(&rs->body));
}

static int check_match(const struct request *rq, const struct communication *c,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf shown = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&shown);

	format(c, &w);
	return v1_if_match(rq, strbuf_str(&shown), err);
}

int v1_communications_create(struct request *rq, struct response *rs,
			     struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	struct communication c = { .id = 0 };

	if (read_body(rq, &c, err) < 0 || v1_begin(rq, &db, &tx, err) < 0 ||
	    communication_add(&tx, &c, &actor, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	rs->status = 201;
	reply(rq, rs, &c);
	return 0;
}

int v1_communications_get(struct request *rq, struct response *rs,
			  struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct communication c;
	int64_t id;

	if (request_param_id(rq, "communication_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    communication_get(db, id, rq->arena, &c, err) < 0)
		return -1;
	reply(rq, rs, &c);
	return 0;
}

int v1_communications_patch(struct request *rq, struct response *rs,
			    struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct communication before, c;
	int64_t id;

	if (request_param_id(rq, "communication_id", &id, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    communication_get(db, id, rq->arena, &before, err) < 0 ||
	    check_match(rq, &before, err) < 0)
		return -1;
	c = before;
	if (read_body(rq, &c, err) < 0 ||
	    communication_update(&tx, &before, &c, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	reply(rq, rs, &c);
	return 0;
}

int v1_communications_delete(struct request *rq, struct response *rs,
			     struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	struct communication c;
	int64_t id;

	if (request_param_id(rq, "communication_id", &id, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    communication_get(db, id, rq->arena, &c, err) < 0 ||
	    check_match(rq, &c, err) < 0 ||
	    communication_remove(&tx, id, &actor, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
