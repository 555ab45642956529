/* Programs that users have let in by OAuth. Handlers; any worker. */
#include "api/mc30/mc30.h"

#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "crm/user/oauth.h"
#include "http/auth.h"
#include "store/store.h"

static int write_app(const struct request *rq, struct db *db,
		     const struct oauth_app *app, struct json_writer *w,
		     struct err *err)
{
	CLEANUP(vec_release) struct texts users = VEC_INIT;
	const char *base = mc_base(rq);

	if (auth_permits(&rq->caller, PERMIT_ADMIN) &&
	    oauth_app_users(db, app->id, rq->arena, &users, err) < 0)
		return -1;
	json_begin_object(w);
	json_key_int(w, "id", app->id);
	json_key_text(w, "name", app->name);
	json_key_text(w, "description", "");
	json_key_begin_array(w, "users");
	vec_each (&users, email)
		json_text(w, *email);
	json_end_array(w);
	mc_links_begin(w);
	mc_link(w, "self", "GET", base, "/authorized-apps/%lld",
		(long long)app->id);
	mc_link(w, "parent", "GET", base, "/authorized-apps");
	mc_links_end(w);
	json_end_object(w);
	return 0;
}

static int load(const struct request *rq, struct db **db,
		struct oauth_apps *out, struct err *err)
{
	if (store_get(api_of(rq)->store, STORE_CRM, db, err) < 0)
		return -1;
	return oauth_app_list(*db, rq->arena, out, err);
}

int mc_authorized_apps_list(struct request *rq, struct response *rs,
			    struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct oauth_apps all = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct mc_page page;

	if (mc_page(rq, &page, err) < 0 || load(rq, &db, &all, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "apps");
	for (size_t i = 0; i < all.n; i++)
		if (mc_on_page(&page, i) &&
		    write_app(rq, db, &all.v[i], &w, err) < 0)
			return -1;
	json_end_array(&w);
	mc_collection_end(&w, (int64_t)all.n, mc_base(rq), "/authorized-apps",
			  "/");
	json_end_object(&w);
	return 0;
}

int mc_authorized_apps_get(struct request *rq, struct response *rs,
			   struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct oauth_apps all = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	int64_t id;

	if (!text_to_int(request_param(rq, "app_id"), &id))
		return mc_not_found(err);
	if (load(rq, &db, &all, err) < 0)
		return -1;
	vec_each (&all, app)
		if (app->id == id)
			return write_app(rq, db, app, &w, err);
	return mc_not_found(err);
}
