/*
 * Finds the fields that leave a hole: goes every way through a program that it
 * may go for somebody whose value of the field is empty. Called by checks of
 * campaigns; any thread.
 */
#include "base/cleanup.h"
#include "base/err.h"
#include "campaign/merge/merge_private.h"

#include <stdlib.h>

/* Part of a link's address is not read by anybody. */
static bool is_read(enum merge_escape escape)
{
	return escape == ESCAPE_NONE || escape == ESCAPE_MARKUP ||
	       escape == ESCAPE_PLAIN || escape == ESCAPE_HEADER;
}

static bool is_hole(const struct merge_value *value, int field)
{
	return value->source == SOURCE_FIELD && value->index == field &&
	       value->len == 0 && is_read(value->escape);
}

/* Jumps only lead forwards, so that one pass reaches all. */
static bool leaves_hole(const struct merge_program *p, int field,
			unsigned char *reached)
{
	memset(reached, 0, p->ops.n + 1);
	reached[0] = 1;
	for (size_t at = 0; at < p->ops.n; at++) {
		const struct merge_op *op = &p->ops.v[at];
		bool goes_on = op->kind != OP_JUMP, jumps = !goes_on;

		if (!reached[at])
			continue;
		if (op->kind == OP_VALUE &&
		    is_hole(&p->values.v[op->index], field))
			return true;
		if (op->kind == OP_UNLESS) {
			const struct merge_condition *c =
				&p->conditions.v[op->index];
			bool is_known =
				c->source == SOURCE_FIELD && c->index == field;

			/* of an empty value no comparison holds */
			goes_on = !is_known || c->negated;
			jumps = !is_known || !c->negated;
		}
		if (goes_on)
			reached[at + 1] = 1;
		if (jumps)
			reached[op->target] = 1;
	}
	return false;
}

void merge_find_holes(const struct merge_program *program,
		      const struct merge_fields *fields, bool *holes)
{
	unsigned char *reached = calloc(program->ops.n + 1, 1);

	BUG_ON(!reached);
	for (size_t i = 0; i < fields->n; i++)
		if (!holes[i])
			holes[i] = leaves_hole(program, (int)i, reached);
	free(reached);
}
