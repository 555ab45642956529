/*
 * Keyed hashes of addresses that were erased, so that nobody is brought back by
 * an import. Any thread.
 */
#include "base/arena.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/random.h"
#include "crm/address.h"
#include "sql/address.h"
#include "store/store.h"

#include <string.h>

#define KEY_SETTING "forgotten_key"

int forgotten_load(struct db *db, struct forgotten *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *hex = NULL;
	int found = setting_find(db, KEY_SETTING, arena, &hex, err);

	*out = (struct forgotten){ .any = false };
	if (found <= 0 || !hex)
		return found < 0 ? -1 : 0;
	if (strlen(hex) != 2 * sizeof(out->key) ||
	    !hex_decode(str_of(hex), out->key))
		return err_set(err, ERR_BUG, "the setting %s is damaged",
			       KEY_SETTING);
	out->any = true;
	return 0;
}

int forgotten_make(struct tx *tx, struct forgotten *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	char hex[2 * sizeof(out->key) + 1];
	const char *kept;

	random_hex(hex, 2 * sizeof(out->key));
	if (setting_ensure(tx, KEY_SETTING, hex, arena, &kept, err) < 0)
		return -1;
	return forgotten_load(tx->db, out, err);
}

void forgotten_hash(const struct forgotten *f, const char *folded,
		    char out[FORGOTTEN_HASH + 1])
{
	unsigned char mac[SHA256_BYTES];

	hmac_sha256((struct str){ (const char *)f->key, sizeof(f->key) },
		    str_of(folded), mac);
	hex_encode(mac, sizeof(mac), out);
}

int forgotten_find(struct db *db, const struct forgotten *f, const char *folded,
		   struct err *err)
{
	char hash[FORGOTTEN_HASH + 1];
	int64_t one;

	if (!f->any)
		return 0;
	forgotten_hash(f, folded, hash);
	return db_find_int(db, SQL_ADDRESS_FORGOTTEN, SQL_ARGS(sql_text(hash)),
			   &one, err);
}

int forgotten_refuse(struct db *db, const char *folded, const char *field,
		     struct err *err)
{
	struct forgotten forgotten;
	int found;

	if (forgotten_load(db, &forgotten, err) < 0)
		return -1;
	found = forgotten_find(db, &forgotten, folded, err);
	if (found > 0)
		return err_field(err, field,
				 "forgotten: the owner of this address had it "
				 "erased");
	return found;
}
