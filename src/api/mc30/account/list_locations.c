/* In which countries the members of a list are. Handler; any worker. */
#include "api/handlers.h"
#include "api/mc30/mc30.h"
#include "audience/kept/list_country.h"
#include "audience/kept/list_kept.h"
#include "audience/list.h"
#include "audience/member.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/text/country.h"
#include "store/tally.h"

#include <math.h>

/* Per cent of all who are subscribed, to a hundredth. */
static double percent(int64_t n, int64_t of)
{
	return of > 0 ? round(1e4 * (double)n / (double)of) / 100 : 0;
}

static void write_page(const struct list_countries *countries,
		       const struct mc_page *page, int64_t subscribed,
		       struct json_writer *w)
{
	json_key_begin_array(w, "locations");
	for (size_t i = 0; i < countries->n; i++) {
		const struct list_country *c = &countries->v[i];

		if (!mc_on_page(page, i))
			continue;
		json_begin_object(w);
		json_key_text(w, "country", country_name(c->code));
		json_key_text(w, "cc", c->code);
		json_key_number(w, "percent", percent(c->members, subscribed));
		json_key_int(w, "total", c->members);
		json_end_object(w);
	}
}

int mc_list_locations_list(struct request *rq, struct response *rs,
			   struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct list_countries countries = VEC_INIT;
	CLEANUP(tally_release) struct tally kept = TALLY_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct mc_page page;
	struct list list;

	if (mc_page(rq, &page, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    list_countries(db, list.id, rq->arena, &countries, err) < 0 ||
	    list_kept_read(db, list.id, &kept, err) < 0)
		return -1;
	json_begin_object(&w);
	write_page(&countries, &page, list_kept_sum(&kept, MEMBER_SUBSCRIBED),
		   &w);
	mc_list_part_end(rq, &list, (int64_t)countries.n, "locations", &w);
	return 0;
}
