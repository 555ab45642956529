#include "api/mc30/content/creators.h"

#include "base/str.h"

int mc_creators(const struct request *rq, struct users *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;

	if (store_get(api_of(rq)->store, STORE_CRM, &db, err) < 0)
		return -1;
	return user_list(db, rq->arena, out, err);
}

const char *mc_creator_name(const struct users *users, int64_t id)
{
	vec_each (users, u)
		if (u->id == id)
			return u->name;
	return "";
}

int64_t mc_creator_asked(const struct request *rq, const struct users *users)
{
	const char *name = request_query(rq, "created_by");

	if (!name || !*name)
		return 0;
	vec_each (users, u)
		if (str_ieq(str_of(u->name), name) ||
		    str_ieq(str_of(u->email), name))
			return u->id;
	return -1;
}
