/*
 * bridge/push/push_item.h - the rows of a push at hand: loaded, held against
 * the present, and stored when they are done
 *
 * Private to push.c, push_call.c and push_item.c; one thread, that of the
 * push's job.
 */
#ifndef BRIDGE_PUSH_ITEM_H
#define BRIDGE_PUSH_ITEM_H

#include "base/crypto.h"
#include "base/email.h"
#include "bridge/bridge_private.h"

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
	const char *language;         /* NULL: not written */
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
	bool shared;   /* it is that of several */
	bool put_away; /* a member that the bridge archived */
	enum mirror_status status;
	const char *known_language; /* of its member; NULL: not known */
};
struct items VEC_FIELDS(struct item);

/* What the batches of a push share. */
struct pushing {
	struct field_map map;
	struct ahead *ahead; /* NULL: nothing is sent ahead */
	int64_t done;
	int refused_alone; /* items that a whole call was refused for */
	int passed;        /* calls that were not */
};

/* A batch: noted, and stored, with one sync of the disk. Elsewhere one call. */
#define ITEMS_INSIDE 2000
#define CALLS_MOST (ITEMS_INSIDE / MEMBERS_A_CALL)

/* One batch of rows: while its calls are on their way, another one is prepared
 * or stored. */
struct pusher {
	struct work *w;
	struct push *push;
	struct pushing *all;
	struct arena *arena; /* of the batch at hand */
	struct items items;
	struct item **by_hash; /* those of items that have one, in order */
	size_t by_hash_n;
	struct records records;
	enum push_action action;             /* of the batch at hand */
	bool is_ready;                       /* prepared, not yet stored */
	const struct item *sent[CALLS_MOST]; /* ahead: where each begins */
	size_t sent_n, answered;
};

/*
 * The rows behind the person `after` that are to be done so, of one call
 * (inside: of a few), into p->items; none: there are none. What p->arena held
 * is gone.
 */
int items_load(struct pusher *p, enum push_action action, int64_t after,
	       struct err *err);
/* NULL: none of p->items is of that member. */
struct item *items_find(struct pusher *p, const char *hash);
/* Their people, into p->records; who is gone is refused. */
int items_load_records(struct pusher *p, struct err *err);
/* Rows that the present has overtaken are refused, or are another action's. */
void items_check_present(struct pusher *p);
/* Whoever is left to be written, as far as it is known. */
static inline bool item_is_to_write(const struct item *it)
{
	return it->outcome == PUSH_APPLIED && it->address;
}
/* push_call.c. The calls that write p->items begin, in the order of the items;
 * there must be p->all->ahead. */
void items_send_ahead(struct pusher *p);
/* Those calls, or their answers if they were sent ahead. */
int items_write(struct pusher *p, struct err *err);
/* Whoever was not given the tag by them gets it, or loses it. */
int items_tag(struct pusher *p, struct err *err);
/* What became of p->items, in one transaction; who changed meanwhile gets a
 * job.
 */
int items_store(struct pusher *p, struct err *err);

/* A row about its member, of a query whose rows are of different keys: apart
 * from another of it. */
int item_insert(struct batch *b, const struct sql *sql, const struct item *it,
		struct sql_args args, struct err *err);

/* detail: the audience's words, which must live as long as p->arena; NULL. */
void item_refuse(struct item *it, enum left_out reason, const char *detail);
/* It is left to be done in another way. */
void item_again(struct item *it, enum push_action action);

#endif
