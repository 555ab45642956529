/*
 * audience/batch/api_operation.h - one operation of a batch, as clients write
 * it
 *
 * Private to the room. Methods come in any case, paths with or without the
 * slash and /3.0 before them, queries in the path, in `params`, or in both.
 */
#ifndef AUDIENCE_API_OPERATION_H
#define AUDIENCE_API_OPERATION_H

#include "audience/batch/api_batch.h"

/* ERR_INVALID names the member, as in operations.3.path. Strings live in arena;
 * nr is the index. */
int api_operation_read(const json_t *given, size_t index, struct arena *arena,
		       struct api_operation *out, struct err *err);

#endif
