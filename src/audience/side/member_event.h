/*
 * audience/side/member_event.h - what other programs say that a member did
 *
 * Names and properties are theirs; nothing here reads them yet but the API.
 * Called by handlers; any thread. Whoever adds has the member's row locked.
 */
#ifndef AUDIENCE_SIDE_MEMBER_EVENT_H
#define AUDIENCE_SIDE_MEMBER_EVENT_H

#include "base/json.h"
#include "base/vec.h"

struct arena;
struct db;
struct err;
struct tx;

#define MEMBER_EVENT_NAME_MIN 2
#define MEMBER_EVENT_NAME_MAX 30
#define MEMBER_EVENT_PROPERTIES_MAX 4096 /* bytes of all of them as JSON */

struct member_event {
	const char *name;
	const char *properties; /* JSON object of texts */
	int64_t occurred_ms;
};
struct member_events VEC_FIELDS(struct member_event);

/* A page, the newest first; *total_out is how many it has. Appends to *out;
 * strings live in arena. */
int member_event_list(struct db *db, int64_t member_id, int64_t count,
		      int64_t offset, struct arena *arena,
		      struct member_events *out, int64_t *total_out,
		      struct err *err);
/* body: the API's {name, properties, occurred_at, is_syncing}. ERR_INVALID
 * names what is wrong. */
int member_event_add(struct tx *tx, int64_t member_id, const json_t *body,
		     int64_t now_ms, struct err *err);

#endif
