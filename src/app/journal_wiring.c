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

int journal_open_wired(const struct config *config, struct store *store,
		       bool restored, struct journal **out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct journal_setup setup = {
		.store = store,
		.path = journal_path(config, arena),
		.sides = { [JOURNAL_CRM] = &crm_journal_side,
			   [JOURNAL_AUDIENCE] = &audience_side },
		.restored = restored,
	};

	return journal_open(&setup, out, err);
}
