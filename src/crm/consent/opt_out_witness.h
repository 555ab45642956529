/*
 * crm/consent/opt_out_witness.h - who says that a record wants no mail
 *
 * Several may say so, and one of them may be taken back: an import. So each is
 * kept for itself: imports by their ids, and all that no undo takes back (the
 * person, a user, the audience) as one, 0. `opted_out` of a record is that it
 * has a witness. What is said of somebody is said of all who share an address,
 * and of a company of its people: they get the same witness, also if they are
 * opted out already; so does who comes to the address or the company later,
 * and who has an address to which somebody comes who is out.
 * An address that leaves the record takes its witnesses along
 * (crm/consent/kept_opt_out.h).
 *
 * The history, with grounds and dates, is another thing: the table `consent`
 * (crm/consent/consent.h), which alone calls most of this.
 */
#ifndef CRM_OPT_OUT_WITNESS_H
#define CRM_OPT_OUT_WITNESS_H

#include "crm/entity.h"
#include "store/db.h"

/* 1, 0 (it was one already), -1. */
int opt_out_witness_add(struct tx *tx, enum entity entity, int64_t record_id,
			int64_t import_id, struct err *err);
int opt_out_witness_batch_add(struct batch *b, enum entity entity,
			      int64_t record_id, int64_t import_id,
			      struct err *err);

/* Of one record; of the others who have an address. Appended, 0 first. */
int opt_out_witness_list(struct db *db, enum entity entity, int64_t record_id,
			 struct ids *out, struct err *err);
int opt_out_witness_of_address(struct db *db, const char *hash,
			       enum entity entity, int64_t record_id,
			       struct ids *out, struct err *err);

/* Also of records that are opted out already, and of all whom it reaches from
 * there who are: no history is written. */
int opt_out_witness_again(struct tx *tx, enum entity entity,
			  const struct ids *ids, int64_t import_id,
			  struct err *err);

/* All of a record. */
int opt_out_witness_remove(struct tx *tx, enum entity entity, int64_t record_id,
			   struct err *err);
/* One of them: is another left? 1, 0, -1. */
int opt_out_witness_take_back(struct tx *tx, enum entity entity,
			      int64_t record_id, int64_t import_id,
			      struct err *err);

#endif
