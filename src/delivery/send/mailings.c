#include "delivery/send/mailings.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "campaign/campaign.h"

void mailings_release(struct mailings *all)
{
	vec_each (all, m)
		mailing_put(m);
	vec_release(all);
}

struct mailing *mailings_find(const struct mailings *all, int64_t campaign_id,
			      int variant)
{
	vec_each (all, m)
		if ((*m)->campaign_id == campaign_id &&
		    (*m)->variant == variant)
			return *m;
	return NULL;
}

struct mailing *mailings_find_any(const struct mailings *all,
				  int64_t campaign_id)
{
	vec_each (all, m)
		if ((*m)->campaign_id == campaign_id)
			return *m;
	return NULL;
}

void mailings_call_back(struct mailings *all)
{
	vec_each (all, m)
		atomic_store(&(*m)->stopped, true);
}

void mailings_drop_called_back(struct mailings *all)
{
	size_t kept = 0;

	for (size_t i = 0; i < all->n; i++) {
		struct mailing *m = all->v[i];

		if (atomic_load(&m->stopped))
			mailing_put(&m);
		else
			all->v[kept++] = m;
	}
	all->n = kept;
}

static bool has_id(const struct ids *ids, int64_t id)
{
	for (size_t i = 0; i < ids->n; i++)
		if (ids->v[i] == id)
			return true;
	return false;
}

static int may_go_on(struct db *db, int64_t campaign_id, bool *out,
		     struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct campaign campaign;

	if (campaign_get(db, campaign_id, arena, &campaign, err) < 0) {
		*out = false;
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	}
	*out = campaign.status == CAMPAIGN_SENDING ||
	       campaign.status == CAMPAIGN_SENT;
	return 0;
}

int mailings_keep(struct mailings *all, struct db *db,
		  const struct ids *working, struct err *err)
{
	size_t kept = 0;
	int rc = 0;

	for (size_t i = 0; i < all->n; i++) {
		struct mailing *m = all->v[i];
		bool goes_on = true;

		if (has_id(working, m->campaign_id)) {
			all->v[kept++] = m;
			continue;
		}
		if (may_go_on(db, m->campaign_id, &goes_on, err) < 0) {
			all->v[kept++] = m;
			rc = -1;
			continue;
		}
		if (!goes_on)
			atomic_store(&m->stopped, true);
		mailing_put(&m);
	}
	all->n = kept;
	return rc;
}
