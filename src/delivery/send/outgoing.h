/*
 * delivery/send/outgoing.h - single mails: taken, sent, settled
 *
 * Rows of outgoing_message: tests, notices. They go without ledger, and beside
 * the window. Of the claiming thread.
 */
#ifndef DELIVERY_OUTGOING_H
#define DELIVERY_OUTGOING_H

#include <stdint.h>

struct db;
struct err;
struct handover;
struct keep_back;
struct shipment_bin;

struct outgoing {
	struct handover *handover;
	const struct keep_back *keep_back;
	struct shipment_bin *ended; /* where those with an outcome lie */
	int64_t retry_first_ms;
};

/* Those that are due, some at once. db: audience. */
int outgoing_send_due(const struct outgoing *o, struct db *db, int64_t now_ms,
		      struct err *err);
/* Writes what became of them. */
int outgoing_settle(const struct outgoing *o, struct db *db, int64_t now_ms,
		    struct err *err);

#endif
