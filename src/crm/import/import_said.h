/*
 * crm/import/import_said.h - who says of new records of a batch that they are
 * out, beside the import itself
 *
 * Private to crm/import*.c. New ones who share an address with somebody opted
 * out are opted out too, and so are those who come to a company that is, and
 * whose address was kept (crm/consent/opt_out_witness.h). All is looked up
 * before the batch of statements, in which none may wait.
 */
#ifndef CRM_IMPORT_SAID_H
#define CRM_IMPORT_SAID_H

#include "crm/import/import_batch.h"

struct consent;
struct import_agreement;

struct import_word {
	const char *hash;   /* of an address; NULL: of a company */
	int64_t company_id; /* 0: of an address */
	int64_t import_id;  /* who says so; 0: what no undo takes back */
};
struct import_said VEC_FIELDS(struct import_word);
#define import_said_release(said) vec_release(said)

/* Also marks those whom the audience was told to forget, and those of whom it
 * can show that they agreed, see struct import_elsewhere. Companies are locked:
 * none opts out meanwhile. Strings live in the batch's arena. */
int import_said_find(struct import_said *said, const struct import_batch *b,
		     struct import_row *const *fresh, size_t n, struct tx *tx,
		     struct err *err);

/* Its witnesses, appended; returns why, or NULL if there are none. */
const char *import_said_of(const struct import_said *said,
			   const struct import_row *row, struct ids *out);

/* What the history of such a one begins with; 1. */
int import_said_agreed(const struct import_agreement *a, struct consent *c);

#endif
