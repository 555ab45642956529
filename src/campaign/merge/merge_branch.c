/*
 * IF, ELSEIF, ELSE and the tags that end them, as jumps. Called by
 * merge_compile.c; one thread a program.
 */
#include "base/cleanup.h"
#include "base/err.h"
#include "base/utf8.h"
#include "campaign/merge/merge_compiler.h"

static enum merge_compare cut_operator(struct str *name, struct str *with)
{
	static const struct {
		const char *text;
		enum merge_compare compare;
	} operators[] = {
		{ "!=", COMPARE_UNEQUAL }, { "<>", COMPARE_UNEQUAL },
		{ "<=", COMPARE_AT_MOST }, { ">=", COMPARE_AT_LEAST },
		{ "==", COMPARE_EQUAL },   { "=", COMPARE_EQUAL },
		{ "<", COMPARE_LESS },     { ">", COMPARE_MORE },
	};

	for (size_t at = 0; at < name->len; at++)
		for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
			struct str rest = { name->s + at, name->len - at };
			size_t n = strlen(operators[i].text);

			if (!str_starts(rest, operators[i].text))
				continue;
			*with = str_trim(
				(struct str){ rest.s + n, rest.len - n });
			*name = str_trim((struct str){ name->s, at });
			return operators[i].compare;
		}
	*name = str_trim(*name);
	return COMPARE_SET;
}

static struct str strip_quotes(struct str s)
{
	if (s.len >= 2 && s.s[0] == s.s[s.len - 1] &&
	    (s.s[0] == '"' || s.s[0] == '\''))
		return (struct str){ s.s + 1, s.len - 2 };
	return s;
}

/* Parts of a date with two digits before each sign, as authors write it. */
static bool is_written_date(struct str s, size_t parts)
{
	size_t len = parts == 3 ? 10 : 5;

	for (size_t i = 0; s.len == len && i < len; i++)
		if (i == 2 || i == 5
			    ? s.s[i] != s.s[2] || !strchr("/.-", s.s[i])
			    : s.s[i] < '0' || s.s[i] > '9')
			return false;
	return s.len == len;
}

/* 31.12.2020, or as the format of the field has it: as it is kept. Another text
 * stays. */
static void add_date(const struct merge_field *field, struct str with,
		     struct strbuf *out)
{
	bool has_year = strcmp(field->type, "date") == 0;
	bool day_first;

	if ((!has_year && strcmp(field->type, "birthday") != 0) ||
	    !is_written_date(with, has_year ? 3 : 2)) {
		strbuf_addslice(out, with);
		return;
	}
	day_first = with.s[2] == '.' || field->date_format[0] == 'D';
	if (has_year)
		strbuf_addf(out, "%.4s-", with.s + 6);
	strbuf_addf(out, "%.2s%c%.2s", with.s + (day_first ? 3 : 0),
		    has_year ? '-' : '/', with.s + (day_first ? 0 : 3));
}

/* Emit the test of a branch. Returns the op that goes to the next branch if it
 * does not hold; MERGE_NO_OP if it always holds. */
static size_t add_test(struct merge_compiler *c, struct str expression,
		       bool negated)
{
	CLEANUP(strbuf_release) struct strbuf upper = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf fact = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf date = STRBUF_INIT;
	struct merge_condition condition = { .negated = negated };
	struct str name = expression, with = { "", 0 };
	struct merge_name found;

	condition.compare = cut_operator(&name, &with);
	with = strip_quotes(with);
	condition.is_number = str_to_double(with, &condition.number);

	utf8_upper(name, &upper);
	merge_name_find(strbuf_str(&upper), name, c->how, &found, &fact);
	if (found.kind == NAME_SOURCE && found.field) {
		add_date(found.field, with, &date);
		with = strbuf_str(&date);
	}
	utf8_fold(with, &folded);
	if (found.kind == NAME_UNKNOWN)
		merge_add_unknown(c, name);
	if (found.kind == NAME_SLOT)
		strbuf_addstr(&fact, "1");
	if (found.kind != NAME_SOURCE) {
		bool holds = merge_compare_text(
			strbuf_str(&fact), condition.compare,
			strbuf_str(&folded), condition.is_number,
			condition.number);

		if (holds != negated)
			return MERGE_NO_OP;
		return merge_add_op(c, (struct merge_op){ .kind = OP_JUMP });
	}

	condition.source = found.source;
	condition.index = found.index;
	condition.start = c->program->text.len;
	condition.len = folded.len;
	strbuf_addslice(&c->program->text, strbuf_str(&folded));
	vec_push(&c->program->conditions, condition);
	return merge_add_op(
		c, (struct merge_op){ .kind = OP_UNLESS,
				      .index = (int)c->program->conditions.n -
					       1 });
}

static int begin_conditional(struct merge_compiler *c, struct str expression,
			     bool negated, bool interested, struct err *err)
{
	struct merge_frame *frame = &c->frames[c->depth];

	if (c->depth == MERGE_NESTING_MAX)
		return err_set(err, ERR_INVALID,
			       "conditionals are nested deeper than %d",
			       MERGE_NESTING_MAX);
	merge_flush_literal(c);
	*frame = (struct merge_frame){ .interested = interested,
				       .ends = MERGE_NO_OP,
				       .at = c->at };
	c->depth++;
	frame->pending = interested ? merge_add_interest_test(c, expression)
				    : add_test(c, expression, negated);
	return 0;
}

/* The branch before ends here: over the others to the end. */
static struct merge_frame *next_branch(struct merge_compiler *c,
				       const char *word)
{
	struct merge_frame *frame = c->depth ? &c->frames[c->depth - 1] : NULL;

	if (!frame || frame->else_seen) {
		merge_add_problem(c, c->at, "No open conditional for ",
				  str_of(word));
		return NULL;
	}
	merge_flush_literal(c);
	frame->ends = merge_add_op(
		c, (struct merge_op){ .kind = OP_JUMP, .target = frame->ends });
	if (frame->pending != MERGE_NO_OP)
		c->program->ops.v[frame->pending].target = c->program->ops.n;
	frame->pending = MERGE_NO_OP;
	return frame;
}

void merge_end_conditional(struct merge_compiler *c, bool interested)
{
	struct merge_op *ops;
	struct merge_frame *frame;
	size_t here;

	if (c->depth == 0) {
		merge_add_problem(c, c->at, "No open conditional for END",
				  STR(""));
		return;
	}
	frame = &c->frames[--c->depth];
	if (frame->interested != interested)
		merge_add_problem(c, c->at, "END of another conditional than ",
				  frame->interested ? STR("INTERESTED")
						    : STR("IF"));
	merge_flush_literal(c);
	here = c->program->ops.n;
	ops = c->program->ops.v;
	if (frame->pending != MERGE_NO_OP)
		ops[frame->pending].target = here;
	while (frame->ends != MERGE_NO_OP) {
		size_t before = ops[frame->ends].target;

		ops[frame->ends].target = here;
		frame->ends = before;
	}
}

int merge_compile_structure(struct merge_compiler *c, struct str upper,
			    struct str body, struct err *err)
{
	struct merge_frame *frame;

	if (str_starts(upper, "IF:") || str_starts(upper, "IFNOT:")) {
		bool negated = upper.s[2] == 'N';
		size_t n = negated ? 6 : 3;

		return begin_conditional(
			       c, (struct str){ body.s + n, body.len - n },
			       negated, false, err) < 0
			       ? -1
			       : 1;
	}
	if (str_starts(upper, "INTERESTED:"))
		return begin_conditional(
			       c, (struct str){ body.s + 11, body.len - 11 },
			       false, true, err) < 0
			       ? -1
			       : 1;
	if (str_starts(upper, "ELSEIF:")) {
		frame = next_branch(c, "ELSEIF");
		if (frame)
			frame->pending = add_test(
				c, (struct str){ body.s + 7, body.len - 7 },
				false);
		return 1;
	}
	if (str_is(upper, "ELSE:") || str_is(upper, "ELSE")) {
		frame = next_branch(c, "ELSE");
		if (frame)
			frame->else_seen = true;
		return 1;
	}
	if (str_is(upper, "END:IF") || str_is(upper, "END:INTERESTED")) {
		merge_end_conditional(c, upper.s[4] == 'I' && upper.len > 6);
		return 1;
	}
	return 0;
}
