/* Pictures for campaigns: given, listed, removed. Handlers; any worker. */
#include "api/campaign/image.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "campaign/file/file.h"
#include "crm/campaign_record.h"

#include <string.h>

#define NAMED_MAX 5 /* campaigns in the text of a refusal */

static int audience_db(const struct request *rq, struct db **out,
		       struct err *err)
{
	return store_get(api_of(rq)->store, STORE_AUDIENCE, out, err);
}

static void format(const struct request *rq, const struct file *file,
		   struct json_writer *w)
{
	CLEANUP(strbuf_release) struct strbuf url = STRBUF_INIT;

	strbuf_addstr(&url, api_of(rq)->public_url);
	file_path(file, &url);
	json_begin_object(w);
	json_key_int(w, "id", file->id);
	json_key_text(w, "name", file->name);
	json_key_text(w, "url", url.buf);
	json_key_text(w, "type", file_type_mime(file->type));
	json_key_int(w, "width", file->width);
	json_key_int(w, "height", file->height);
	json_key_int(w, "size", file->size_bytes);
	json_key_time(w, "created_at", file->created_ms);
	json_end_object(w);
}

int v1_images_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct files list = VEC_INIT;
	struct file_filter f = { .q = request_query(rq, "q") };
	struct json_writer w = JSON_WRITER(&rs->body);
	int64_t limit, total = 0;
	const char *next;

	if (v1_limit(rq, &f.limit, err) < 0 ||
	    v1_before(rq, &f.before_id, err) < 0 ||
	    audience_db(rq, &db, err) < 0)
		return -1;
	limit = f.limit++; /* one more tells whether there is a next page */
	if (file_list(db, &f, rq->arena, &list, &total, err) < 0)
		return -1;
	next = v1_cut(rq, &list, limit, id);
	v1_list_begin(&w);
	vec_each (&list, file)
		format(rq, file, &w);
	v1_list_end(&w, total, next);
	return 0;
}

/* Documents are no images. */
static int get(struct request *rq, struct db *db, struct file *out,
	       struct err *err)
{
	int64_t id;

	if (request_param_id(rq, "image_id", &id, err) < 0 ||
	    file_get(db, id, rq->arena, out, err) < 0)
		return -1;
	return file_type_is_image(out->type)
		       ? 0
		       : err_set(err, ERR_NOT_FOUND, "there is no image %lld",
				 (long long)id);
}

int v1_images_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct file file;

	if (audience_db(rq, &db, err) < 0 || get(rq, db, &file, err) < 0)
		return -1;
	format(rq, &file, &w);
	return 0;
}

/* --- adding --- */

static int find(struct request *rq, struct file *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;

	if (audience_db(rq, &db, err) < 0)
		return -1;
	return file_find(db, rq->body, rq->arena, out, err);
}

/* No connection is held while it is drawn. */
static int add(struct request *rq, struct file *out, struct err *err)
{
	CLEANUP(image_release) struct image image = { .bytes = STRBUF_INIT };
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const char *name = request_query(rq, "name");

	if (image_make(rq->body, &image, err) < 0 ||
	    audience_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    file_add(&tx, rq->body, &image, name ? name : "", rq->now_ms,
		     rq->arena, out, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int v1_images_create(struct request *rq, struct response *rs, struct err *err)
{
	struct json_writer w = JSON_WRITER(&rs->body);
	struct err why = ERR_INIT;
	struct file file;
	int found = find(rq, &file, err);

	if (found < 0)
		return -1;
	if (found == 0) {
		rs->status = 201;
		if (add(rq, &file, &why) < 0) {
			rs->status = 200;
			/* two at once: the other's is the same picture */
			found = why.code == ERR_RETRY ? find(rq, &file, err)
						      : 0;
			if (found == 0)
				*err = why;
			if (found <= 0)
				return -1;
		}
	}
	format(rq, &file, &w);
	return 0;
}

/* --- removing --- */

static void add_name(struct texts *names, const char *name)
{
	vec_push(names, name);
}

/* Both sides know campaigns; what the bridge has made is named once. */
static int list_users(struct request *rq, struct db *audience,
		      const struct file *file, struct texts *names,
		      struct err *err)
{
	CLEANUP(vec_release) struct crm_campaign_names ours = VEC_INIT;
	CLEANUP(vec_release) struct file_users theirs = VEC_INIT;
	CLEANUP(store_put) struct db *db = NULL;

	if (v1_db(rq, &db, err) < 0 ||
	    crm_campaign_list_showing(db, file_use_pattern(file, rq->arena),
				      rq->arena, &ours, err) < 0 ||
	    file_list_users(audience, file, rq->arena, &theirs, err) < 0)
		return -1;
	vec_each (&ours, c)
		add_name(names, c->name);
	vec_each (&theirs, u) {
		bool is_ours = false;

		vec_each (&ours, c)
			is_ours |=
				c->marketing_campaign_id &&
				strcmp(c->marketing_campaign_id, u->hex) == 0;
		if (!is_ours)
			add_name(names, u->title);
	}
	return 0;
}

int file_check_unused(struct request *rq, struct db *audience,
		      const struct file *file, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(vec_release) struct texts names = VEC_INIT;

	if (list_users(rq, audience, file, &names, err) < 0)
		return -1;
	if (names.n == 0)
		return 0;
	for (size_t i = 0; i < names.n && i < NAMED_MAX; i++)
		strbuf_addf(&text, "%s\"%s\"", i ? ", " : "", names.v[i]);
	if (names.n > NAMED_MAX)
		strbuf_addf(&text, " and %zu more", names.n - NAMED_MAX);
	return err_set(err, ERR_CONFLICT, "the image is shown by campaigns: %s",
		       text.buf);
}

int v1_images_delete(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct file file;

	if (audience_db(rq, &db, err) < 0 || get(rq, db, &file, err) < 0 ||
	    file_check_unused(rq, db, &file, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 || file_remove(&tx, file.id, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
