/*
 * delivery/barred.h - addresses that no relay gets, whoever made the campaign
 *
 * Those of the demo's people: only the mail catcher takes mails to them. Who
 * they are is known elsewhere; app/ wires the question. See send/keep_back.h.
 */
#ifndef DELIVERY_BARRED_H
#define DELIVERY_BARRED_H

#include <stdbool.h>
#include <stddef.h>

struct err;

#define BARRED_REASON "demo" /* in the ledger */

struct barred {
	/* Sets out[i] of those that are. 0, or -1. NULL: nobody is. Any
	 * thread. */
	int (*find)(void *context, const char *const *addresses, size_t n,
		    bool *out, struct err *err);
	void *context;
};

/* out: n of them, all set. */
int barred_find(const struct barred *b, const char *const *addresses, size_t n,
		bool *out, struct err *err);
/* ERR_INVALID on the field `to`, if one of them is. */
int barred_refuse(const struct barred *b, const char *const *addresses,
		  size_t n, struct err *err);

#endif
