#include "delivery/recipient.h"

#include "base/cleanup.h"
#include "base/strbuf.h"

#include "sql/recipient.h"

#include <stdlib.h>
#include <string.h>

#define TO(state) (1 << RECIPIENT_##state)

/* The whole of what the ledger may do; accepted and the like are the end. */
static const int may_become[] = {
	[RECIPIENT_QUEUED] =
		TO(CLAIMED) | TO(EXPIRED) | TO(CANCELED) | TO(LEFT_OUT),
	[RECIPIENT_CLAIMED] = TO(QUEUED) | TO(HANDED) | TO(DEFERRED) |
			      TO(EXPIRED) | TO(CANCELED) | TO(LEFT_OUT),
	[RECIPIENT_HANDED] = TO(ACCEPTED) | TO(DEFERRED) | TO(REFUSED) |
			     TO(EXPIRED) | TO(QUEUED),
	[RECIPIENT_ACCEPTED] = 0,
	[RECIPIENT_DEFERRED] =
		TO(CLAIMED) | TO(EXPIRED) | TO(CANCELED) | TO(LEFT_OUT),
	[RECIPIENT_REFUSED] = 0,
	[RECIPIENT_EXPIRED] = 0,
	[RECIPIENT_CANCELED] = 0,
	[RECIPIENT_LEFT_OUT] = 0,
};

static bool is_state(enum recipient_state state)
{
	return state >= RECIPIENT_QUEUED && state <= RECIPIENT_LEFT_OUT;
}

bool recipient_may_move(enum recipient_state from, enum recipient_state to)
{
	return is_state(from) && is_state(to) && (may_become[from] & (1 << to));
}

/* --- who is tried again later --- */

static void read_deferral(const struct rows *rows, struct arena *arena,
			  void *out)
{
	*(struct deferral *)out = (struct deferral){
		.hash = rows_dup(rows, 0, arena),
		.detail = rows_dup(rows, 1, arena),
		.next_ms = rows_int(rows, 2),
	};
}

int deferrals_find(struct db *db, const char *campaign_hex,
		   const struct texts *hashes, struct arena *arena,
		   struct deferrals *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;

	return db_list(
		db, SQL_RECIPIENT_LIST_DEFERRED,
		SQL_ARGS(sql_texts(hashes, &json), sql_text(campaign_hex)),
		read_deferral, arena, out, err);
}

static int by_hash(const void *key, const void *one)
{
	return strcmp(key, ((const struct deferral *)one)->hash);
}

const struct deferral *deferral_of(const struct deferrals *all,
				   const char *hash)
{
	return all->n == 0 ? NULL
			   : bsearch(hash, all->v, all->n, sizeof(*all->v),
				     by_hash);
}
