/*
 * Items of sent-to that are nobody's any more: the message went to somebody
 * who was erased before this was read, whom the audience may know no more
 * either. Their rows wait under a hash that nobody else makes (crm/consent);
 * so many of them as there are such items got it. Which of them it was is not
 * known, and not asked: only the numbers are left of them all.
 */
#include "bridge/hash_set.h"
#include "bridge/pull_private.h"
#include "bridge/target/ledger.h"

#include "base/arena.h"
#include "base/err.h"

#include "sql/pull.h"

static const char *hash_of(const json_t *item)
{
	const char *hash = json_string_value(json_object_get(item, "email_id"));

	return hash ? hash : "";
}

/* Indexes of the items without a row. */
static int find_strangers(struct pull *p, struct tx *tx, const json_t *page,
			  struct ids *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf hashes = STRBUF_INIT;
	CLEANUP(hash_set_release) struct hash_set known = HASH_SET_INIT;
	const json_t *item;
	size_t i;

	ledger_hashes(page, "email_id", &hashes);
	if (ledger_known(tx, p->w, p->c.id, strbuf_str(&hashes), &known, err) <
	    0)
		return -1;
	json_array_foreach (page, i, item)
		if (!hash_set_see(&known, hash_of(item)))
			vec_push(out, (int64_t)i);
	return 0;
}

int name_erased(struct pull *p, struct tx *tx, const json_t *page,
		json_t **named, struct err *err)
{
	CLEANUP(vec_release) struct ids strangers = VEC_INIT;
	CLEANUP(vec_release) struct texts waiting = VEC_INIT;

	if (find_strangers(p, tx, page, &strangers, err) < 0)
		return -1;
	if (strangers.n == 0)
		return 0;
	if (db_list_texts(
		    tx->db, SQL_PULL_ERASED_WAITING,
		    SQL_ARGS(sql_int(p->c.id), sql_int((int64_t)strangers.n)),
		    p->arena, &waiting, err) < 0)
		return -1;
	if (waiting.n == 0)
		return 0;
	*named = json_deep_copy(page);
	BUG_ON(!*named);
	for (size_t i = 0; i < waiting.n; i++)
		json_object_set_new(
			json_array_get(*named, (size_t)strangers.v[i]),
			"email_id", json_string(waiting.v[i]));
	return 0;
}
