/* Who sends, as settings in the database. The server reads them at its start:
 * every thread may then use the texts without a lock. */
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"

#define SETTING_MAX 500

static const char *const names[] = { "organisation", "postal_address", NULL };

static int reply(struct request *rq, struct response *rs, struct db *db,
		 struct err *err)
{
	struct json_writer w = JSON_WRITER(&rs->body);
	const struct api *api = api_of(rq);

	json_begin_object(&w);
	for (int i = 0; names[i]; i++) {
		const char *value = NULL;

		if (setting_find(db, names[i], rq->arena, &value, err) < 0)
			return -1;
		json_key_text(&w, names[i], value ? value : "");
	}
	json_key(&w, "in_force");
	json_begin_object(&w);
	json_key_text(&w, names[0], api->organisation);
	json_key_text(&w, names[1], api->postal_address);
	json_end_object(&w);
	json_end_object(&w);
	return 0;
}

static int put_text(struct tx *tx, const json_t *body, const char *name,
		    struct err *err)
{
	const char *value = NULL;
	int given = json_get_text(body, name, &value, err);

	if (given <= 0)
		return given;
	if (utf8_length(str_of(value)) > SETTING_MAX)
		return err_field(err, name, "at most 500 characters");
	return setting_put(tx, name, value, err);
}

int v1_settings_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;

	if (v1_db(rq, &db, err) < 0)
		return -1;
	return reply(rq, rs, db, err);
}

int v1_settings_patch(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const json_t *body;

	if (request_json(rq, &body, err) < 0 || v1_only(body, names, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0)
		return -1;
	for (int i = 0; names[i]; i++)
		if (put_text(&tx, body, names[i], err) < 0)
			return -1;
	if (v1_commit(rq, &tx, err) < 0)
		return -1;
	return reply(rq, rs, db, err);
}
