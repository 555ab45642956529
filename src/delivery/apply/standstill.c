#include "delivery/apply/standstill.h"

#include "base/arena.h"
#include "base/log.h"
#include "base/str.h"
#include "campaign/campaign.h"
#include "store/store.h"

#define KEY "delivery.sending_ms"
#define SAY_MS 5000

static int shift_all(struct tx *tx, int64_t since_ms, int64_t now_ms,
		     struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct campaigns list = VEC_INIT;

	if (campaign_list_by_status(tx->db, CAMPAIGN_SENDING, arena, &list,
				    err) < 0)
		return -1;
	vec_each (&list, c)
		if (campaign_keep_distance(tx, c, since_ms, now_ms, err) < 0)
			return -1;
	log_info("nobody was sending",
		 LOG_INT("seconds", (now_ms - since_ms) / 1000));
	return 0;
}

int standstill_end(struct tx *tx, int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *text = NULL;
	int64_t since_ms = 0;

	if (setting_find(tx->db, KEY, arena, &text, err) < 0)
		return -1;
	if (text && text_to_int(text, &since_ms) && since_ms > 0 &&
	    now_ms - since_ms > STANDSTILL_MS &&
	    shift_all(tx, since_ms, now_ms, arena, err) < 0)
		return -1;
	if (since_ms <= now_ms && now_ms - since_ms < SAY_MS)
		return 0;
	return setting_put(tx, KEY,
			   arena_printf(arena, "%lld", (long long)now_ms), err);
}
