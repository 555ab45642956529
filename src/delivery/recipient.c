#include "delivery/recipient.h"

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
