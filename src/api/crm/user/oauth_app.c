/* Programs of others that users may let in, for administrators. */
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/err.h"
#include "crm/user/oauth.h"

static void format(const struct oauth_app *app, const char *secret,
		   struct json_writer *w)
{
	json_begin_object(w);
	json_key_int(w, "id", app->id);
	json_key_text(w, "name", app->name);
	json_key_text(w, "client_id", app->client_id);
	json_key_text(w, "redirect_uri", app->redirect_uri);
	json_key_int(w, "tokens", app->users);
	json_key_time(w, "created_at", app->created_ms);
	if (secret)
		json_key_text(w, "client_secret", secret);
	json_end_object(w);
}

int v1_oauth_apps_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct oauth_apps apps = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);

	if (v1_db(rq, &db, err) < 0 ||
	    oauth_app_list(db, rq->arena, &apps, err) < 0)
		return -1;
	v1_list_begin(&w);
	vec_each (&apps, app)
		format(app, NULL, &w);
	v1_list_end(&w, (int64_t)apps.n, NULL);
	return 0;
}

int v1_oauth_apps_create(struct request *rq, struct response *rs,
			 struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct actor actor = v1_actor(rq);
	struct oauth_app app = { .id = 0 };
	char secret[OAUTH_SECRET_HEX + 1];
	const json_t *body;

	if (v1_json(rq, &body, err) < 0 ||
	    json_get_text(body, "name", &app.name, err) < 0 ||
	    json_get_text(body, "redirect_uri", &app.redirect_uri, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    oauth_app_add(&tx, &app, &actor, secret, rq->arena, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	rs->status = 201;
	format(&app, secret, &w);
	return 0;
}

int v1_oauth_apps_delete(struct request *rq, struct response *rs,
			 struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	int64_t id;

	if (request_param_id(rq, "app_id", &id, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    oauth_app_remove(&tx, id, &actor, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
