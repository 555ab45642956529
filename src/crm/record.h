/*
 * crm/record.h - one company, person or lead
 *
 * The three kinds have most fields in common (see crm/field.h), so they share
 * one struct, and whoever lists, imports, exports or groups them is written
 * once. What only one kind has is empty in the others.
 *
 * Invariants, kept here and in crm/address.h and crm/consent/consent.h:
 * email_id is the marketing address by the rule, opted_out is what consent
 * says, name_folded is made from the names, and record_count counts the rows
 * that are not gone. A record that was erased or merged into another stays as
 * an empty row with erased_ms set, so that ledgers can point at it; it is
 * nowhere listed and cannot be changed.
 *
 * Records by the thousand: take ids with record_ids_take, fill structs,
 * record_fold, then record_batch_add and address_batch_add into one batch, and
 * record_count_add once before the commit.
 */
#ifndef CRM_RECORD_H
#define CRM_RECORD_H

#include "base/vec.h"
#include "crm/actor.h"
#include "crm/address.h"
#include "crm/consent/mail_status.h"
#include "crm/field.h"
#include "store/db.h"

struct strbuf;

struct record {
	enum entity entity;
	int64_t id;
	const char *text[TEXT_FIELDS]; /* NULL: empty */
	const char *name_folded;       /* by record_fold */
	const char *custom;            /* JSON object; NULL: none */
	int64_t company_id;            /* of a person; 0: none */
	int64_t email_id;              /* 0: no address */
	bool opted_out;
	bool owns_address;            /* of a person */
	int64_t converted_person_id;  /* of a lead */
	int64_t converted_company_id; /* of a lead */
	int64_t converted_ms;
	int64_t erased_ms;
	int64_t merged_into_id;
	int64_t import_id;
	int64_t created_ms, updated_ms;

	/* Not of the row: */
	const struct record *before; /* as it was read; NULL: it is new */
	const char *email;           /* the marketing address; NULL: none */
	/* A person's; by records_add_companies. NULL: none */
	const char *company;
	enum mail_status mail_status; /* by records_add_mail_status */
	/* Live addresses, filled by records_add_addresses; for writing: see
	 * record_add. */
	const struct address *emails;
	size_t emails_n;
	/* Names, filled by records_add_tags of crm/tag.h. */
	const char *const *tags;
	size_t tags_n;
};

struct records VEC_FIELDS(struct record);

/*
 * Records by id, in the order of ids; those that do not exist or are gone are
 * left out. emails and tags are not filled, before is. Appended to out, strings
 * live in arena. At most 10,000 at a time. In a transaction that writes, they
 * are locked until its end: nobody else changes them.
 */
int records_load(struct db *db, enum entity entity, const struct ids *ids,
		 struct arena *arena, struct records *out, struct err *err);
/* Fills emails of all, which are of one kind; companies have none. */
int records_add_addresses(struct db *db, struct records *records,
			  struct arena *arena, struct err *err);
/* Fills company of all: one query. */
int records_add_companies(struct db *db, struct records *records,
			  struct arena *arena, struct err *err);
/* One record with its addresses, loaded as above. find: 1, 0 (*out untouched),
 * -1; get: 0, or -1 with ERR_NOT_FOUND. */
int record_find(struct db *db, enum entity entity, int64_t id,
		struct arena *arena, struct record *out, struct err *err);
int record_get(struct db *db, enum entity entity, int64_t id,
	       struct arena *arena, struct record *out, struct err *err);
/* -1: ERR_NOT_FOUND, as record_get says it. */
int record_missing(enum entity entity, int64_t id, struct err *err);

/*
 * A new record with its addresses (r->emails: address, type, is_primary,
 * is_marketing are read). Sets r->id. A person with an address that opted out
 * is opted out too; a forgotten address is ERR_INVALID on `emails`.
 * ERR_INVALID: a record without name and address, an unknown company.
 * ERR_CONFLICT: another record has this external key.
 */
int record_add(struct tx *tx, struct record *r, const struct actor *actor,
	       struct arena *arena, struct err *err);
/*
 * Writes the fields of r that changed since it was read, by record_get in this
 * transaction. Addresses are left alone (see addresses_put), as are
 * opted_out and email_id. Tells the bridge if a name changed. ERR_INVALID,
 * ERR_CONFLICT: as above.
 */
int record_update(struct tx *tx, struct record *r, const struct actor *actor,
		  struct arena *arena, struct err *err);
/* The same of many at once, whose names and companies are as they were. */
int records_update(struct tx *tx, struct records *records,
		   const struct actor *actor, struct arena *arena,
		   struct err *err);
/*
 * Deletes the record and what hangs on it. A person in a campaign's ledger
 * stays as an empty row. Companies: their people lose the company. Of somebody
 * opted out, crm/consent/kept_opt_out.h keeps what it must. ERR_NOT_FOUND.
 */
int record_remove(struct tx *tx, enum entity entity, int64_t id,
		  const struct actor *actor, struct arena *arena,
		  struct err *err);

/* --- many at once --- */

/* The first of n new ids, which follow each other. */
int record_ids_take(struct tx *tx, enum entity entity, int64_t n,
		    int64_t *first_out, struct err *err);
/* The name by which records are sorted, "last first", appended. */
void record_name(const struct record *r, struct strbuf *out);
/* Fills name_folded from the names, in the arena. */
void record_fold(struct record *r, struct arena *arena);
/* Inserts the row; all members count (id, email_id, created_ms ...). That a
 * key is taken (ERR_CONFLICT) may show at batch_end only. */
int record_batch_add(struct batch *b, const struct record *r, struct err *err);
/* The columns that changed since it was read in this transaction, but for
 * opted_out, email_id, import_id, created_ms. */
int record_batch_update(struct batch *b, const struct record *r,
			struct err *err);

/* How many records there are that are not gone: one look at one row. Returns 1,
 * or -1. */
int record_count(struct db *db, enum entity entity, int64_t *out,
		 struct err *err);
/* To be called once by every transaction that adds or removes rows, late: it
 * locks the counter until the commit. */
int record_count_add(struct tx *tx, enum entity entity, int64_t delta,
		     struct err *err);

#endif
