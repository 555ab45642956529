#include "api/crm/design/template.h"

#include "api/crm/design/design.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "campaign/html/html_sections.h"
#include "campaign/template/template.h"
#include "crm/user/user.h"
#include "design/starter.h"

#include <string.h>

/* --- replies --- */

static void format_starter(const struct starter *s, struct request *rq,
			   struct json_writer *w)
{
	json_begin_object(w);
	json_key_text(w, "id",
		      arena_printf(rq->arena, STARTER_PREFIX "%s", s->key));
	json_key_text(w, "name", s->name);
	json_key_text(w, "about", s->about);
	json_key_bool(w, "built_in", true);
	json_key_raw(w, "design", str_of(s->design));
	json_key_text(w, "updated_at", NULL);
	json_key_text(w, "user_name", NULL);
	json_end_object(w);
}

static const char *name_of(const struct users *users, int64_t id)
{
	vec_each (users, u)
		if (u->id == id)
			return u->name;
	return NULL;
}

static void format(const struct template *t, const struct users *users,
		   struct request *rq, struct json_writer *w)
{
	json_begin_object(w);
	json_key_text(w, "id",
		      arena_printf(rq->arena, "%lld", (long long)t->id));
	json_key_text(w, "name", t->name);
	json_key_text(w, "about", t->about);
	json_key_bool(w, "built_in", false);
	json_key_raw(w, "design", str_of(t->design));
	json_key_time(w, "updated_at", t->updated_ms);
	json_key_text(w, "user_name", name_of(users, t->user_id));
	json_end_object(w);
}

static int load_users(const struct request *rq, struct users *out,
		      struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;

	if (v1_db(rq, &db, err) < 0)
		return -1;
	return user_list(db, rq->arena, out, err);
}

static int reply(struct request *rq, struct response *rs,
		 const struct template *t, struct err *err)
{
	CLEANUP(vec_release) struct users users = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);

	if (load_users(rq, &users, err) < 0)
		return -1;
	format(t, &users, rq, &w);
	v1_etag(rq, rs, template_state(rq, t));
	return 0;
}

/* --- finding --- */

int template_db(const struct request *rq, struct db **out, struct err *err)
{
	return store_get(api_of(rq)->store, STORE_AUDIENCE, out, err);
}

struct str template_state(const struct request *rq, const struct template *t)
{
	return str_of(arena_printf(rq->arena, "%s\n%s\n%s", t->name,
				   t->about ? t->about : "", t->design));
}

static int no_template(const char *id, struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, "there is no template %s", id);
}

int template_find_any(struct request *rq, struct starter *starter,
		      struct template *own, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	const char *id = request_param(rq, "template_id");
	int64_t number;

	if (strncmp(id, STARTER_PREFIX, strlen(STARTER_PREFIX)) == 0 &&
	    starter_find(id + strlen(STARTER_PREFIX), request_query(rq, "lang"),
			 rq->arena, starter))
		return 1;
	if (!text_to_int(id, &number))
		return no_template(id, err);
	if (template_db(rq, &db, err) < 0)
		return -1;
	return template_get(db, number, rq->arena, own, err);
}

int template_find(struct request *rq, struct starter *starter,
		  struct template *own, struct err *err)
{
	int found = template_find_any(rq, starter, own, err);

	return found == 0 && own->kind != TEMPLATE_BLOCKS
		       ? no_template(request_param(rq, "template_id"), err)
		       : found;
}

/* To be changed or removed: locked, and what the caller has read. */
static int lock(struct request *rq, struct db **db, struct tx *tx,
		struct template *out, struct err *err)
{
	struct starter starter;
	int found = template_find(rq, &starter, out, err);

	if (found < 0)
		return -1;
	if (found > 0)
		return err_set(err, ERR_CONFLICT,
			       "a built-in template stays as it is: save it "
			       "under a name of your own");
	if (template_db(rq, db, err) < 0 || tx_begin(*db, tx, err) < 0 ||
	    template_get(*db, out->id, rq->arena, out, err) < 0)
		return -1;
	return v1_if_match(rq, template_state(rq, out), err);
}

/* --- handlers --- */

int v1_templates_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct templates list = VEC_INIT;
	CLEANUP(vec_release) struct users users = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct starter starters[STARTERS];
	int64_t limit, before, total = 0;
	const char *next;

	if (v1_limit(rq, &limit, err) < 0 || v1_before(rq, &before, err) < 0 ||
	    load_users(rq, &users, err) < 0 || template_db(rq, &db, err) < 0 ||
	    template_list(db, TEMPLATE_BLOCKS, before, limit + 1, rq->arena,
			  &list, err) < 0 ||
	    template_count(db, TEMPLATE_BLOCKS, &total, err) < 0)
		return -1;
	next = v1_cut(rq, &list, limit, id);
	starter_list(request_query(rq, "lang"), rq->arena, starters);
	v1_list_begin(&w);
	for (size_t i = 0; before == 0 && i < STARTERS; i++)
		format_starter(&starters[i], rq, &w);
	vec_each (&list, t)
		format(t, &users, rq, &w);
	v1_list_end(&w, STARTERS + total, next);
	return 0;
}

int v1_templates_get(struct request *rq, struct response *rs, struct err *err)
{
	struct json_writer w = JSON_WRITER(&rs->body);
	struct starter starter;
	struct template own;
	int found = template_find(rq, &starter, &own, err);

	if (found < 0)
		return -1;
	if (found == 0)
		return reply(rq, rs, &own, err);
	format_starter(&starter, rq, &w);
	v1_etag(rq, rs, strbuf_str(&rs->body));
	return 0;
}

int v1_templates_html(struct request *rq, struct response *rs, struct err *err)
{
	struct json_writer w = JSON_WRITER(&rs->body);
	struct starter starter;
	struct template own;
	int found = template_find_any(rq, &starter, &own, err);

	if (found < 0)
		return -1;
	if (found > 0 || own.kind != TEMPLATE_HTML)
		return no_template(request_param(rq, "template_id"), err);
	json_begin_object(&w);
	json_key_text(&w, "name", own.name);
	json_key(&w, "html");
	json_str(&w, html_sections_strip(str_of(own.html), rq->arena));
	json_end_object(&w);
	return 0;
}

static int read_body(struct request *rq, struct template *t, struct err *err)
{
	const json_t *body;

	if (request_json(rq, &body, err) < 0 ||
	    json_get_text(body, "name", &t->name, err) < 0)
		return -1;
	if (json_object_get(body, "about"))
		t->about = NULL;
	if (json_get_text(body, "about", &t->about, err) < 0)
		return -1;
	if (t->name)
		t->name = arena_str(rq->arena, str_trim(str_of(t->name)));
	return design_from(body, rq->arena, &t->design, err);
}

int v1_templates_create(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct template t = { .user_id = rq->caller.user_id };

	if (read_body(rq, &t, err) < 0 || template_db(rq, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    template_add(&tx, &t, rq->now_ms, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	rs->status = 201;
	response_header(
		rs, "Location",
		arena_printf(rq->arena, "%s/%lld", rq->path, (long long)t.id));
	return reply(rq, rs, &t, err);
}

int v1_templates_update(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct template before, t;

	if (lock(rq, &db, &tx, &before, err) < 0)
		return -1;
	t = before;
	t.editor_id = rq->caller.user_id;
	if (read_body(rq, &t, err) < 0 ||
	    template_update(&tx, &before, &t, rq->now_ms, err) < 0 ||
	    tx_commit(&tx, err) < 0 ||
	    template_get(db, t.id, rq->arena, &t, err) < 0)
		return -1;
	return reply(rq, rs, &t, err);
}

int v1_templates_delete(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct template t;

	if (lock(rq, &db, &tx, &t, err) < 0 ||
	    template_remove(&tx, t.id, err) < 0 || tx_commit(&tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
