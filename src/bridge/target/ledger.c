#include "bridge/target/ledger.h"

#include "base/arena.h"
#include "base/email.h"
#include "base/err.h"
#include "bridge/bridge_private.h"
#include "bridge/hash_set.h"
#include "crm/consent/kept_opt_out.h"

#include "sql/campaign_target.h"

void ledger_hashes(const json_t *page, const char *key, struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);
	json_t *item;
	size_t i;

	json_begin_array(&w);
	json_array_foreach (page, i, item)
		json_text(&w, json_string_value(json_object_get(item, key)));
	json_end_array(&w);
}

int ledger_known(struct tx *tx, struct work *w, int64_t campaign_id,
		 struct str hashes, struct hash_set *out, struct err *err)
{
	CLEANUP(vec_release) struct texts known = VEC_INIT;

	if (db_list_texts(tx->db, SQL_LEDGER_KNOWN,
			  SQL_ARGS(sql_int(campaign_id), sql_str(hashes)),
			  w->arena, &known, err) < 0)
		return -1;
	vec_each (&known, hash)
		(void)hash_set_add(out, *hash);
	hash_set_seal(out);
	return 0;
}

/* Somebody who had the address opted out, and is gone. 1, 0, -1. */
static int is_kept_out(struct tx *tx, struct work *w, const json_t *item,
		       struct err *err)
{
	const char *address =
		json_string_value(json_object_get(item, "email_address"));
	struct err ignored = ERR_INIT;
	struct kept_opt_out kept;
	struct email email;

	if (!address || email_parse(address, w->arena, &email, &ignored) < 0)
		return 0;
	return kept_opt_out_find(tx->db, email.folded, w->arena, &kept, err);
}

static int add_unknown(struct tx *tx, struct work *w, int64_t campaign_id,
		       int64_t number, const char *hash, int out,
		       struct err *err)
{
	return db_exec(tx, SQL_LEDGER_ADD_UNKNOWN,
		       SQL_ARGS(sql_int(campaign_id), sql_int(number),
				sql_text(hash), sql_int(out), sql_text(hash),
				sql_text(hash), sql_int(out), sql_text(hash),
				sql_text(hash), sql_int(w->actor.now_ms)),
		       err) < 0
		       ? -1
		       : 0;
}

/* Each is looked up by itself. */
static int add_new(struct tx *tx, struct work *w, int64_t campaign_id,
		   const json_t *item, int64_t number, const char *hash,
		   struct err *err)
{
	int out = is_kept_out(tx, w, item, err);

	return out < 0 ? -1
		       : add_unknown(tx, w, campaign_id, number, hash, out,
				     err);
}

static int add_strangers(struct tx *tx, struct work *w, int64_t campaign_id,
			 const json_t *page, const char *key,
			 struct hash_set *known, bool is_new, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf hashes = STRBUF_INIT;
	struct json_writer strangers = JSON_WRITER(&hashes);
	int64_t lowest = 0, n = 0;
	json_t *item;
	size_t i;

	if (db_find_int(tx->db, SQL_LEDGER_LOWEST,
			SQL_ARGS(sql_int(campaign_id)), &lowest, err) < 0)
		return -1;
	lowest = lowest < 0 ? lowest : 0;
	json_begin_array(&strangers);
	json_array_foreach (page, i, item) {
		const char *hash =
			json_string_value(json_object_get(item, key));

		if (!hash || hash_set_see(known, hash))
			continue;
		n++;
		json_text(&strangers, hash);
		if (is_new && add_new(tx, w, campaign_id, item, lowest - n,
				      hash, err) < 0)
			return -1;
	}
	json_end_array(&strangers);
	if (is_new || n == 0)
		return 0;
	return db_exec(tx, SQL_LEDGER_ADD_UNKNOWNS,
		       SQL_ARGS(sql_int(campaign_id), sql_int(lowest),
				sql_int(w->actor.now_ms),
				sql_str(strbuf_str(&hashes))),
		       err) < 0
		       ? -1
		       : 0;
}

int ledger_add(struct tx *tx, struct work *w, int64_t campaign_id,
	       const json_t *page, const char *key, struct str hashes,
	       bool is_new, struct err *err)
{
	CLEANUP(hash_set_release) struct hash_set known = HASH_SET_INIT;

	if (db_exec(tx, SQL_LEDGER_ADD_PEOPLE,
		    SQL_ARGS(sql_int(campaign_id), sql_int(w->actor.now_ms),
			     sql_str(hashes), sql_int(campaign_id)),
		    err) < 0 ||
	    ledger_known(tx, w, campaign_id, hashes, &known, err) < 0)
		return -1;
	return add_strangers(tx, w, campaign_id, page, key, &known, is_new,
			     err);
}
