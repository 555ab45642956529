/*
 * audience/must_exist.h - a thing that the caller named is there, or the API
 * says that it is not
 */
#ifndef AUDIENCE_MUST_EXIST_H
#define AUDIENCE_MUST_EXIST_H

#include "base/err.h"

/* `found` as a look-up or a write returned it: 0 if that was anything, else -1,
 * for 0 with ERR_NOT_FOUND. */
static inline int must_exist(int found, struct err *err)
{
	if (found == 0)
		return err_set(err, ERR_NOT_FOUND,
			       "The requested resource could not be found.");
	return found < 0 ? -1 : 0;
}

#endif
