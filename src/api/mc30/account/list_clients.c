/* By which programs the members of a list open their mails. Handler; any
 * worker. */
#include "api/handlers.h"
#include "api/mc30/mc30.h"
#include "audience/list.h"
#include "audience/side/mail_client.h"
#include "base/arena.h"
#include "base/err.h"

static void write_page(const struct member_clients *counts,
		       const struct mc_page *page, struct json_writer *w)
{
	json_key_begin_array(w, "clients");
	for (size_t i = 0; i < counts->n; i++) {
		if (!mc_on_page(page, i))
			continue;
		json_begin_object(w);
		json_key_text(w, "client",
			      mail_client_name(counts->v[i].client));
		json_key_int(w, "members", counts->v[i].member_id);
		json_end_object(w);
	}
}

int mc_list_clients_list(struct request *rq, struct response *rs,
			 struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct member_clients counts = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct mc_page page;
	struct list list;

	if (mc_page(rq, &page, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    member_clients_count(db, list.id, &counts, err) < 0)
		return -1;
	json_begin_object(&w);
	write_page(&counts, &page, &w);
	mc_list_part_end(rq, &list, (int64_t)counts.n, "clients", &w);
	return 0;
}
