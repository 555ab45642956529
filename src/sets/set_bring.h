/*
 * sets/set_bring.h - kept sets, brought up to one snapshot
 *
 * A segment or group is set algebra over the sets of its plain conditions.
 * Those that are kept are brought up to the present by the change log, the
 * others are read from the rows, all in one snapshot. Any thread.
 */
#ifndef SETS_SET_BRING_H
#define SETS_SET_BRING_H

#include "sets/kept_set.h"

struct wanted_set {
	const char *name;  /* of the condition: one has one */
	const void *about; /* the caller's, for its fill */
	unsigned kinds;    /* of changes that can move it ... */
	int64_t of_id;     /* ... of this; 0: of any */
	bool is_read;      /* always from the rows: it is not kept */
	bool is_whole; /* its rows are in no order of ids: not read by halves */
	struct kept_set *set; /* what was brought */
	struct moment at;     /* of one that was kept */
};
struct wanted_sets VEC_FIELDS(struct wanted_set);
void wanted_sets_release(struct wanted_sets *all);
/* The place of the one with this name: of an earlier one, if there is. */
size_t wanted_sets_add(struct wanted_sets *all, struct wanted_set wanted);

/* Of whom is read: of some, who are in order, or of a range of ids; NULL and 0,
 * 0: of all. */
struct set_part {
	const struct ids *among;
	int64_t from, to; /* < to */
};

struct set_source {
	const struct change_log *log;
	/* Adds to the sets of these who of that part fits them. A snapshot is
	 * open. Any thread. */
	int (*fill)(struct db *db, struct wanted_set *const *v, size_t n,
		    const struct set_part *part, struct err *err);
	/* Before they are filled from all rows: the last id there is. */
	int (*last)(struct db *db, struct wanted_set *const *v, int64_t *out,
		    struct err *err);
};

/*
 * It takes a snapshot of its own, unless one is open; no transaction that writes
 * may be. What is kept may be younger than an open one.
 */
int set_bring(struct db *db, const struct set_source *source,
	      struct wanted_sets *all, struct err *err);

#endif
