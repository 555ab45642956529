/*
 * sets/set_bring.h - kept sets, brought up to one snapshot
 *
 * A segment or group is set algebra over the sets of its plain conditions.
 * Those that are kept are brought up to the present by the change log, the
 * others are read from the rows, all in one snapshot, which is of after the
 * call. Any thread.
 */
#ifndef SETS_SET_BRING_H
#define SETS_SET_BRING_H

#include "sets/kept_set.h"

struct wanted_set {
	const char *name;     /* of the condition: one has one */
	const void *about;    /* the caller's, for its fill */
	unsigned kinds;       /* of changes that can move it ... */
	int64_t of_id;        /* ... of this; 0: of any */
	bool is_read;         /* always from the rows: it is not kept */
	struct kept_set *set; /* what was brought */
	struct moment at;     /* of one that was kept */
};
struct wanted_sets VEC_FIELDS(struct wanted_set);
void wanted_sets_release(struct wanted_sets *all);
/* The place of the one with this name: of an earlier one, if there is. */
size_t wanted_sets_add(struct wanted_sets *all, struct wanted_set wanted);

struct set_source {
	const struct change_log *log;
	/*
	 * Adds to the sets of these (empty, or of times without edges) who fits
	 * them, of `among`, which is in order; NULL: of all. A snapshot is
	 * open.
	 */
	int (*fill)(struct db *db, struct wanted_set *const *v, size_t n,
		    const struct ids *among, struct err *err);
};

/* No transaction may be open: it takes a snapshot of its own. */
int set_bring(struct db *db, const struct set_source *source,
	      struct wanted_sets *all, struct err *err);

#endif
