/*
 * crm/setting/setup_step.h - how far the set-up of a new server has come
 *
 * A user leaves it and goes on later. A step is done by itself when what it
 * asks for is there. It is finished when a user says so or no step is open, or
 * there are people; and on a server that was in use before there were steps.
 */
#ifndef CRM_SETUP_STEP_H
#define CRM_SETUP_STEP_H

#include "store/db.h"

enum setup_step {
	SETUP_ORGANISATION, /* done when the settings are saved */
	SETUP_RELAY,        /* ... when a relay is */
	SETUP_PEOPLE,       /* ... when there are any */
	SETUP_STEPS,        /* how many */
};
const char *setup_step_name(enum setup_step step); /* "organisation" */

enum setup_state { SETUP_OPEN, SETUP_DONE, SETUP_SKIPPED };
const char *setup_state_name(enum setup_state state); /* "open" */
/* false: there is no such word. */
bool setup_state_parse(const char *name, enum setup_state *out);

struct setup_progress {
	enum setup_state steps[SETUP_STEPS];
	bool finished;
};

/* given: steps that options of the server have done. db: crm. */
int setup_progress_load(struct db *db, const bool given[SETUP_STEPS],
			struct setup_progress *out, struct err *err);
int setup_step_put(struct tx *tx, enum setup_step step, enum setup_state state,
		   struct err *err);
int setup_finished_put(struct tx *tx, bool finished, struct err *err);

#endif
