/*
 * delivery/send/keep_back.h - whom the relay in force must not get
 *
 * Those that are barred (delivery/barred.h), while mails leave. Of the claiming
 * thread: whenever the relay is exchanged, all that was claimed goes back, and
 * is asked about anew.
 */
#ifndef DELIVERY_KEEP_BACK_H
#define DELIVERY_KEEP_BACK_H

#include "delivery/barred.h"

#include <stdint.h>

struct claims;
struct db;
struct relays;

struct keep_back {
	struct barred barred;
	const struct relays *relays;
	const char *owner; /* of claims */
};

/* Of those that were claimed they are left out, and taken out of the list. On
 * failure all are given back. db: audience. */
int keep_back_claims(const struct keep_back *k, struct db *db,
		     int64_t campaign_id, struct claims *claims,
		     struct err *err);
/* 1: no mail to this address; 0; -1. */
int keep_back_single(const struct keep_back *k, const char *address,
		     struct err *err);

#endif
