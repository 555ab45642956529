/*
 * Who is meant by a word of no that the audience tells: see word_heard; and of
 * one that is taken back.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "crm/consent/kept_opt_out.h"

#include "sql/bridge.h"

#include <string.h>

static int find_recipients(struct tx *tx, int64_t campaign_id, const char *hash,
			   struct ids *out, struct err *err)
{
	if (campaign_id == 0)
		return 0;
	return db_list_ids(tx->db, SQL_WORD_RECIPIENTS,
			   SQL_ARGS(sql_int(campaign_id), sql_text(hash)), out,
			   err);
}

struct meant meant_by(const json_t *member, const char *hash)
{
	return (struct meant){
		.hash = hash,
		.address = json_string_value(
			json_object_get(member, "email_address")),
	};
}

/* The address, if it is that of the hash: a member may have another by now. */
static bool is_known(const struct meant *who, struct arena *arena,
		     struct email *out)
{
	struct err unseen = ERR_INIT;

	return who->address &&
	       email_parse(who->address, arena, out, &unseen) == 0 &&
	       strcmp(out->hash, who->hash) == 0;
}

int word_kept(struct tx *tx, const struct meant *who, const struct consent *c,
	      const struct actor *actor, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct email email;

	if (!is_known(who, arena, &email))
		return 0;
	return kept_opt_out_of_nobody(tx, &email, c, 0, actor, err) < 0 ? -1
									: 0;
}

int word_heard(struct tx *tx, const struct meant *who, const struct consent *c,
	       const struct actor *actor, struct err *err)
{
	CLEANUP(vec_release) struct ids people = VEC_INIT;
	int count = consent_add_by_address(tx, who->hash, c, actor, err);

	if (count < 0 ||
	    find_recipients(tx, c->campaign_id, who->hash, &people, err) < 0 ||
	    (people.n == 0 && word_kept(tx, who, c, actor, err) < 0))
		return -1;
	vec_each (&people, id) {
		struct consent one = *c;
		int added;

		one.entity = ENTITY_PERSON;
		one.record_id = *id;
		added = consent_add(tx, &one, actor, err);
		if (added < 0)
			return -1;
		count += added;
	}
	return count;
}

int word_taken_back(struct tx *tx, const struct meant *who, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct email email;

	return is_known(who, arena, &email)
		       ? kept_opt_out_came_back(tx, email.folded, err)
		       : 0;
}

/* What was heard last may have been the no. */
static int note_back(struct tx *tx, struct work *w, const char *hash,
		     struct err *err)
{
	if (mirror_put(tx, hash, MIRROR_SUBSCRIBED, NULL, NULL, w->actor.now_ms,
		       err) < 0)
		return -1;
	return journal(tx, w, "resubscribe", 0, NULL, err);
}

static const char *const resubscribed[] = { "resubscribe", NULL };

int member_resubscribed(struct work *w, const char *hash, int64_t after_ms,
			struct err *err)
{
	int64_t at_ms = 0;
	int did = member_did(w, hash, resubscribed, &at_ms, err);

	/* the audience tells seconds */
	return did <= 0 ? did : at_ms + 999 >= after_ms;
}

int member_took_back(struct work *w, const char *hash, const char *ip,
		     struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = w->actor;
	int64_t at_ms = 0;
	int n = consent_may_be_taken_back(w->db, hash, err);

	if (n > 0)
		n = member_did(w, hash, resubscribed, &at_ms, err);
	if (n <= 0 || at_ms == 0)
		return n < 0 ? -1 : 0;
	if (ip && *ip)
		actor.ip = ip;
	if (tx_begin(w->db, &tx, err) < 0)
		return -1;
	/* to the end of the second that is told */
	n = consent_take_back(&tx, hash, at_ms + 999, &actor, err);
	if (n < 0 || (n > 0 && note_back(&tx, w, hash, err) < 0) ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return n;
}
