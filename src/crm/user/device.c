#include "crm/user/device.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/str.h"

#include <stdio.h>
#include <string.h>

/* Of no address: those have no line feed. */
static void sign_device(const struct forgotten *key, int64_t user_id,
			int64_t at_ms, char out[FORGOTTEN_HASH + 1])
{
	char what[64];

	(void)snprintf(what, sizeof(what), "device\n%lld.%lld",
		       (long long)user_id, (long long)at_ms);
	forgotten_hash(key, what, out);
}

void device_make(const struct forgotten *key, int64_t user_id, int64_t now_ms,
		 char out[DEVICE_MAX + 1])
{
	char mac[FORGOTTEN_HASH + 1];

	sign_device(key, user_id, now_ms, mac);
	(void)snprintf(out, DEVICE_MAX + 1, "%lld.%lld.%s", (long long)user_id,
		       (long long)now_ms, mac);
}

bool device_is_known(const struct forgotten *key, const char *text,
		     int64_t user_id, int64_t now_ms)
{
	struct str rest = str_of(text);
	struct str id = str_cut(&rest, '.'), at = str_cut(&rest, '.');
	char mac[FORGOTTEN_HASH + 1];
	int64_t of_user, at_ms;

	if (!str_to_int(id, &of_user) || !str_to_int(at, &at_ms) ||
	    of_user != user_id || rest.len != FORGOTTEN_HASH ||
	    at_ms > now_ms || now_ms - at_ms > DEVICE_DAYS * MS_DAY)
		return false;
	sign_device(key, user_id, at_ms, mac);
	return crypto_equal(rest.s, mac, FORGOTTEN_HASH);
}
