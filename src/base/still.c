#include "base/still.h"

#include "base/err.h"

#include <stdlib.h>
#include <string.h>

#define FORGET_US (INT64_C(3600) * 1000000)

void still_release(struct still *s)
{
	vec_each (s, seen)
		free(seen->name);
	vec_release(s);
}

static void forget_old(struct still *s, int64_t now_us)
{
	for (size_t i = 0; i < s->n; i++)
		if (now_us - s->v[i].looked_us > FORGET_US) {
			free(s->v[i].name);
			s->v[i--] = s->v[--s->n];
		}
}

static struct still_seen *find(struct still *s, const char *name)
{
	vec_each (s, seen)
		if (strcmp(seen->name, name) == 0)
			return seen;
	return NULL;
}

int64_t still_for(struct still *s, const char *name, int64_t value,
		  int64_t now_us)
{
	struct still_seen *seen = find(s, name);
	struct still_seen new = { .value = value, .since_us = now_us };

	if (!seen) {
		forget_old(s, now_us);
		new.name = strdup(name);
		BUG_ON(!new.name);
		vec_push(s, new);
		seen = &s->v[s->n - 1];
	}
	if (seen->value != value) {
		seen->value = value;
		seen->since_us = now_us;
	}
	seen->looked_us = now_us;
	return now_us - seen->since_us;
}
