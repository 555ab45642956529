#include "api/mc30/account/capability.h"

#include "api/mc30/mc30.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/random.h"

#include <string.h>

#define KEY_SETTING "capability.key"
#define LIFE_MS (10 * MS_MINUTE)
#define SIGN_HEX (2 * SHA256_BYTES)

int capability_ensure(struct tx *tx, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	char hex[2 * SHA256_BYTES + 1];
	const char *kept;

	random_hex(hex, 2 * SHA256_BYTES);
	return setting_ensure(tx, KEY_SETTING, hex, arena, &kept, err);
}

static int sign(struct db *db, const char *path, int64_t until_ms,
		char out[SIGN_HEX + 1], struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	unsigned char mac[SHA256_BYTES];
	const char *key = NULL;
	int found = setting_find(db, KEY_SETTING, arena, &key, err);

	if (found < 0)
		return -1;
	if (found == 0)
		return err_set(err, ERR_BUG, "there is no key to sign with");
	hmac_sha256(str_of(key),
		    str_of(arena_printf(arena, "%s %lld", path,
					(long long)until_ms)),
		    mac);
	hex_encode(mac, sizeof(mac), out);
	return 0;
}

int capability_url_at(struct db *db, const char *base, const char *path,
		      int64_t now_ms, struct arena *arena, const char **out,
		      struct err *err)
{
	int64_t until_ms = now_ms + LIFE_MS;
	char signature[SIGN_HEX + 1];

	if (sign(db, path, until_ms, signature, err) < 0)
		return -1;
	*out = arena_printf(arena, "%s%s?until=%lld&signature=%s", base, path,
			    (long long)until_ms, signature);
	return 0;
}

int capability_url(const struct request *rq, struct db *db, const char *path,
		   const char **out, struct err *err)
{
	return capability_url_at(db, mc_base(rq), path, rq->now_ms, rq->arena,
				 out, err);
}

int capability_check(const struct request *rq, struct db *db, const char *path,
		     struct err *err)
{
	const char *until = request_query(rq, "until");
	const char *given = request_query(rq, "signature");
	char signature[SIGN_HEX + 1];
	int64_t until_ms = 0;

	if (!until || !given || !text_to_int(until, &until_ms) ||
	    strlen(given) != SIGN_HEX)
		return err_set(err, ERR_DENIED, "This address is not complete");
	if (sign(db, path, until_ms, signature, err) < 0)
		return -1;
	if (!crypto_equal(given, signature, SIGN_HEX))
		return err_set(err, ERR_DENIED, "This address is not ours");
	if (until_ms < rq->now_ms)
		return err_set(err, ERR_DENIED,
			       "This address is no longer valid: ask for a new "
			       "one");
	return 0;
}
