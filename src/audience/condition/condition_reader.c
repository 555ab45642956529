#include "audience/condition/condition_reader.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"

#include <stdio.h>
#include <string.h>

int condition_wrong(struct condition_reader *r, const char *key,
		    const char *why)
{
	char field[96];

	(void)snprintf(field, sizeof(field), "%s.%s", r->where, key);
	return err_field(r->err, field, "%s", why);
}

/* --- values --- */

static const json_t *value_of(const struct condition_reader *r, const char *key)
{
	const json_t *value = json_object_get(r->json, key);

	return json_array_size(value) == 1 ? json_array_get(value, 0) : value;
}

const char *condition_text(struct condition_reader *r, const char *key)
{
	const json_t *value = value_of(r, key);

	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_integer(value))
		return arena_printf(r->arena, "%lld",
				    (long long)json_integer_value(value));
	if (json_is_real(value))
		return arena_printf(r->arena, "%.15g", json_real_value(value));
	return NULL;
}

int condition_need_text(struct condition_reader *r, const char **out)
{
	*out = condition_text(r, "value");
	if (!*out)
		return condition_wrong(r, "value",
				       "This value should not be blank.");
	return 0;
}

int condition_need_int(struct condition_reader *r, int64_t *out)
{
	const char *text;

	if (condition_need_text(r, &text) < 0)
		return -1;
	if (!text_to_int(text, out))
		return condition_wrong(r, "value", "should be a whole number");
	return 0;
}

int condition_need_number(struct condition_reader *r, const char *key,
			  double *out)
{
	const char *text = condition_text(r, key);

	if (!text || !str_to_double(str_trim(str_of(text)), out))
		return condition_wrong(r, key, "should be a number");
	return 0;
}

/* --- operators --- */

int condition_take_op(struct condition_reader *r,
		      const struct condition_op *ops)
{
	for (; ops->name; ops++) {
		if (strcmp(ops->name, r->op) == 0) {
			r->out->test = ops->test;
			r->out->negated = ops->negated;
			return 0;
		}
	}
	return condition_wrong(r, "op", "is no operator of this field");
}

/* --- times --- */

bool condition_read_date(const char *text, int *y, int *m, int *d)
{
	int64_t ms;
	char rest;

	if (sscanf(text, "%2d/%2d/%4d%c", m, d, y, &rest) == 3)
		return date_is_valid(*y, *m, *d);
	if (time_parse_iso(text, &ms)) {
		struct civil c = time_to_civil(ms);

		*y = c.year;
		*m = c.month;
		*d = c.day;
		return true;
	}
	return false;
}
