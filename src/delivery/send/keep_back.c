#include "delivery/send/keep_back.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "delivery/send/claim.h"
#include "delivery/send/relays.h"

static int find_barred(const struct keep_back *k, const struct claims *claims,
		       struct arena *arena, const bool **out, struct err *err)
{
	const char **addresses = arena_array(arena, const char *, claims->n);
	bool *is = arena_array(arena, bool, claims->n);

	for (size_t i = 0; i < claims->n; i++)
		addresses[i] = claims->v[i].address;
	*out = is;
	return barred_find(&k->barred, addresses, claims->n, is, err);
}

/* Best effort: the lease frees them if it fails. */
static void give_back(const struct keep_back *k, struct db *db,
		      int64_t campaign_id, const struct claims *claims)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct err ignored = ERR_INIT;

	vec_each (claims, c)
		vec_push(&ids, c->member_id);
	(void)claim_release(db, campaign_id, &ids, k->owner, &ignored);
}

static int leave_out(struct db *db, int64_t campaign_id,
		     const struct claims *claims, const bool *barred,
		     struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	for (size_t i = 0; i < claims->n; i++) {
		if (barred[i])
			vec_push(&ids, claims->v[i].member_id);
	}
	return claim_leave_out(db, campaign_id, &ids, BARRED_REASON,
			       clock_now_ms(), err);
}

int keep_back_claims(const struct keep_back *k, struct db *db,
		     int64_t campaign_id, struct claims *claims,
		     struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const bool *barred;
	size_t kept = 0;

	if (claims->n == 0 || !relays_mails_leave(k->relays))
		return 0;
	if (find_barred(k, claims, arena, &barred, err) < 0 ||
	    leave_out(db, campaign_id, claims, barred, err) < 0) {
		give_back(k, db, campaign_id, claims);
		return -1;
	}
	for (size_t i = 0; i < claims->n; i++) {
		if (!barred[i])
			claims->v[kept++] = claims->v[i];
	}
	claims->n = kept;
	return 0;
}

int keep_back_single(const struct keep_back *k, const char *address,
		     struct err *err)
{
	bool is;

	if (!relays_mails_leave(k->relays))
		return 0;
	return barred_find(&k->barred, &address, 1, &is, err) < 0 ? -1 : is;
}
