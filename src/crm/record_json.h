/*
 * crm/record_json.h - records as programs send and get them
 *
 * The shape is that of GET /api/v1/people/{id}: all fields of the kind by
 * name, null where empty; `custom` and `emails` and `tags` beside them. What
 * is read-only is refused, as is a name that nobody knows, so that a typo
 * does not look like success.
 */
#ifndef CRM_RECORD_JSON_H
#define CRM_RECORD_JSON_H

#include "base/json.h"
#include "crm/record.h"

#define RECORD_REASON_MAX 1000 /* bytes, of opting out or in */

/* Appends one object; what records_complete fills is that of r. */
void record_format(const struct record *r, struct json_writer *w);

/* Fills what is shown beside the row: addresses, tags, names of companies. Of
 * records of one kind, in a query each. */
int records_complete(struct db *db, struct records *records,
		     struct arena *arena, struct err *err);
/* One record, complete; ERR_NOT_FOUND. */
int record_get_whole(struct db *db, enum entity entity, int64_t id,
		     struct arena *arena, struct record *out, struct err *err);

/*
 * A new record from a body; `email` is short for one address. `opted_out: true`
 * with an optional `reason` is recorded as consent. *out is read anew.
 */
int record_create(struct tx *tx, enum entity entity, const json_t *body,
		  const struct actor *actor, struct arena *arena,
		  struct record *out, struct err *err);

/*
 * The fields that stand in the body. `email` replaces the marketing address;
 * `emails` and `tags` are lists of what shall be; `opted_out: false` needs a
 * `reason`.
 */
int record_patch(struct tx *tx, enum entity entity, int64_t id,
		 const json_t *body, const struct actor *actor,
		 struct arena *arena, struct record *out, struct err *err);

#endif
