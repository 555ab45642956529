#include "delivery/track_token.h"

#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/fuzz.h"

/* Whatever is taken for a token is the one spelling of what it says. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(strbuf_release) struct strbuf again = STRBUF_INIT;
	CLEANUP(track_keys_free) struct track_keys *keys = NULL;
	struct str text = { (const char *)data, size };
	struct track_token token;
	struct err err = ERR_INIT;

	crypto_init();
	BUG_ON(track_keys_parse("{\"current\":1,\"keys\":{\"1\":\""
				"00000000000000000000000000000000"
				"00000000000000000000000000000000\"}}",
				&keys, &err) < 0);
	if (!track_token_parse(keys, text, TRACK_CLICK, &token))
		return 0;
	track_token_format(keys, &token, &again);
	BUG_ON(again.len != size || memcmp(again.buf, data, size) != 0);
	return 0;
}
