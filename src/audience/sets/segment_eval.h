/*
 * audience/sets/segment_eval.h - who fits a tree of conditions, from kept sets
 *
 * Each condition is a leaf or two (leaf.h). Those that are kept are brought up
 * to the present by the change log, the others are read from the rows, all in
 * one snapshot; the rest is set algebra. A million members: microseconds, the
 * first time some tenths of a second. Any thread.
 */
#ifndef AUDIENCE_SETS_SEGMENT_EVAL_H
#define AUDIENCE_SETS_SEGMENT_EVAL_H

#include "audience/segment_private.h"

/* Adds to *out, which must be empty. No transaction may be open: it takes a
 * snapshot of its own, of after this call. */
int segment_eval(struct db *db, const struct segment_scope *scope,
		 const struct condition_tree *tree, struct id_set *out,
		 struct err *err);

#endif
