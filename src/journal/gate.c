#include "journal/gate.h"

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

#define SETTING "sending.off"

int gate_is_closed(struct db *db, struct arena *arena, const char **why_out,
		   struct err *err)
{
	const char *why = NULL;
	int found = setting_find(db, SETTING, arena, &why, err);

	if (found <= 0 || !why || !*why)
		return found < 0 ? -1 : 0;
	*why_out = why;
	return 1;
}

int gate_pass(struct db *db, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *why = NULL;
	int closed = gate_is_closed(db, arena, &why, err);

	if (closed <= 0)
		return closed;
	return err_set(err, ERR_CONFLICT, "sending is off: %s", why);
}

int gate_pass_store(struct store *store, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;

	if (store_get(store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	return gate_pass(db, err);
}

int gate_put(struct tx *tx, const char *why, struct err *err)
{
	return setting_put(tx, SETTING, why ? why : "", err);
}
