/* email: what is taken is safe in a header, and folding it again is the same */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/email.h"
#include "base/err.h"
#include "base/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *text = arena_strndup(arena, (const char *)data, size);
	struct err err = ERR_INIT;
	struct email again;
	struct email e;
	char hash[MD5_HEX + 1];

	crypto_init();
	email_hash(text, hash);
	if (email_parse(text, arena, &e, &err) < 0)
		return 0;
	BUG_ON(strpbrk(e.address, "\r\n") || strpbrk(e.folded, "\r\n") ||
	       strpbrk(e.wire, "\r\n"));
	BUG_ON(strlen(e.folded) > EMAIL_MAX || strlen(e.address) > EMAIL_MAX);
	BUG_ON(email_parse(e.folded, arena, &again, &err) < 0);
	BUG_ON(strcmp(e.folded, again.folded) != 0);
	BUG_ON(strcmp(e.hash, again.hash) != 0);
	return 0;
}
