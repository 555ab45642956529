/*
 * Who is meant by a word of no that the audience tells: see word_heard.
 */
#include "bridge/bridge_private.h"

#include "base/err.h"
#include "crm/consent/consent.h"

#include "sql/bridge.h"

static int find_recipients(struct tx *tx, int64_t campaign_id, const char *hash,
			   struct ids *out, struct err *err)
{
	if (campaign_id == 0)
		return 0;
	return db_list_ids(tx->db, SQL_WORD_RECIPIENTS,
			   SQL_ARGS(sql_int(campaign_id), sql_text(hash)), out,
			   err);
}

int word_heard(struct tx *tx, const char *hash, const struct consent *c,
	       const struct actor *actor, struct err *err)
{
	CLEANUP(vec_release) struct ids people = VEC_INIT;
	int count = consent_add_by_address(tx, hash, c, actor, err);

	if (count < 0 ||
	    find_recipients(tx, c->campaign_id, hash, &people, err) < 0)
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
