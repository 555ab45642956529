#include "app/in_force.h"

#include "app/config.h"
#include "app/data_folder.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/thread/patience.h"
#include "crm/setting/organisation.h"
#include "delivery/relay_setting.h"

static int take(struct config *config, struct db *crm, struct db *audience,
		struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct organisation options = { "", "", "", "", "", "" }, o;
	const char *relay;

	if (organisation_load(crm, &options, arena, &o, err) < 0 ||
	    relay_in_force(audience, "", arena, &relay, err) < 0)
		return -1;
	config_settle(config, "organisation", o.name);
	config_settle(config, "postal_address", o.postal_address);
	config_settle(config, "relay", relay);
	return 0;
}

int in_force_from_store(struct config *config, struct store *store,
			struct err *err)
{
	CLEANUP(store_put) struct db *crm = NULL;
	CLEANUP(store_put) struct db *audience = NULL;

	if (store_get(store, STORE_CRM, &crm, err) < 0 ||
	    store_get(store, STORE_AUDIENCE, &audience, err) < 0)
		return -1;
	return take(config, crm, audience, err);
}

int in_force_look(struct config *config, struct err *err)
{
	CLEANUP(store_free) struct store *store = NULL;
	const struct app_options *o = &config->app;

	if (*o->organisation && *o->postal_address && *config->delivery.relay)
		return 0;
	patience_begin(); /* somebody waits */
	if (data_open(config, &store, err) < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	return in_force_from_store(config, store, err);
}
