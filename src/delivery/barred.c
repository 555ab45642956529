#include "delivery/barred.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"

#include <string.h>

int barred_find(const struct barred *b, const char *const *addresses, size_t n,
		bool *out, struct err *err)
{
	memset(out, 0, n * sizeof(*out));
	return b->find && n > 0 ? b->find(b->context, addresses, n, out, err)
				: 0;
}

int barred_refuse(const struct barred *b, const char *const *addresses,
		  size_t n, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	bool *is = arena_array(arena, bool, n + 1);

	if (barred_find(b, addresses, n, is, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (is[i])
			return err_field(err, "to",
					 "%s is of the demo: it gets mail in "
					 "the mail catcher only",
					 addresses[i]);
	}
	return 0;
}
