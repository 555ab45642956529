#include "crm/consent/kept_opt_out.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "sql/address.h"
#include "sql/kept_opt_out.h"

int kept_opt_out_put(struct tx *tx, const char *folded, const char *source,
		     int64_t import_id, int64_t at_ms, struct err *err)
{
	struct forgotten key;
	char hash[FORGOTTEN_HASH + 1];

	if (forgotten_make(tx, &key, err) < 0)
		return -1;
	forgotten_hash(&key, folded, hash);
	return db_exec(tx, SQL_KEPT_OPT_OUT_PUT,
		       SQL_ARGS(sql_text(hash), sql_text(source),
				sql_int(import_id), sql_int(at_ms)),
		       err);
}

static void read_kept(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct kept_opt_out *)out = (struct kept_opt_out){
		.kind = rows_dup(rows, 0, arena),
		.source = rows_dup(rows, 1, arena),
		.at_ms = rows_int(rows, 2),
	};
}

int kept_opt_out_find(struct db *db, const char *folded, struct arena *arena,
		      struct kept_opt_out *out, struct err *err)
{
	char hash[FORGOTTEN_HASH + 1];
	struct forgotten key;

	if (forgotten_load(db, &key, err) < 0)
		return -1;
	if (!key.any)
		return 0;
	forgotten_hash(&key, folded, hash);
	return db_get(db, SQL_KEPT_OPT_OUT_FIND, SQL_ARGS(sql_text(hash)),
		      read_kept, arena, out, err);
}

int kept_opt_out_witnesses(struct db *db, const char *folded, struct ids *out,
			   struct err *err)
{
	char hash[FORGOTTEN_HASH + 1];
	struct forgotten key;

	if (forgotten_load(db, &key, err) < 0)
		return -1;
	if (!key.any)
		return 0;
	forgotten_hash(&key, folded, hash);
	return db_list_ids(db, SQL_KEPT_OPT_OUT_WITNESSES,
			   SQL_ARGS(sql_text(hash)), out, err);
}

int kept_opt_out_take_back(struct tx *tx, const char *folded, int64_t import_id,
			   struct err *err)
{
	char hash[FORGOTTEN_HASH + 1];
	struct forgotten key;

	if (forgotten_load(tx->db, &key, err) < 0)
		return -1;
	if (!key.any)
		return 0;
	forgotten_hash(&key, folded, hash);
	return db_exec(tx, SQL_KEPT_OPT_OUT_REMOVE_ONE,
		       SQL_ARGS(sql_text(hash), sql_int(import_id)), err) < 0
		       ? -1
		       : 0;
}

static int remove_all(struct tx *tx, const struct forgotten *key,
		      const struct texts *addresses, struct err *err)
{
	char hash[FORGOTTEN_HASH + 1];

	vec_each (addresses, folded) {
		forgotten_hash(key, *folded, hash);
		if (db_exec(tx, SQL_KEPT_OPT_OUT_REMOVE,
			    SQL_ARGS(sql_text(hash)), err) < 0)
			return -1;
	}
	return 0;
}

int kept_opt_outs_of_left(struct tx *tx, enum entity entity,
			  const struct ids *records, const char *source,
			  int64_t import_id, int64_t at_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct texts addresses = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	if (db_list_texts(tx->db, SQL_KEPT_OPT_OUT_LEFT_ADDRESSES,
			  SQL_ARGS(sql_int(entity), sql_keys(records, &keys)),
			  arena, &addresses, err) < 0)
		return -1;
	vec_each (&addresses, folded)
		if (kept_opt_out_put(tx, *folded, source, import_id, at_ms,
				     err) < 0)
			return -1;
	return 0;
}

int kept_opt_outs_remove(struct tx *tx, enum entity entity, int64_t record_id,
			 struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct texts addresses = VEC_INIT;
	struct forgotten key;

	if (forgotten_load(tx->db, &key, err) < 0)
		return -1;
	if (!key.any)
		return 0;
	if (db_list_texts(tx->db, SQL_KEPT_OPT_OUT_ADDRESSES,
			  SQL_ARGS(sql_int(entity), sql_int(record_id)), arena,
			  &addresses, err) < 0)
		return -1;
	return remove_all(tx, &key, &addresses, err);
}

int kept_opt_out_of_nobody(struct tx *tx, const struct email *email,
			   const struct consent *c, int64_t import_id,
			   const struct actor *actor, struct err *err)
{
	int n = consent_is_of_somebody(tx->db, email->hash, c, actor, err);

	if (n != 0)
		return n < 0 ? -1 : 0;
	return kept_opt_out_put(tx, email->folded,
				consent_source_name(c->source), import_id,
				c->at_ms ? c->at_ms : actor->now_ms, err) < 0
		       ? -1
		       : 1;
}

int kept_opt_out_by_address(struct tx *tx, const struct email *email,
			    const struct consent *c, int64_t import_id,
			    const struct actor *actor, struct err *err)
{
	int n = consent_add_by_address(tx, email->hash, c, actor, err);

	if (n != 0)
		return n < 0 ? -1 : OPT_OUT_TAKEN;
	n = kept_opt_out_of_nobody(tx, email, c, import_id, actor, err);
	if (n < 0)
		return -1;
	return n ? OPT_OUT_KEPT : OPT_OUT_BEFORE;
}

int kept_opt_out_came_back(struct tx *tx, const char *folded, struct err *err)
{
	char hash[FORGOTTEN_HASH + 1];
	struct forgotten key;

	if (forgotten_load(tx->db, &key, err) < 0)
		return -1;
	if (!key.any)
		return 0;
	forgotten_hash(&key, folded, hash);
	return db_exec(tx, SQL_KEPT_OPT_OUT_REMOVE_TOLD,
		       SQL_ARGS(sql_text(hash)), err) < 0
		       ? -1
		       : 0;
}

const char *kept_opt_out_reason(const char *source, int64_t at_ms,
				struct arena *arena)
{
	struct civil day = time_to_civil(at_ms);

	return arena_printf(arena,
			    "the address opted out on %04d-%02d-%02d (%s), "
			    "which was kept when nobody had it",
			    day.year, day.month, day.day, source);
}
