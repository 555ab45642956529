/*
 * bridge/push_item.h - the rows of a push at hand: loaded, held against the
 * present, and stored when they are done
 *
 * Private to push.c and push_item.c; one thread, that of the push's job.
 */
#ifndef BRIDGE_PUSH_ITEM_H
#define BRIDGE_PUSH_ITEM_H

#include "base/crypto.h"
#include "base/email.h"
#include "bridge/bridge_private.h"
#include "store/insert.h"

/* One row at hand. */
struct item {
	int64_t person_id;
	int64_t email_id;
	const char *address; /* NULL: not known, only the hash is */
	const char *hash;
	const struct record *record;
	enum push_outcome outcome;
	enum left_out reason;
	const char *detail;
	char merge_hash[MD5_HEX + 1]; /* "": not written */
	const char *contact_id;       /* as the audience told it */
	int64_t version;              /* see member_version; 0: not told */
	enum push_action again;       /* outcome PUSH_INTENDED: to be done so */
	bool foreign;                 /* a member that was not added by us */
	uint64_t dropped;             /* values that did not fit */
	bool tagged;                  /* by the call that wrote it */
	bool retry;                   /* without what is dropped */

	/* The present, as items_load found it. */
	int64_t now_email_id;
	bool opted_out, held, demo;
	bool others;   /* have the address too, or had it */
	bool repeated; /* another item at hand is of the same address */
	bool reached;  /* it is somebody's marketing address */
	bool put_away; /* a member that the bridge archived */
	enum mirror_status status;
};
struct items VEC_FIELDS(struct item);

struct pusher {
	struct work *w;
	struct push *push;
	struct field_map map;
	struct arena *arena; /* of the call at hand */
	struct items items;
	struct item **by_hash; /* those of items that have one, in order */
	size_t by_hash_n;
	struct records records;
	enum push_action action; /* of the call at hand */
	int64_t done;
	int refused_alone; /* items that a whole call was refused for */
	int passed;        /* calls that were not */
};

/* The next rows that are to be done so, of one call (inside: of a few), into
 * p->items; none: all are done. What p->arena held is gone. */
int items_load(struct pusher *p, enum push_action action, struct err *err);
/* NULL: none of p->items is of that member. */
struct item *items_find(struct pusher *p, const char *hash);
/* Their people, into p->records; who is gone is refused. */
int items_load_records(struct pusher *p, struct err *err);
/* Rows that the present has overtaken are refused, or are another action's. */
void items_check_present(struct pusher *p);
/* What became of p->items, in one transaction; who changed meanwhile gets a
 * job.
 */
int items_store(struct pusher *p, struct err *err);

/* A row about its member into an INSERT that changes what is there: by itself
 * if there is another of it. */
int item_insert(struct insert *rows, const struct item *it,
		struct sql_args args, struct err *err);

/* detail: the audience's words, which must live as long as p->arena; NULL. */
void item_refuse(struct item *it, enum left_out reason, const char *detail);
/* It is left to be done in another way. */
void item_again(struct item *it, enum push_action action);

#endif
