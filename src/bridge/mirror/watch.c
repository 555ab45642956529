/*
 * What others do in the audience between two nights. No webhook tells of those
 * whom programs subscribe, as ours would be too many, and none tells anything
 * where the audience cannot reach us: the job looks whether any member has
 * changed, and if so, reads who; and whether anything was sent that the CRM did
 * not order.
 */
#include "bridge/bridge_private.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"

#include <string.h>

#define AS_LONG_AS_IT_TOOK 4   /* times, so that others get on ... */
#define WAIT_MOST_MS MS_MINUTE /* ... and whom it is about do not wait long */

#define NOTHING_SEEN "{}"

/* When a member changed last, and how many did since the mirror was read: as
 * the audience tells it. */
static int look(struct work *w, json_t **out, struct err *err)
{
	const char *since;

	if (mirror_since(w, &since, err) < 0)
		return -1;
	return mc_get(w->client,
		      list_path(w,
				"/members?since_last_changed=%s&sort_field="
				"last_changed&sort_dir=DESC&count=1&fields="
				"members.last_changed,total_items",
				since),
		      out, err);
}

static void write_seen(json_t *seen, bool again, struct strbuf *out)
{
	CLEANUP(json_free)
	json_t *state = json_pack("[Ob]", seen, again);

	json_dump(state, out);
}

static int read_changed(struct work *w, struct err *err)
{
	struct reconciled r = { 0 };

	return mirror_follow(w, err) < 0 ? -1 : reconcile_leavers(w, &r, err);
}

/* The audience tells seconds, within which more may change: what is seen a
 * second time is read once more. */
static int watch_members(struct work *w, struct err *err)
{
	CLEANUP(json_free) json_t *seen = NULL;
	CLEANUP(strbuf_release) struct strbuf once = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf again = STRBUF_INIT;
	struct job_run *run = w->run;
	const char *before = run->job->state_json;

	if (look(w, &seen, err) < 0)
		return -1;
	write_seen(seen, false, &once);
	write_seen(seen, true, &again);
	if (strcmp(before, again.buf) == 0)
		return 0;
	if (read_changed(w, err) < 0)
		return -1;
	return job_progress(
		run, NULL, 0, 0,
		strcmp(before, once.buf) == 0 ? again.buf : once.buf, err);
}

static int watch(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };

	if (work_begin(run, &w, err) < 0 || watch_members(&w, err) < 0)
		return -1;
	return campaigns_find(&w, err);
}

/* Looks up at first when to begin, and goes on for ever. */
int job_watch(struct job_run *run, struct err *err)
{
	struct err why = ERR_INIT;
	const struct bridge *b = run->context;
	int64_t begun_ms = clock_now_ms(), now_ms, wait_ms;

	if (!run->job->state_json) {
		if (job_progress(run, NULL, 0, 0, NOTHING_SEEN, err) < 0)
			return -1;
	} else if (watch(run, &why) < 0 && is_passing(&why)) {
		*err = why;
		return -1;
	}
	if (why.code != ERR_NONE) /* for the sync, which tells a user */
		log_info("cannot watch the audience", LOG_ERR(&why));
	now_ms = clock_now_ms();
	wait_ms = (now_ms - begun_ms) * AS_LONG_AS_IT_TOOK;
	if (wait_ms > WAIT_MOST_MS)
		wait_ms = WAIT_MOST_MS;
	if (wait_ms < b->setup.watch_ms)
		wait_ms = b->setup.watch_ms;
	return job_again(run, now_ms + wait_ms);
}
