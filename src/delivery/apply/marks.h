/*
 * delivery/apply/marks.h - who waits until the log is applied up to where it
 * ends now
 *
 * Of the keeper's thread.
 */
#ifndef DELIVERY_MARKS_H
#define DELIVERY_MARKS_H

#include "base/vec.h"

#include <stdint.h>

struct applier;
struct err;

struct mark {
	int64_t event_id;
	char *name; /* who */
};
struct marks VEC_FIELDS(struct mark);

void marks_release(struct marks *marks);
/* From now on `name` waits for what the log holds now. */
int marks_set(struct marks *marks, struct applier *applier, const char *name,
	      struct err *err);
bool marks_has(const struct marks *marks, const char *name);
/* Does it still wait? Not any more once that is applied. */
bool marks_wait(struct marks *marks, struct applier *applier, const char *name);

#endif
