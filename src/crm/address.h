/*
 * crm/address.h - the e-mail addresses of people and leads
 *
 * The only place of addresses on this side (table `email`). A row is never
 * given another address: a change ends it and makes a new one, because ledgers
 * and pushes hold its id.
 *
 * The marketing address of a record is, in this order: the one flagged by a
 * user, the primary one, the newest that is not held, the newest. If that one
 * is held, pushes leave the person out with that reason, rather than writing to
 * an address that nobody chose.
 *
 * A hold belongs to an address, not to a person: a new address is not held.
 */
#ifndef CRM_ADDRESS_H
#define CRM_ADDRESS_H

#include "base/vec.h"
#include "crm/actor.h"
#include "crm/entity.h"
#include "store/db.h"

/* Stored in the database: append only, never renumber. */
enum address_held {
	HELD_NO = 0,
	HELD_HARD_BOUNCE = 1,
	HELD_SOFT_BOUNCES = 2,
	HELD_BY_HAND = 3,
};
/* In what addresses_put is given: as it was. Never stored. */
#define HELD_AS_BEFORE ((enum address_held)99)

struct address {
	int64_t id;
	enum entity entity;
	int64_t record_id;
	const char *address; /* as written */
	const char *folded;  /* by email_parse */
	const char *hash;    /* md5 of folded; of a forgotten one: keyed */
	const char *type;    /* work, home, other; NULL: work */
	bool is_primary;
	bool is_marketing;
	enum address_held held;
	const char *held_detail;
	int64_t held_ms, created_ms;
	int64_t ended_ms; /* 0: live */
	/* Held besides by a malformed row: see crm/consent/unclear_opt_out.h.
	 */
	bool is_unclear;
};

/* "hard_bounce", "soft_bounces", "by_hand", "unclear_opt_out"; NULL: it is not
 * held. */
const char *address_held_name(const struct address *a);

struct addresses VEC_FIELDS(struct address);

/* Live addresses of records of one kind, by record, oldest first; appended,
 * strings live in arena. Locked in a transaction that writes. */
int addresses_load(struct db *db, enum entity entity, const struct ids *ids,
		   struct arena *arena, struct addresses *out, struct err *err);

/* Those of some records of a kind who share an address with another record,
 * ascending; appended. */
int addresses_find_shared(struct db *db, enum entity entity,
			  const struct ids *ids, struct ids *out,
			  struct err *err);

/* The rule above: id of one of n live addresses of a record; 0: none. */
int64_t address_choose(const struct address *addresses, size_t n);

/* Ids of the records that have the address now, ascending; appended. */
int address_find_records(struct db *db, enum entity entity, const char *hash,
			 struct ids *out, struct err *err);

/*
 * Whoever changes addresses, or says something of all who share one, begins
 * with this, before any record is locked: until the end of tx it is their turn.
 * New addresses take their ids one after the other in any case, and who waited
 * for that with people locked was waited for by who had it, until the database
 * ended one of the two (docs/decisions/0079).
 */
int addresses_turn(struct tx *tx, struct err *err);

/*
 * The wanted addresses of a record (address, type, is_primary, is_marketing
 * are read, and held: HELD_NO, HELD_BY_HAND or HELD_AS_BEFORE) in place of
 * those it has: those that stay keep id and bounces, others end. If the
 * marketing address changed, the record's email_id follows and the bridge is
 * told (job bridge-person). An opt-out of other people with a new address is
 * carried over. ERR_INVALID with field `emails`: not an address, twice the
 * same, two primary or marketing ones, forgotten.
 */
int addresses_put(struct tx *tx, enum entity entity, int64_t record_id,
		  const struct address *wanted, size_t n,
		  const struct actor *actor, struct arena *arena,
		  struct err *err);

/*
 * Hold (or with HELD_NO release) an address wherever it is live, and choose
 * the marketing addresses of those records anew. Returns how many rows
 * changed, or -1.
 */
int address_hold(struct tx *tx, const char *hash, enum address_held held,
		 const char *detail, const struct actor *actor,
		 struct arena *arena, struct err *err);

/* Release it if it is held for bounces, which were nobody's fault of those who
 * have it. Returns how many rows changed. */
int address_release_bounced(struct tx *tx, const char *hash,
			    const struct actor *actor, struct arena *arena,
			    struct err *err);

/* Set email_id of a record by the rule and tell the bridge if it changed. */
int address_choose_again(struct tx *tx, enum entity entity, int64_t record_id,
			 const struct actor *actor, struct arena *arena,
			 struct err *err);

/* --- many at once --- */

/* The first of n new ids, which follow each other. */
int address_ids_take(struct tx *tx, int64_t n, int64_t *first_out,
		     struct err *err);
/* Inserts the row as it is; the caller sets email_id of the record. */
int address_batch_add(struct batch *b, const struct address *a,
		      struct err *err);

/* --- forgotten ones (see crm/consent/erase.h) --- */

/*
 * An erased address leaves this hash behind: HMAC-SHA256 under a key of the
 * database, so that nobody can find out by trying addresses elsewhere.
 */
struct forgotten {
	bool any; /* false: nobody was ever erased; hash is meaningless */
	unsigned char key[32];
};
#define FORGOTTEN_HASH 64 /* digits */
int forgotten_load(struct db *db, struct forgotten *out, struct err *err);
/* Makes the key if there is none yet. */
int forgotten_make(struct tx *tx, struct forgotten *out, struct err *err);
void forgotten_hash(const struct forgotten *f, const char *folded,
		    char out[FORGOTTEN_HASH + 1]);
/* Is there an erased address with that hash? 1, 0, -1. In bulk:
 * `SELECT hash FROM email WHERE hash IN JSON_TEXTS(?)`. */
int forgotten_find(struct db *db, const struct forgotten *f, const char *folded,
		   struct err *err);
/* ERR_INVALID on the field, if it is erased. */
int forgotten_refuse(struct db *db, const char *folded, const char *field,
		     struct err *err);

#endif
