#include "audience/suppression.h"

#include "audience/member.h"
#include "audience/text_ids.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "sql/blocked.h"
#include "sql/suppression.h"
#include "store/store.h"

#include <string.h>

#define KEY_SETTING "suppression.key"

int suppression_key_load(struct db *db, struct suppression_key *out,
			 struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *hex = NULL;
	int found = setting_find(db, KEY_SETTING, arena, &hex, err);

	if (found <= 0)
		return found;
	if (strlen(hex) != 2 * sizeof(out->key) ||
	    !hex_decode(str_of(hex), out->key))
		return err_set(err, ERR_BUG, "the key of suppressions is bad");
	return 1;
}

int suppression_key_ensure(struct tx *tx, struct suppression_key *out,
			   struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	char hex[2 * SHA256_BYTES + 1];
	const char *kept;

	random_hex(hex, 2 * SHA256_BYTES);
	if (setting_ensure(tx, KEY_SETTING, hex, arena, &kept, err) < 0)
		return -1;
	return suppression_key_load(tx->db, out, err) < 0 ? -1 : 0;
}

void suppression_hash(const struct suppression_key *key, const char *folded,
		      char out[KEYED_HASH_HEX + 1])
{
	unsigned char mac[SHA256_BYTES];

	hmac_sha256((struct str){ (const char *)key->key, sizeof(key->key) },
		    str_of(folded), mac);
	hex_encode(mac, sizeof(mac), out);
}

int suppression_add(struct tx *tx, const char *folded, const char *reason,
		    int64_t now_ms, struct err *err)
{
	char hash[KEYED_HASH_HEX + 1];
	struct suppression_key key;

	if (suppression_key_ensure(tx, &key, err) < 0)
		return -1;
	suppression_hash(&key, folded, hash);
	/* of an erased address nothing but the hash stays */
	if (strcmp(reason, "erasure") == 0 &&
	    db_exec(tx, SQL_BLOCKED_REMOVE, SQL_ARGS(sql_text(hash)), err) < 0)
		return -1;
	return db_exec(
		tx, SQL_SUPPRESSION_ADD,
		SQL_ARGS(sql_text(hash), sql_text(reason), sql_int(now_ms)),
		err);
}

int suppression_reason(struct db *db, const char *folded, struct arena *arena,
		       const char **out, struct err *err)
{
	char hash[KEYED_HASH_HEX + 1];
	struct suppression_key key;
	int known = suppression_key_load(db, &key, err);

	if (known <= 0)
		return known;
	suppression_hash(&key, folded, hash);
	return db_find_text(db, SQL_SUPPRESSION_REASON,
			    SQL_ARGS(sql_text(hash)), arena, out, err);
}

int suppression_lift(struct tx *tx, const char *folded, struct err *err)
{
	char hash[KEYED_HASH_HEX + 1];
	struct suppression_key key;

	if (suppression_key_ensure(tx, &key, err) < 0)
		return -1;
	suppression_hash(&key, folded, hash);
	return db_exec(tx, SQL_SUPPRESSION_LIFT, SQL_ARGS(sql_text(hash)),
		       err) < 0
		       ? -1
		       : 0;
}

/* The keyed hash of a left address is that of a text that is no address. */
static void left_hash(const struct suppression_key *key, const char *folded,
		      char out[KEYED_HASH_HEX + 1])
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "left %s", folded);
	suppression_hash(key, text.buf, out);
}

int left_add(struct tx *tx, int64_t list_id, const char *folded, int64_t now_ms,
	     struct err *err)
{
	char hash[KEYED_HASH_HEX + 1];
	struct suppression_key key;

	if (suppression_key_ensure(tx, &key, err) < 0)
		return -1;
	left_hash(&key, folded, hash);
	return db_exec(tx, SQL_FORGOTTEN_ADD,
		       SQL_ARGS(sql_int(list_id), sql_text(hash),
				sql_int(now_ms)),
		       err) < 0
		       ? -1
		       : 0;
}

/* --- checks of many --- */

typedef void (*hash_fn)(const struct suppression_key *key, const char *folded,
			char out[KEYED_HASH_HEX + 1]);

/* list_id 0: suppressions; else forgotten, or left, ones of that list. */
static int load_among(struct db *db, int64_t list_id, struct sql_value hashes,
		      struct arena *arena, struct text_ids *out,
		      struct err *err)
{
	if (list_id)
		return text_ids_load(db, SQL_FORGOTTEN_AMONG,
				     SQL_ARGS(sql_int(list_id), hashes), arena,
				     out, err);
	return text_ids_load(db, SQL_SUPPRESSION_AMONG, SQL_ARGS(hashes), arena,
			     out, err);
}

/* Usually there is none at all: no need to hash a million addresses. */
static int is_any(struct db *db, int64_t list_id, struct err *err)
{
	int64_t one;

	if (list_id)
		return db_find_int(db, SQL_FORGOTTEN_ANY,
				   SQL_ARGS(sql_int(list_id)), &one, err);
	return db_find_int(db, SQL_SUPPRESSION_ANY, SQL_NO_ARGS, &one, err);
}

static int check_among(struct db *db, int64_t list_id, hash_fn hash_of,
		       const char *const *folded, size_t n, bool *out,
		       struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct text_ids hashes = VEC_INIT;
	CLEANUP(vec_release) struct text_ids found = VEC_INIT;
	struct suppression_key key;
	char hash[KEYED_HASH_HEX + 1];
	int any = is_any(db, list_id, err);

	memset(out, 0, n * sizeof(*out));
	if (any > 0)
		any = suppression_key_load(db, &key, err);
	if (any <= 0 || n == 0)
		return any < 0 ? -1 : 0;
	for (size_t i = 0; i < n; i++) {
		hash_of(&key, folded[i], hash);
		vec_push(&hashes, ((struct text_id){
					  .text = arena_strdup(arena, hash) }));
	}
	if (load_among(db, list_id, text_ids_keys(&hashes, &keys), arena,
		       &found, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		out[i] = text_ids_find(&found, hashes.v[i].text) != NULL;
	return 0;
}

int suppression_check(struct db *db, const char *const *folded, size_t n,
		      bool *out, struct err *err)
{
	return check_among(db, 0, suppression_hash, folded, n, out, err);
}

int forgotten_check(struct db *db, int64_t list_id, const char *const *folded,
		    size_t n, bool *out, struct err *err)
{
	return check_among(db, list_id, suppression_hash, folded, n, out, err);
}

int left_check(struct db *db, int64_t list_id, const char *const *folded,
	       size_t n, bool *out, struct err *err)
{
	return check_among(db, list_id, left_hash, folded, n, out, err);
}

/* --- consent --- */

struct consent {
	int64_t id;
	const char *reason; /* NULL: nothing stands in the way */
	const char *address;
	bool is_any_suppressed; /* whoever it is */
};
struct consents VEC_FIELDS(struct consent);

static const char *reason_of(int64_t status)
{
	if (status == 0)
		return "forgotten";
	if (status == MEMBER_SUBSCRIBED)
		return NULL;
	return status == MEMBER_CLEANED ? "cleaned" : "unsubscribed";
}

static void read_consent(const struct rows *rows, struct arena *arena,
			 void *out)
{
	*(struct consent *)out = (struct consent){
		.id = rows_int(rows, 0),
		.reason = reason_of(rows_int(rows, 1)),
		.address = rows_dup(rows, 2, arena),
		.is_any_suppressed = rows_int(rows, 3),
	};
}

static int add_suppressed(struct db *db, struct consents *all,
			  struct arena *arena, struct err *err)
{
	const char **addresses = arena_array(arena, const char *, all->n + 1);
	bool *suppressed = arena_array(arena, bool, all->n + 1);

	if (all->n == 0 || !all->v[0].is_any_suppressed)
		return 0;
	for (size_t i = 0; i < all->n; i++)
		addresses[i] = all->v[i].address;
	if (suppression_check(db, addresses, all->n, suppressed, err) < 0)
		return -1;
	for (size_t i = 0; i < all->n; i++)
		if (!all->v[i].reason && suppressed[i])
			all->v[i].reason = "suppressed";
	return 0;
}

static const char *reason_at(const struct consents *found, int64_t member_id,
			     const char *address)
{
	size_t at = vec_lower(found, id, member_id);
	const struct consent *c = &found->v[at];

	if (at == found->n || c->id != member_id)
		return "forgotten";
	if (!c->reason && address && strcmp(c->address, address) != 0)
		return "moved";
	return c->reason;
}

int consent_check_at(struct db *db, const int64_t *member_ids,
		     const char *const *addresses, size_t n, const char **out,
		     struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct consents found = VEC_INIT;

	if (db_list(db, SQL_CONSENT_OF,
		    SQL_ARGS(sql_keys_strided(member_ids, n,
					      sizeof(*member_ids), &keys)),
		    read_consent, arena, &found, err) < 0 ||
	    add_suppressed(db, &found, arena, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		out[i] = reason_at(&found, member_ids[i],
				   addresses ? addresses[i] : NULL);
	return 0;
}

int consent_check(struct db *db, const int64_t *member_ids, size_t n,
		  const char **out, struct err *err)
{
	return consent_check_at(db, member_ids, NULL, n, out, err);
}
