#include "audience/suppression.h"

#include "audience/member.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/random.h"
#include "sql/suppression.h"
#include "store/store.h"

#include <stdlib.h>
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
	return db_exec(
		tx, SQL_SUPPRESSION_ADD,
		SQL_ARGS(sql_text(hash), sql_text(reason), sql_int(now_ms)),
		err);
}

/* --- checks of many --- */

struct hashed {
	char hash[KEYED_HASH_HEX + 1];
	size_t place; /* in the caller's arrays */
};

static int compare_hashed(const void *a, const void *b)
{
	return strcmp(((const struct hashed *)a)->hash,
		      ((const struct hashed *)b)->hash);
}

static void mark(const struct hashed *hashed, size_t n, const char *hash,
		 bool *out)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(hashed[mid].hash, hash) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < n && strcmp(hashed[low].hash, hash) == 0; low++)
		out[hashed[low].place] = true;
}

/* list_id 0: suppressions; else forgotten ones of that list. */
static int query_among(struct db *db, int64_t list_id, const char *json,
		       struct rows **out, struct err *err)
{
	if (list_id)
		return db_query(db, SQL_FORGOTTEN_AMONG,
				SQL_ARGS(sql_int(list_id), sql_text(json)), out,
				err);
	return db_query(db, SQL_SUPPRESSION_AMONG, SQL_ARGS(sql_text(json)),
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

static int check_among(struct db *db, int64_t list_id,
		       const char *const *folded, size_t n, bool *out,
		       struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct hashed *hashed = arena_array(arena, struct hashed, n + 1);
	struct suppression_key key;
	int more = is_any(db, list_id, err);

	memset(out, 0, n * sizeof(*out));
	if (more > 0)
		more = suppression_key_load(db, &key, err);
	if (more <= 0 || n == 0)
		return more < 0 ? -1 : 0;
	for (size_t i = 0; i < n; i++) {
		hashed[i].place = i;
		suppression_hash(&key, folded[i], hashed[i].hash);
		strbuf_addf(&json, "%s\"%s\"", i ? "," : "[", hashed[i].hash);
	}
	strbuf_addch(&json, ']');
	qsort(hashed, n, sizeof(*hashed), compare_hashed);
	if (query_among(db, list_id, json.buf, &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0)
		mark(hashed, n, rows_text(rows, 0), out);
	return more;
}

int suppression_check(struct db *db, const char *const *folded, size_t n,
		      bool *out, struct err *err)
{
	return check_among(db, 0, folded, n, out, err);
}

int forgotten_check(struct db *db, int64_t list_id, const char *const *folded,
		    size_t n, bool *out, struct err *err)
{
	return check_among(db, list_id, folded, n, out, err);
}

/* --- consent --- */

struct consent {
	int64_t id;
	const char *reason;
};

static int compare_consents(const void *a, const void *b)
{
	int64_t x = ((const struct consent *)a)->id;
	int64_t y = ((const struct consent *)b)->id;

	return (x > y) - (x < y);
}

static const char *reason_of(int64_t status)
{
	if (status == 0)
		return "forgotten";
	if (status == MEMBER_SUBSCRIBED)
		return NULL;
	return status == MEMBER_CLEANED ? "cleaned" : "unsubscribed";
}

static int read_statuses(struct db *db, const int64_t *ids, size_t n,
			 struct arena *arena, struct consent *found,
			 const char **addresses, size_t *found_n,
			 struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	strbuf_addch(&json, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			strbuf_addch(&json, ',');
		strbuf_addint(&json, ids[i]);
	}
	strbuf_addch(&json, ']');
	if (db_query(db, SQL_CONSENT_OF, SQL_ARGS(sql_text(json.buf)), &rows,
		     err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0 && *found_n < n) {
		found[*found_n] = (struct consent){
			.id = rows_int(rows, 0),
			.reason = reason_of(rows_int(rows, 1)),
		};
		addresses[(*found_n)++] = rows_dup(rows, 2, arena);
	}
	return more;
}

int consent_check(struct db *db, const int64_t *member_ids, size_t n,
		  const char **out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct consent *found = arena_array(arena, struct consent, n + 1);
	const char **addresses = arena_array(arena, const char *, n + 1);
	bool *suppressed = arena_array(arena, bool, n + 1);
	size_t found_n = 0;

	if (read_statuses(db, member_ids, n, arena, found, addresses, &found_n,
			  err) < 0 ||
	    suppression_check(db, addresses, found_n, suppressed, err) < 0)
		return -1;
	for (size_t i = 0; i < found_n; i++)
		if (!found[i].reason && suppressed[i])
			found[i].reason = "suppressed";
	for (size_t i = 0; i < n; i++) {
		struct consent key = { .id = member_ids[i] };
		const struct consent *hit = bsearch(
			&key, found, found_n, sizeof(*found), compare_consents);

		out[i] = hit ? hit->reason : "forgotten";
	}
	return 0;
}
