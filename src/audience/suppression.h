/*
 * audience/suppression.h - whom we must not mail, and why
 *
 * Three things stand in the way of a mail: the member's own status, the
 * organisation-wide suppressions (complaints, erasures, addresses entered by
 * hand; for all audiences), and forgotten addresses (permanently deleted from
 * one audience). The last two hold no addresses, only keyed hashes: HMAC of
 * the folded address with a key of this database.
 *
 * An address is left if its member said no by itself and has another address
 * since: the no went along, and stays with the address as well. Whoever gets it
 * in that audience has said no. Left addresses are kept among the forgotten
 * ones, under the hash of another text, so that the suppression journal has
 * them like those.
 */
#ifndef AUDIENCE_SUPPRESSION_H
#define AUDIENCE_SUPPRESSION_H

#include "base/crypto.h"

#include <stdint.h>

struct arena;
struct db;
struct err;
struct tx;

#define KEYED_HASH_HEX SHA256_HEX

/* The key of this database; made by list_ensure_master, or on first use. */
struct suppression_key {
	unsigned char key[SHA256_BYTES];
};
int suppression_key_load(struct db *db, struct suppression_key *out,
			 struct err *err); /* 1, 0: not made yet, -1 */
/* Made if there is none yet; of two who make it at once one wins: 0, -1. */
int suppression_key_ensure(struct tx *tx, struct suppression_key *out,
			   struct err *err);
void suppression_hash(const struct suppression_key *key, const char *folded,
		      char out[KEYED_HASH_HEX + 1]);

/* reason: "complaint", "erasure", "manual". Twice keeps the first: 1 added, 0
 * it was there, -1. */
int suppression_add(struct tx *tx, const char *folded, const char *reason,
		    int64_t now_ms, struct err *err);

/* Why it is suppressed, in arena: 1, 0 (it is not), -1. */
int suppression_reason(struct db *db, const char *folded, struct arena *arena,
		       const char **out, struct err *err);
/* The contact itself wants mail again: complaint and erasure are lifted, what
 * was entered by hand stays. */
int suppression_lift(struct tx *tx, const char *folded, struct err *err);

/* The address is left, in that list. Twice is once. */
int left_add(struct tx *tx, int64_t list_id, const char *folded, int64_t now_ms,
	     struct err *err);

/*
 * Of n folded addresses: out[i] is true if it is suppressed (everywhere), or
 * forgotten, or left (in that list). One statement for all; after a failure
 * nothing is known of out.
 */
int suppression_check(struct db *db, const char *const *folded, size_t n,
		      bool *out, struct err *err);
int forgotten_check(struct db *db, int64_t list_id, const char *const *folded,
		    size_t n, bool *out, struct err *err);
int left_check(struct db *db, int64_t list_id, const char *const *folded,
	       size_t n, bool *out, struct err *err);

/*
 * The check right before sending. For each member id: out[i] is NULL if it may
 * be mailed now, or one of rule 12's reasons: "unsubscribed", "cleaned",
 * "forgotten" (also: no such member), "suppressed". Pending, transactional and
 * archived members count as unsubscribed. One statement for all n, or four if
 * anybody is suppressed.
 */
int consent_check(struct db *db, const int64_t *member_ids, size_t n,
		  const char **out, struct err *err);
/* The same of mails that were made for these addresses. A member that has
 * another one by now: "moved", which is no reason of rule 12; it may get the
 * mail there. */
int consent_check_at(struct db *db, const int64_t *member_ids,
		     const char *const *addresses, size_t n, const char **out,
		     struct err *err);

#endif
