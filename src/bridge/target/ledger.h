/*
 * bridge/target/ledger.h - rows of a campaign's ledger for members of the
 * audience
 *
 * A campaign to a group has its ledger from the push. One to a tag, a segment
 * or the whole audience has a row for each member that the audience told of:
 * everybody in the CRM who has the address, and for a member who is nobody in
 * the CRM one under a negative number, so that the figures add up. Who may not
 * be mailed is left out, with the reason. On the thread of the job.
 */
#ifndef BRIDGE_TARGET_LEDGER_H
#define BRIDGE_TARGET_LEDGER_H

#include "base/json.h"

struct err;
struct hash_set;
struct tx;
struct work;

/*
 * The members of a page of the API ({key: hash, "email_address"}) that have no
 * rows yet. Call it between figures_begin and figures_end of their hashes,
 * which stand in `hashes` as a JSON array. is_new: those who are nobody in the
 * CRM are looked up among the opt-outs that were kept.
 */
int ledger_add(struct tx *tx, struct work *w, int64_t campaign_id,
	       const json_t *page, const char *key, struct str hashes,
	       bool is_new, struct err *err);
/* Those that have rows, sealed; *out must be empty. */
int ledger_known(struct tx *tx, struct work *w, int64_t campaign_id,
		 struct str hashes, struct hash_set *out, struct err *err);
/* The hashes of a page as a JSON array. */
void ledger_hashes(const json_t *page, const char *key, struct strbuf *out);

#endif
