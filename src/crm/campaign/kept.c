#include "crm/campaign/kept.h"

#include "base/err.h"
#include "base/strbuf.h"
#include "store/db.h"
#include "store/tally.h"

#include "sql/campaign_figures.h"
#include "sql/campaign_kept.h"

#include <string.h>

void kept_add_domain(struct tally *t, int64_t campaign_id, const char *folded,
		     const int64_t done[CRM_KEPT_DOMAINS], int64_t by)
{
	const char *at = folded ? strchr(folded, '@') : NULL;

	if (!folded || !*folded)
		return;
	for (int i = 0; i < CRM_KEPT_DOMAINS; i++)
		tally_add_name(t, campaign_id, CRM_KEPT_DOMAIN_SENT + i,
			       at ? at + 1 : folded, by * done[i]);
}

int kept_add_clicks(struct tally *t, struct db *db, int64_t campaign_id,
		    const struct ids *people, int64_t by, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (people->n == 0)
		return 0;
	if (db_query(db, SQL_CAMPAIGN_KEPT_CLICKS,
		     SQL_ARGS(sql_int(campaign_id), sql_keys(people, &keys)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		int64_t link = rows_int(rows, 0);
		int64_t clicks = rows_int(rows, 1);
		int64_t machines = rows_int(rows, 2);

		tally_add(t, campaign_id, CRM_KEPT_LINK_PEOPLE, link,
			  by * (clicks > 0));
		tally_add(t, campaign_id, CRM_KEPT_LINK_MACHINES, link,
			  by * (machines > 0));
		tally_add(t, campaign_id, CRM_KEPT_LINK_CLICKS, link,
			  by * clicks);
		tally_add(t, campaign_id, CRM_KEPT_LINK_TOTAL, link,
			  by * (clicks + machines));
	}
	return more;
}

int kept_write(struct tally *t, struct tx *tx, struct err *err)
{
	return tally_write(t, tx, SQL_CAMPAIGN_KEPT_ADD, err);
}

int kept_renew(struct tx *tx, int64_t campaign_id, struct err *err)
{
	struct sql_value id = sql_int(campaign_id);

	if (kept_remove(tx, campaign_id, err) < 0 ||
	    db_exec(tx, SQL_CAMPAIGN_KEPT_COUNT,
		    SQL_ARGS(id, id, id, id, id, id, id), err) < 0)
		return -1;
	return db_exec(tx, SQL_CAMPAIGN_KEPT_COUNT_DOMAINS, SQL_ARGS(id), err) <
			       0
		       ? -1
		       : 0;
}

int kept_remove(struct tx *tx, int64_t campaign_id, struct err *err)
{
	return db_exec(tx, SQL_CAMPAIGN_KEPT_REMOVE,
		       SQL_ARGS(sql_int(campaign_id)), err) < 0
		       ? -1
		       : 0;
}

/* --- an address that goes --- */

static int take_away(struct tx *tx, const char *folded, struct sql_args whose,
		     struct tally *t, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(tx->db, SQL_CAMPAIGN_KEPT_OF_ADDRESS, whose, &rows, err) <
	    0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		int64_t done[CRM_KEPT_DOMAINS];

		for (int i = 0; i < CRM_KEPT_DOMAINS; i++)
			done[i] = rows_int(rows, 1 + i);
		kept_add_domain(t, rows_int(rows, 0), folded, done, -1);
	}
	return more;
}

int kept_forget_address(struct tx *tx, int64_t person_id, int64_t email_id,
			const char *folded, struct err *err)
{
	struct sql_args whose = SQL_ARGS(sql_int(email_id), sql_int(person_id),
					 sql_int(person_id));
	const char *at = folded ? strchr(folded, '@') : NULL;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(tally_release) struct tally t = TALLY_INIT;
	CLEANUP(vec_release) struct ids campaigns = VEC_INIT;

	if (!at)
		return 0;
	if (db_list_ids(tx->db, SQL_CAMPAIGN_FIGURES_LOCK_ADDRESS, whose,
			&campaigns, err) < 0 ||
	    take_away(tx, folded, whose, &t, err) < 0 ||
	    kept_write(&t, tx, err) < 0)
		return -1;
	return db_exec(tx, SQL_CAMPAIGN_KEPT_DROP_NAME,
		       SQL_ARGS(sql_text(at + 1), sql_keys(&campaigns, &keys)),
		       err) < 0
		       ? -1
		       : 0;
}
