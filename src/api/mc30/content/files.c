/*
 * The file manager of the Marketing API: pictures and documents that mails
 * lead to. Handlers; any worker.
 */
#include "api/campaign/image.h"
#include "api/handlers.h"
#include "api/mc30/content/creators.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "base/err.h"
#include "campaign/file/file.h"
#include "campaign/folder.h"

#include <string.h>

#define BYTES_MAX IMAGE_BYTES_MAX /* of documents too */

/* --- replies --- */

static void write_links(int64_t id, const char *base, struct json_writer *w)
{
	static const struct {
		const char *rel, *method;
	} links[] = {
		{ "self", "GET" },
		{ "update", "PATCH" },
		{ "delete", "DELETE" },
	};

	mc_links_begin(w);
	mc_link(w, "parent", "GET", base, "/file-manager/files");
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		mc_link(w, links[i].rel, links[i].method, base,
			"/file-manager/files/%lld", (long long)id);
	mc_links_end(w);
}

/* A picture is its own thumbnail; there is none of a document. */
static void write_file(const struct request *rq, const struct file *file,
		       const struct users *users, const char *base,
		       struct json_writer *w)
{
	CLEANUP(strbuf_release) struct strbuf url = STRBUF_INIT;
	const char *public_url = api_of(rq)->public_url;
	bool is_image = file_type_is_image(file->type);

	strbuf_addstr(&url, public_url ? public_url : "");
	file_path(file, &url);
	json_begin_object(w);
	json_key_int(w, "id", file->id);
	json_key_int(w, "folder_id", file->folder_id);
	json_key_text(w, "type", is_image ? "image" : "file");
	json_key_text(w, "name", file->name);
	json_key_text(w, "full_size_url", url.buf);
	json_key_text(w, "thumbnail_url", is_image ? url.buf : "");
	json_key_int(w, "size", file->size_bytes);
	json_key_time(w, "created_at", file->created_ms);
	json_key_text(w, "created_by", mc_creator_name(users, file->user_id));
	json_key_int(w, "width", file->width);
	json_key_int(w, "height", file->height);
	write_links(file->id, base, w);
	json_end_object(w);
}

/* --- reading --- */

static int get(const struct request *rq, struct db *db, struct file *out,
	       struct err *err)
{
	int64_t id;

	if (!text_to_int(request_param(rq, "file_id"), &id))
		return mc_not_found(err);
	if (file_get(db, id, rq->arena, out, err) >= 0)
		return 0;
	return err->code == ERR_NOT_FOUND ? mc_not_found(err) : -1;
}

static int read_type(const struct request *rq, struct file_search *s,
		     struct err *err)
{
	static const char *const types[] = { "image", "file", NULL };
	int type = mc_query_word(rq, "type", types, 2, err);

	s->only_images = type == 0;
	s->only_documents = type == 1;
	return type < 0 ? -1 : 0;
}

static int read_search(const struct request *rq, const struct users *users,
		       struct file_search *s, struct err *err)
{
	static const char *const sorts[] = { "added_date", "name", "size",
					     NULL };
	static const char *const ways[] = { "ASC", "DESC", NULL };
	struct mc_page page;
	int sort, way;

	if (mc_page(rq, &page, err) < 0 || read_type(rq, s, err) < 0 ||
	    mc_query_ms(rq, "since_created_at", &s->since_ms, err) < 0 ||
	    mc_query_ms(rq, "before_created_at", &s->before_ms, err) < 0)
		return -1;
	sort = mc_query_word(rq, "sort_field", sorts, 0, err);
	way = mc_query_word(rq, "sort_dir", ways, 0, err);
	if (sort < 0 || way < 0)
		return -1;
	s->user_id = mc_creator_asked(rq, users);
	s->sort = (enum file_sort)sort;
	s->descending = way == 1;
	s->count = page.count;
	s->offset = page.offset;
	return 0;
}

/* folder: of the path; NULL: all files. */
static int list(struct request *rq, struct response *rs, const char *folder,
		struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release) struct users users = VEC_INIT;
	CLEANUP(vec_release) struct files files = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct file_search search = { .count = 0 };
	const char *base = mc_base(rq);
	struct folder in = { 0 };
	int64_t total, bytes;

	if (mc_creators(rq, &users, err) < 0 ||
	    read_search(rq, &users, &search, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || tx_begin_snapshot(db, &tx, err) < 0 ||
	    (folder &&
	     folder_get(db, FOLDER_FILES, folder, rq->arena, &in, err) < 0))
		return -1;
	search.folder_id = in.id;
	if (file_search(db, &search, rq->arena, &files, &total, &bytes, err) <
	    0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "files");
	vec_each (&files, file)
		write_file(rq, file, &users, base, &w);
	json_end_array(&w);
	json_key_int(&w, "total_file_size", bytes);
	mc_collection_end(
		&w, total, base,
		folder ? arena_printf(rq->arena,
				      "/file-manager/folders/%lld/files",
				      (long long)in.id)
		       : "/file-manager/files",
		folder ? arena_printf(rq->arena, "/file-manager/folders/%lld",
				      (long long)in.id)
		       : "");
	json_end_object(&w);
	return 0;
}

int mc_files_list(struct request *rq, struct response *rs, struct err *err)
{
	return list(rq, rs, NULL, err);
}

int mc_file_folder_files(struct request *rq, struct response *rs,
			 struct err *err)
{
	return list(rq, rs, request_param(rq, "folder_id"), err);
}

int mc_files_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct users users = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct file file;

	if (mc_creators(rq, &users, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    get(rq, db, &file, err) < 0)
		return -1;
	write_file(rq, &file, &users, mc_base(rq), &w);
	return 0;
}

/* --- adding --- */

static int read_name(const json_t *body, const char **out, struct err *err)
{
	int found = json_get_text(body, "name", out, err);

	if (found > 0 && strspn(*out, " \t\r\n") == strlen(*out))
		return err_field(err, "name",
				 "This value should not be blank.");
	return found;
}

static int decode(const char *text, struct strbuf *out, struct err *err)
{
	if (!base64_decode_lines(text, out))
		return err_field(err, "file_data",
				 "should be the file in base64");
	if (out->len == 0)
		return err_field(err, "file_data", "the file is empty");
	if (out->len > BYTES_MAX)
		return err_field(err, "file_data",
				 "the file is too large: at most %u MB are "
				 "taken",
				 BYTES_MAX / 1024 / 1024);
	return 0;
}

/* What readers will get: of a picture, one that is drawn anew. */
static int make(struct str given, struct file *file, struct strbuf *out,
		struct err *err)
{
	CLEANUP(image_release) struct image image = { .bytes = STRBUF_INIT };
	int found = file_type_of_document(given, file->name, &file->type, err);

	if (found > 0) {
		strbuf_addslice(out, given);
		return 0;
	}
	if (found < 0 || image_make(given, &image, err) < 0)
		return -1;
	file->type = (enum file_type)image.type;
	file->width = image.width;
	file->height = image.height;
	strbuf_addslice(out, strbuf_str(&image.bytes));
	return 0;
}

/* Before any connection of the database is held: drawing takes its time. */
static int read_file(const json_t *body, struct file *file, struct strbuf *out,
		     struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf given = STRBUF_INIT;
	const char *data = NULL;
	struct err why = ERR_INIT;
	int named = read_name(body, &file->name, err);

	if (named < 0 || json_get_text(body, "file_data", &data, err) < 0)
		return -1;
	if (named == 0)
		return err_field(err, "name",
				 "This value should not be blank.");
	if (!data)
		return err_field(err, "file_data",
				 "This value should not be blank.");
	if (decode(data, &given, err) < 0)
		return -1;
	if (make(strbuf_str(&given), file, out, &why) >= 0)
		return 0;
	if (why.code == ERR_INVALID)
		return err_field(err, "file_data", "%s", why.text);
	*err = why;
	return -1;
}

/* 1 and the folder, which is locked; 0: the body does not say, -1. */
static int take_folder(struct db *db, const json_t *body, int64_t *out,
		       struct err *err)
{
	char key[24];
	int64_t id = 0;
	int found = json_get_int(body, "folder_id", &id, err);

	if (found <= 0)
		return found;
	(void)snprintf(key, sizeof(key), "%lld", (long long)id);
	return folder_take(db, FOLDER_FILES, id ? key : "", "folder_id", out,
			   err) < 0
		       ? -1
		       : 1;
}

int mc_files_add(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release) struct users users = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf bytes = STRBUF_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct file file = { .user_id = rq->caller.user_id };
	const json_t *body;

	if (mc_body(rq, &body, err) < 0 ||
	    read_file(body, &file, &bytes, err) < 0 ||
	    mc_creators(rq, &users, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    take_folder(db, body, &file.folder_id, err) < 0 ||
	    file_add_own(&tx, strbuf_str(&bytes), &file, rq->now_ms, rq->arena,
			 err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	write_file(rq, &file, &users, mc_base(rq), &w);
	return 0;
}

/* --- changing --- */

static int update(struct request *rq, struct tx *tx, const json_t *body,
		  struct file *out, struct err *err)
{
	const char *name = NULL;
	struct file before;
	int64_t folder = 0;
	int named = read_name(body, &name, err), filed;

	if (named < 0)
		return -1;
	filed = take_folder(tx->db, body, &folder, err);
	if (filed < 0 || get(rq, tx->db, &before, err) < 0)
		return -1;
	*out = before;
	if (named > 0)
		out->name = name;
	if (filed > 0)
		out->folder_id = folder;
	return file_update(tx, &before, out, rq->arena, err);
}

int mc_files_update(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release) struct users users = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	const json_t *body;
	struct file file;

	if (mc_body(rq, &body, err) < 0 || mc_creators(rq, &users, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    update(rq, &tx, body, &file, err) < 0 || tx_commit(&tx, err) < 0)
		return -1;
	write_file(rq, &file, &users, mc_base(rq), &w);
	return 0;
}

int mc_files_remove(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct file file;

	if (mc_db(rq, &db, err) < 0 || get(rq, db, &file, err) < 0 ||
	    file_check_unused(rq, db, &file, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 || file_remove(&tx, file.id, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
