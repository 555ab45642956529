#include "app/first_start.h"

#include "app/config.h"
#include "audience/list.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "bridge/bridge_organisation.h"
#include "crm/setting/organisation.h"
#include "crm/user/user.h"
#include "store/store.h"

/* What options or an older program have changed; a job tells what is saved
 * while the server runs. 1: it was told something, 0, -1. */
static int tell_audience(struct db *crm, struct tx *tx,
			 const struct organisation *options,
			 const struct organisation *o, const char *hex,
			 struct arena *arena, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct list list;
	int news = bridge_organisation_news(crm, options, o, false, &body, err);

	if (news <= 0)
		return news;
	return json_parse(strbuf_str(&body), &tree, err) < 0 ||
			       list_update(tx, hex, tree, arena, &list, err) < 0
		       ? -1
		       : 1;
}

static int note_told(struct db *crm, const struct organisation *o,
		     struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(crm, &tx, err) < 0 ||
	    bridge_organisation_told(&tx, o, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int first_audience(struct store *store, const struct app_options *options,
		   struct arena *arena, struct err *err)
{
	CLEANUP(store_put) struct db *crm = NULL;
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const struct organisation given = {
		.name = options->organisation,
		.postal_address = options->postal_address,
	};
	struct organisation o;
	struct list list;
	int told = 0;

	if (store_get(store, STORE_CRM, &crm, err) < 0 ||
	    organisation_load(crm, &given, arena, &o, err) < 0 ||
	    store_get(store, STORE_AUDIENCE, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    list_ensure_master(&tx, o.name, clock_now_ms(), arena, &list, err) <
		    0)
		return err_prefix(err, "making the master audience");
	if (!*options->marketing_url)
		told = tell_audience(crm, &tx, &given, &o, list.hex, arena,
				     err);
	if (told < 0 || tx_commit(&tx, err) < 0)
		return err_prefix(err, "telling the master audience");
	return told ? note_told(crm, &o, err) : 0;
}

int first_setup_link(struct store *store, const char *public_url,
		     struct arena *arena, const char **out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	char token[SETUP_TOKEN + 1];
	int needed;

	if (store_get(store, STORE_CRM, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0)
		return -1;
	needed = setup_begin(&tx, token, err);
	if (needed < 0 || tx_commit(&tx, err) < 0)
		return -1;
	if (needed > 0)
		*out = arena_printf(arena, "%s/setup?token=%s", public_url,
				    token);
	return 0;
}
