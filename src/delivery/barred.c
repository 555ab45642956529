#include "delivery/barred.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "delivery/claim.h"
#include "delivery/relay_setting.h"
#include "delivery/sender_private.h"

#include <string.h>

int barred_find(const struct barred *b, const char *const *addresses, size_t n,
		bool *out, struct err *err)
{
	memset(out, 0, n * sizeof(*out));
	return b->find && n > 0 ? b->find(b->context, addresses, n, out, err)
				: 0;
}

int barred_refuse(const struct barred *b, const char *const *addresses,
		  size_t n, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	bool *is = arena_array(arena, bool, n + 1);

	if (barred_find(b, addresses, n, is, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (is[i])
			return err_field(err, "to",
					 "%s is of the demo: it gets mail in "
					 "the mail catcher only",
					 addresses[i]);
	}
	return 0;
}

/* --- by the relay in force, which the claiming thread exchanges --- */

static bool mails_leave(const struct sender *s)
{
	return !relay_is_outbox_url(s->relay_url);
}

static int find_barred(struct sender *s, const struct claims *claims,
		       struct arena *arena, const bool **out, struct err *err)
{
	const char **addresses = arena_array(arena, const char *, claims->n);
	bool *is = arena_array(arena, bool, claims->n);

	for (size_t i = 0; i < claims->n; i++)
		addresses[i] = claims->v[i].address;
	*out = is;
	return barred_find(&s->setup.barred, addresses, claims->n, is, err);
}

/* Best effort: the lease frees them if it fails. */
static void give_back(struct sender *s, struct db *db, int64_t campaign_id,
		      const struct claims *claims)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct err ignored = ERR_INIT;

	vec_each (claims, c)
		vec_push(&ids, c->member_id);
	(void)claim_release(db, campaign_id, &ids, s->setup.owner, &ignored);
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

int keep_back_claims(struct sender *s, struct db *db, int64_t campaign_id,
		     struct claims *claims, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const bool *barred;
	size_t kept = 0;

	if (claims->n == 0 || !mails_leave(s))
		return 0;
	if (find_barred(s, claims, arena, &barred, err) < 0 ||
	    leave_out(db, campaign_id, claims, barred, err) < 0) {
		give_back(s, db, campaign_id, claims);
		return -1;
	}
	for (size_t i = 0; i < claims->n; i++) {
		if (!barred[i])
			claims->v[kept++] = claims->v[i];
	}
	claims->n = kept;
	return 0;
}

int keep_back_single(struct sender *s, const char *address, struct err *err)
{
	bool is;

	if (!mails_leave(s))
		return 0;
	return barred_find(&s->setup.barred, &address, 1, &is, err) < 0 ? -1
									: is;
}
