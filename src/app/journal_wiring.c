#include "app/journal_wiring.h"

#include "audience/audience_journal.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "campaign/campaign.h"
#include "crm/consent/crm_journal.h"

static const struct journal_side audience_side = {
	.schema = STORE_AUDIENCE,
	.key = audience_journal_key,
	.read = audience_journal_read,
	.again = audience_journal_again,
	.done = audience_journal_done,
	.apply = audience_journal_apply,
	.pause = campaigns_restored,
	.is_busy = campaigns_under_way,
};

const char *journal_path(const struct config *config, struct arena *arena)
{
	if (*config->app.suppression_journal)
		return config->app.suppression_journal;
	return arena_printf(arena, "%s/suppression.journal",
			    config->store.data);
}

static struct journal_setup setup_of(const struct config *config,
				     struct store *store, bool restored,
				     struct arena *arena)
{
	return (struct journal_setup){
		.store = store,
		.path = journal_path(config, arena),
		.sides = { [JOURNAL_CRM] = &crm_journal_side,
			   [JOURNAL_AUDIENCE] = &audience_side },
		.restored = restored,
	};
}

int journal_open_wired(const struct config *config, struct store *store,
		       bool restored, struct journal **out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct journal_setup setup = setup_of(config, store, restored, arena);

	return journal_open(&setup, out, err);
}

int journal_probe_wired(const struct config *config, struct store *store,
			struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct journal_setup setup = setup_of(config, store, false, arena);

	return journal_probe(&setup, err);
}
