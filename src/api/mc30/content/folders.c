/*
 * Folders of campaigns, templates and files: the same handlers, told by the
 * route which. Any worker.
 */
#include "api/handlers.h"
#include "api/mc30/content/creators.h"
#include "base/arena.h"
#include "base/err.h"
#include "campaign/folder.h"

static enum folder_kind kind_of(const struct request *rq)
{
	return (enum folder_kind)rq->argument;
}

static const char *path_of(enum folder_kind kind)
{
	switch (kind) {
	case FOLDER_CAMPAIGNS:
		return "/campaign-folders";
	case FOLDER_TEMPLATES:
		return "/template-folders";
	case FOLDER_FILES:
		break;
	}
	return "/file-manager/folders";
}

/* --- replies --- */

static void write_links(enum folder_kind kind, const char *id, const char *base,
			struct json_writer *w)
{
	static const struct {
		const char *rel, *method;
	} links[] = {
		{ "self", "GET" },
		{ "update", "PATCH" },
		{ "delete", "DELETE" },
	};
	const char *path = path_of(kind);

	mc_links_begin(w);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		mc_link(w, links[i].rel, links[i].method, base, "%s/%s", path,
			id);
	mc_link(w, "parent", "GET", base, "%s", path);
	if (kind == FOLDER_FILES)
		mc_link(w, "files", "GET", base, "%s/%s/files", path, id);
	mc_links_end(w);
}

static void write_folder(const struct request *rq, const struct folder *folder,
			 const struct users *users, const char *base,
			 struct json_writer *w)
{
	const char *number =
		arena_printf(rq->arena, "%lld", (long long)folder->id);
	bool of_files = kind_of(rq) == FOLDER_FILES;

	json_begin_object(w);
	if (of_files) {
		json_key_int(w, "id", folder->id);
		json_key_text(w, "name", folder->name);
		json_key_int(w, "file_count", folder->count);
		json_key_time(w, "created_at", folder->created_ms);
		json_key_text(w, "created_by",
			      mc_creator_name(users, folder->user_id));
	} else {
		json_key_text(w, "id", folder->hex);
		json_key_text(w, "name", folder->name);
		json_key_int(w, "count", folder->count);
	}
	write_links(kind_of(rq), of_files ? number : folder->hex, base, w);
	json_end_object(w);
}

/* Only folders of files say who has made them. */
static int load_users(const struct request *rq, struct users *out,
		      struct err *err)
{
	return kind_of(rq) == FOLDER_FILES ? mc_creators(rq, out, err) : 0;
}

/* --- reading --- */

static int read_filter(const struct request *rq, const struct users *users,
		       struct folder_filter *out, struct err *err)
{
	struct mc_page page;

	*out = (struct folder_filter){ 0 };
	if (mc_page(rq, &page, err) < 0 ||
	    mc_query_ms(rq, "since_created_at", &out->since_ms, err) < 0 ||
	    mc_query_ms(rq, "before_created_at", &out->before_ms, err) < 0)
		return -1;
	if (kind_of(rq) == FOLDER_FILES)
		out->user_id = mc_creator_asked(rq, users);
	out->count = page.count;
	out->offset = page.offset;
	return 0;
}

int mc_folders_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release) struct users users = VEC_INIT;
	CLEANUP(vec_release) struct folders folders = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	const char *base = mc_base(rq);
	struct folder_filter filter;
	int64_t total;

	if (load_users(rq, &users, err) < 0 ||
	    read_filter(rq, &users, &filter, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || tx_begin_snapshot(db, &tx, err) < 0 ||
	    folder_list(db, kind_of(rq), &filter, rq->arena, &folders, &total,
			err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "folders");
	vec_each (&folders, folder)
		write_folder(rq, folder, &users, base, &w);
	json_end_array(&w);
	mc_collection_end(&w, total, base, path_of(kind_of(rq)), "");
	json_end_object(&w);
	return 0;
}

int mc_folders_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct users users = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct folder folder;

	if (load_users(rq, &users, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    folder_get(db, kind_of(rq), request_param(rq, "folder_id"),
		       rq->arena, &folder, err) < 0)
		return -1;
	write_folder(rq, &folder, &users, mc_base(rq), &w);
	return 0;
}

/* --- changes --- */

/* id: of one that is there; NULL: a new one. */
static int put(struct request *rq, struct response *rs, const char *id,
	       struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release) struct users users = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	const json_t *body;
	struct folder folder;

	if (mc_body(rq, &body, err) < 0 || load_users(rq, &users, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    (id ? folder_update(&tx, kind_of(rq), id, body, rq->arena, &folder,
				err)
		: folder_add(&tx, kind_of(rq), body, rq->caller.user_id,
			     rq->now_ms, rq->arena, &folder, err)) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	write_folder(rq, &folder, &users, mc_base(rq), &w);
	return 0;
}

int mc_folders_add(struct request *rq, struct response *rs, struct err *err)
{
	return put(rq, rs, NULL, err);
}

int mc_folders_update(struct request *rq, struct response *rs, struct err *err)
{
	return put(rq, rs, request_param(rq, "folder_id"), err);
}

int mc_folders_remove(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    folder_remove(&tx, kind_of(rq), request_param(rq, "folder_id"),
			  err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
