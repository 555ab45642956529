#include "delivery/recipient.h"

#define TO(state) (1 << RECIPIENT_##state)

/* The whole of what the ledger may do; accepted and the like are the end. */
static const struct {
	const char *name;
	int to;
} states[] = {
	[RECIPIENT_QUEUED] = { "queued", TO(CLAIMED) | TO(EXPIRED) |
						 TO(CANCELED) | TO(LEFT_OUT) },
	[RECIPIENT_CLAIMED] = { "claimed", TO(QUEUED) | TO(HANDED) |
						   TO(DEFERRED) | TO(CANCELED) |
						   TO(LEFT_OUT) },
	[RECIPIENT_HANDED] = { "handed", TO(ACCEPTED) | TO(DEFERRED) |
						 TO(REFUSED) | TO(EXPIRED) |
						 TO(QUEUED) },
	[RECIPIENT_ACCEPTED] = { "accepted", 0 },
	[RECIPIENT_DEFERRED] = { "deferred", TO(CLAIMED) | TO(EXPIRED) |
						     TO(CANCELED) |
						     TO(LEFT_OUT) },
	[RECIPIENT_REFUSED] = { "refused", 0 },
	[RECIPIENT_EXPIRED] = { "expired", 0 },
	[RECIPIENT_CANCELED] = { "canceled", 0 },
	[RECIPIENT_LEFT_OUT] = { "left_out", 0 },
};

static bool is_state(enum recipient_state state)
{
	return state >= RECIPIENT_QUEUED && state <= RECIPIENT_LEFT_OUT;
}

const char *recipient_state_name(enum recipient_state state)
{
	return is_state(state) ? states[state].name : "unknown";
}

bool recipient_may_move(enum recipient_state from, enum recipient_state to)
{
	return is_state(from) && is_state(to) && (states[from].to & (1 << to));
}

bool recipient_is_sent(enum recipient_state state)
{
	return state == RECIPIENT_ACCEPTED || state == RECIPIENT_REFUSED ||
	       state == RECIPIENT_EXPIRED;
}
