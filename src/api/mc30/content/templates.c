/*
 * Templates of the Marketing API: HTML, and the designs of our editor beside
 * it. Handlers; any worker.
 */
#include "api/handlers.h"
#include "api/mc30/content/creators.h"
#include "base/arena.h"
#include "base/err.h"
#include "campaign/html/html_sections.h"
#include "campaign/template/template.h"

#include <string.h>

/* --- replies --- */

static void write_links(int64_t id, const char *base, struct json_writer *w)
{
	static const struct {
		const char *rel, *method, *path;
	} links[] = {
		{ "self", "GET", "" },
		{ "update", "PATCH", "" },
		{ "delete", "DELETE", "" },
		{ "default-content", "GET", "/default-content" },
	};

	mc_links_begin(w);
	mc_link(w, "parent", "GET", base, "/templates");
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		mc_link(w, links[i].rel, links[i].method, base,
			"/templates/%lld%s", (long long)id, links[i].path);
	mc_links_end(w);
}

static void write_template(const struct template *t, const struct users *users,
			   const char *base, struct json_writer *w)
{
	bool of_blocks = t->kind == TEMPLATE_BLOCKS;

	json_begin_object(w);
	json_key_int(w, "id", t->id);
	json_key_text(w, "type", "user");
	json_key_text(w, "name", t->name);
	json_key_bool(w, "drag_and_drop", of_blocks);
	json_key_bool(w, "responsive", t->is_responsive);
	json_key_text(w, "category", "");
	json_key_time(w, "date_created", t->created_ms);
	json_key_time(w, "date_edited", t->updated_ms);
	json_key_text(w, "created_by", mc_creator_name(users, t->user_id));
	json_key_text(w, "edited_by", mc_creator_name(users, t->editor_id));
	json_key_bool(w, "active", true);
	json_key_text(w, "folder_id", t->folder_hex);
	json_key_text(w, "thumbnail", "");
	json_key_text(w, "share_url", "");
	json_key_text(w, "content_type",
		      of_blocks ? "multichannel" : "template");
	write_links(t->id, base, w);
	json_end_object(w);
}

/* --- reading --- */

static int get(const struct request *rq, struct db *db, struct template *out,
	       struct err *err)
{
	int64_t id;

	if (!text_to_int(request_param(rq, "template_id"), &id))
		return mc_not_found(err);
	if (template_get(db, id, rq->arena, out, err) >= 0)
		return 0;
	return err->code == ERR_NOT_FOUND ? mc_not_found(err) : -1;
}

/* All of ours are of type "user" and of no category. */
static bool asks_for_others(const struct request *rq)
{
	const char *type = request_query(rq, "type");
	const char *category = request_query(rq, "category");

	return (type && *type && strcmp(type, "user") != 0) ||
	       (category && *category);
}

static int read_kind(const struct request *rq, struct template_filter *f,
		     struct err *err)
{
	static const char *const words[] = { "template", "multichannel", "html",
					     NULL };
	static const enum template_kind kinds[] = { TEMPLATE_HTML,
						    TEMPLATE_BLOCKS };
	int word = mc_query_word(rq, "content_type", words, 3, err);

	if (word < 0)
		return -1;
	if (word < 2)
		f->kind = kinds[word];
	else if (word == 2)
		f->user_id = -1; /* none is put together so */
	return 0;
}

static int read_filter(const struct request *rq, const struct users *users,
		       struct template_filter *f, struct err *err)
{
	static const char *const sorts[] = { "date_created", "date_edited",
					     "name", NULL };
	static const char *const ways[] = { "ASC", "DESC", NULL };
	const char *folder = request_query(rq, "folder_id");
	struct mc_page page;
	int sort, way;

	if (mc_page(rq, &page, err) < 0 ||
	    mc_query_ms(rq, "since_date_created", &f->since_ms, err) < 0 ||
	    mc_query_ms(rq, "before_date_created", &f->before_ms, err) < 0)
		return -1;
	sort = mc_query_word(rq, "sort_field", sorts, 0, err);
	way = mc_query_word(rq, "sort_dir", ways, 0, err);
	if (sort < 0 || way < 0)
		return -1;
	f->user_id = asks_for_others(rq) ? -1 : mc_creator_asked(rq, users);
	f->folder_hex = folder && *folder ? folder : NULL;
	f->sort = (enum template_sort)sort;
	f->descending = way == 1;
	f->count = page.count;
	f->offset = page.offset;
	return read_kind(rq, f, err);
}

int mc_templates_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release) struct users users = VEC_INIT;
	CLEANUP(vec_release) struct templates list = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct template_filter filter = { 0 };
	const char *base = mc_base(rq);
	int64_t total;

	if (mc_creators(rq, &users, err) < 0 ||
	    read_filter(rq, &users, &filter, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || tx_begin_snapshot(db, &tx, err) < 0 ||
	    template_find_all(db, &filter, rq->arena, &list, &total, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "templates");
	vec_each (&list, t)
		write_template(t, &users, base, &w);
	json_end_array(&w);
	mc_collection_end(&w, total, base, "/templates", "");
	json_end_object(&w);
	return 0;
}

int mc_templates_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct users users = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct template t;

	if (mc_creators(rq, &users, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    get(rq, db, &t, err) < 0)
		return -1;
	write_template(&t, &users, mc_base(rq), &w);
	return 0;
}

/* The first of each name; a design has none. */
static json_t *sections_of(const struct template *t, struct arena *arena)
{
	CLEANUP(vec_release) struct html_sections sections = VEC_INIT;
	json_t *out = json_object();

	html_sections_find(str_of(t->html), arena, &sections);
	vec_each (&sections, s)
		if (!json_object_get(out, s->name) && s->end >= s->at)
			(void)json_object_set_new(
				out, s->name,
				json_stringn(t->html + s->at, s->end - s->at));
	return out;
}

int mc_templates_content(struct request *rq, struct response *rs,
			 struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(json_free) json_t *sections = NULL;
	struct json_writer w = mc_writer(rq, rs);
	const char *base = mc_base(rq);
	struct template t;

	if (mc_db(rq, &db, err) < 0 || get(rq, db, &t, err) < 0)
		return -1;
	sections = sections_of(&t, rq->arena);
	json_begin_object(&w);
	json_key(&w, "sections");
	json_tree(&w, sections);
	mc_links_begin(&w);
	mc_link(&w, "self", "GET", base, "/templates/%lld/default-content",
		(long long)t.id);
	mc_link(&w, "parent", "GET", base, "/templates/%lld", (long long)t.id);
	mc_links_end(&w);
	json_end_object(&w);
	return 0;
}

/* --- changes --- */

static int reply(struct request *rq, struct response *rs, struct db *db,
		 const struct users *users, int64_t id, struct err *err)
{
	struct json_writer w = mc_writer(rq, rs);
	struct template t;

	if (template_get(db, id, rq->arena, &t, err) < 0)
		return -1;
	write_template(&t, users, mc_base(rq), &w);
	return 0;
}

int mc_templates_add(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release) struct users users = VEC_INIT;
	struct template t = { .kind = TEMPLATE_HTML,
			      .user_id = rq->caller.user_id };
	const json_t *body;
	bool gave_folder;

	if (mc_body(rq, &body, err) < 0 || mc_creators(rq, &users, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    template_read(db, body, &t, &gave_folder, err) < 0 ||
	    template_add(&tx, &t, rq->now_ms, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return reply(rq, rs, db, &users, t.id, err);
}

static int update(struct request *rq, struct tx *tx, const json_t *body,
		  int64_t *id, struct err *err)
{
	struct template given = { 0 }, before, t;
	bool gave_folder;

	if (template_read(tx->db, body, &given, &gave_folder, err) < 0 ||
	    get(rq, tx->db, &before, err) < 0)
		return -1;
	t = before;
	*id = t.id;
	t.editor_id = rq->caller.user_id;
	if (given.name)
		t.name = given.name;
	if (given.html)
		t.html = given.html;
	if (gave_folder)
		t.folder_id = given.folder_id;
	return template_update(tx, &before, &t, rq->now_ms, err);
}

int mc_templates_update(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release) struct users users = VEC_INIT;
	const json_t *body;
	int64_t id;

	if (mc_body(rq, &body, err) < 0 || mc_creators(rq, &users, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    update(rq, &tx, body, &id, err) < 0 || tx_commit(&tx, err) < 0)
		return -1;
	return reply(rq, rs, db, &users, id, err);
}

int mc_templates_remove(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct template t;

	if (mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    get(rq, db, &t, err) < 0 || template_remove(&tx, t.id, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
