#include "crm/setting/setup_step.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "crm/record.h"
#include "store/store.h"

#include <string.h>

#define FINISHED "setup.finished"

static const char *const steps[] = { "organisation", "relay", "people" };
static const char *const states[] = { "open", "done", "skipped" };

const char *setup_step_name(enum setup_step step)
{
	return steps[step];
}

const char *setup_state_name(enum setup_state state)
{
	return states[state];
}

bool setup_state_parse(const char *name, enum setup_state *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		if (strcmp(name, states[i]) == 0) {
			*out = (enum setup_state)i;
			return true;
		}
	}
	return false;
}

static const char *key_of(enum setup_step step, struct strbuf *room)
{
	strbuf_reset(room);
	strbuf_addf(room, "setup.%s", steps[step]);
	return room->buf;
}

/* 1: it was put at some time, 0: never, -1. */
static int find_state(struct db *db, enum setup_step step,
		      enum setup_state *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT;
	const char *name = NULL;

	*out = SETUP_OPEN;
	if (setting_find(db, key_of(step, &key), arena, &name, err) < 0)
		return -1;
	return name && setup_state_parse(name, out);
}

/* 1: a text that is not empty, 0, -1. */
static int has_setting(struct db *db, const char *key, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *text = NULL;

	if (setting_find(db, key, arena, &text, err) < 0)
		return -1;
	return text && *text;
}

/* Settings that were saved before there were steps. */
static int find_older(struct db *db, struct err *err)
{
	int name = has_setting(db, "organisation", err);
	int address = name < 0 ? -1 : has_setting(db, "postal_address", err);

	return address < 0 ? -1 : name || address;
}

static bool is_open(const struct setup_progress *p)
{
	for (int i = 0; i < SETUP_STEPS; i++) {
		if (p->steps[i] == SETUP_OPEN)
			return true;
	}
	return false;
}

int setup_progress_load(struct db *db, const bool given[SETUP_STEPS],
			struct setup_progress *out, struct err *err)
{
	int64_t people = 0;
	int put[SETUP_STEPS], older, finished;

	for (int i = 0; i < SETUP_STEPS; i++) {
		put[i] =
			find_state(db, (enum setup_step)i, &out->steps[i], err);
		if (put[i] < 0)
			return -1;
		if (!put[i] && given[i])
			out->steps[i] = SETUP_DONE;
	}
	older = put[SETUP_ORGANISATION] ? 0 : find_older(db, err);
	finished = has_setting(db, FINISHED, err);
	if (older < 0 || finished < 0 ||
	    record_count(db, ENTITY_PERSON, &people, err) < 0)
		return -1;
	if (older)
		out->steps[SETUP_ORGANISATION] = SETUP_DONE;
	if (people > 0)
		out->steps[SETUP_PEOPLE] = SETUP_DONE;
	out->finished = finished || older || people > 0 || !is_open(out);
	return 0;
}

int setup_step_put(struct tx *tx, enum setup_step step, enum setup_state state,
		   struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT;

	return setting_put(tx, key_of(step, &key), states[state], err) < 0 ? -1
									   : 0;
}

int setup_finished_put(struct tx *tx, bool finished, struct err *err)
{
	return setting_put(tx, FINISHED, finished ? "true" : "", err) < 0 ? -1
									  : 0;
}
