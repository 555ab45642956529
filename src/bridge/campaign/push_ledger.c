#include "bridge/campaign/push_ledger.h"

#include "base/err.h"
#include "bridge/bridge_private.h"
#include "crm/campaign_figures.h"

#include "sql/campaign_send.h"

#define RECIPIENTS_A_STEP 5000

static int fill(struct work *w, int64_t campaign_id, int64_t push_id,
		int64_t after, int64_t to, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(figures_release) struct figures_change figures = FIGURES_CHANGE;

	if (tx_begin(w->db, &tx, err) < 0 ||
	    figures_begin_ids(&tx, campaign_id, after, to, &figures, err) < 0 ||
	    db_exec(&tx, SQL_LEDGER_FILL,
		    SQL_ARGS(sql_int(campaign_id), sql_int(w->actor.now_ms),
			     sql_int(push_id), sql_int(after), sql_int(to)),
		    err) < 0 ||
	    figures_end(&tx, &figures, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* 1, 0 at the end, -1. */
static int step(struct work *w, int64_t campaign_id, int64_t push_id,
		int64_t *after, struct err *err)
{
	int64_t last = 0;
	int found;

	found = db_find_int(w->db, SQL_LEDGER_STEP_END,
			    SQL_ARGS(sql_int(push_id), sql_int(*after),
				     sql_int(RECIPIENTS_A_STEP)),
			    &last, err);
	if (found < 0 || last == 0)
		return found < 0 ? -1 : 0;
	if (fill(w, campaign_id, push_id, *after, last, err) < 0)
		return -1;
	*after = last;
	return 1;
}

int push_ledger_make(struct work *w, int64_t campaign_id, int64_t push_id,
		     struct err *err)
{
	int64_t after = 0;
	int more;

	do
		more = step(w, campaign_id, push_id, &after, err);
	while (more > 0);
	return more;
}

int push_ledger_clear(struct tx *tx, int64_t campaign_id, struct err *err)
{
	if (figures_lock(tx, campaign_id, err) < 0 ||
	    db_exec(tx, SQL_LEDGER_CLEAR, SQL_ARGS(sql_int(campaign_id)), err) <
		    0)
		return -1;
	return figures_renew(tx, campaign_id, err);
}
