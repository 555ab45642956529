/*
 * crm/consent/kept_opt_out.h - opt-outs that outlive the record that had the
 * address
 *
 * When an address leaves somebody who is opted out (the record is deleted, or
 * the address replaced), when they opt out after it left, or a refused row of an import, or the audience, opts out an address that nobody
 * has, it is kept: a
 * keyed hash of the address (see forgotten_hash), its kind, source and date,
 * and which import says so, each for itself (crm/consent/opt_out_witness.h).
 * Whoever brings the address back is opted out with a consent row `carried`,
 * for as long as the hash stands. It goes when somebody with the address opts
 * in: by the person's own act, or a user's with a ground; what an import alone
 * says, when that is taken back; and what the audience says, when they
 * subscribe there again by themselves.
 *
 * `Forgotten` is another outcome: an erased address is refused.
 */
#ifndef CRM_KEPT_OPT_OUT_H
#define CRM_KEPT_OPT_OUT_H

#include "crm/address.h"
#include "crm/consent/consent.h"

struct email;

struct kept_opt_out {
	const char *kind;   /* "opted_out" */
	const char *source; /* consent_source_name */
	int64_t at_ms;
};

/* import_id: undoing it takes that back; 0: nothing does. */
int kept_opt_out_put(struct tx *tx, const char *folded, const char *source,
		     int64_t import_id, int64_t at_ms, struct err *err);
/* 1, 0 (*out untouched), -1. Strings live in arena. */
int kept_opt_out_find(struct db *db, const char *folded, struct arena *arena,
		      struct kept_opt_out *out, struct err *err);
/* The imports that say so, appended; 0 first. */
int kept_opt_out_witnesses(struct db *db, const char *folded, struct ids *out,
			   struct err *err);
/* What one of them says of an address is not so. */
int kept_opt_out_take_back(struct tx *tx, const char *folded, int64_t import_id,
			   struct err *err);
/*
 * Who says no now says it of addresses that they have left, too: of those that
 * these records had, and nobody has. import_id: as above.
 */
int kept_opt_outs_of_left(struct tx *tx, enum entity entity,
			  const struct ids *records, const char *source,
			  int64_t import_id, int64_t at_ms, struct err *err);
/* Those of the live addresses of a record. */
int kept_opt_outs_remove(struct tx *tx, enum entity entity, int64_t record_id,
			 struct err *err);

/* Keep what is said of an address, unless there is somebody for it (see
 * consent_is_of_somebody): 1, 0, -1. */
int kept_opt_out_of_nobody(struct tx *tx, const struct email *email,
			   const struct consent *c, int64_t import_id,
			   const struct actor *actor, struct err *err);
/* They subscribed in the audience again, by themselves: that they unsubscribed
 * there is over. */
int kept_opt_out_came_back(struct tx *tx, const char *folded, struct err *err);

/*
 * Opt out everybody who has the address (see consent_add_by_address); if nobody
 * has it, keep the opt-out. Returns an enum opt_out_effect, or -1.
 */
enum opt_out_effect {
	OPT_OUT_BEFORE, /* they were already */
	OPT_OUT_TAKEN,
	OPT_OUT_KEPT,
};
int kept_opt_out_by_address(struct tx *tx, const struct email *email,
			    const struct consent *c, int64_t import_id,
			    const struct actor *actor, struct err *err);

/* What the consent row of who brings the address back says. */
const char *kept_opt_out_reason(const char *source, int64_t at_ms,
				struct arena *arena);

#endif
