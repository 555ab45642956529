/*
 * INTERESTED:Category:one,two - the interests that it names. Called by
 * merge_branch.c; one thread a program.
 */
#include "base/cleanup.h"
#include "base/err.h"
#include "base/utf8.h"
#include "campaign/merge/merge_compiler.h"

static bool is_same(struct str written, const char *name)
{
	CLEANUP(strbuf_release) struct strbuf a = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf b = STRBUF_INIT;

	utf8_fold(str_trim(written), &a);
	utf8_fold(str_trim(str_of(name)), &b);
	return str_eq(strbuf_str(&a), strbuf_str(&b));
}

static bool is_category(const struct merge_facts *facts, struct str written)
{
	for (size_t i = 0; i < facts->interests_n; i++)
		if (is_same(written, facts->interests[i].category))
			return true;
	return false;
}

/* A title may hold colons itself. 0: no category begins so. */
static size_t category_length(const struct merge_facts *facts, struct str text)
{
	for (size_t at = text.len; at > 0; at--)
		if (text.s[at - 1] == ':' &&
		    is_category(facts, (struct str){ text.s, at - 1 }))
			return at;
	return 0;
}

/* Up to the next comma; one behind a backslash is of the name. */
static void cut_name(struct str *rest, struct strbuf *name)
{
	size_t at = 0;

	strbuf_reset(name);
	for (; at < rest->len && rest->s[at] != ','; at++) {
		if (rest->s[at] == '\\' && at + 1 < rest->len &&
		    rest->s[at + 1] == ',')
			at++;
		strbuf_addch(name, rest->s[at]);
	}
	at += at < rest->len;
	*rest = (struct str){ rest->s + at, rest->len - at };
	strbuf_trim(name);
}

static void add_interest(struct merge_compiler *c, struct str category,
			 struct str name)
{
	const struct merge_facts *facts = c->how->facts;

	for (size_t i = 0; i < facts->interests_n; i++) {
		const struct merge_interest *known = &facts->interests[i];

		if (!is_same(category, known->category) ||
		    !is_same(name, known->name))
			continue;
		vec_push(&c->program->interests, known->id);
		return;
	}
	if (facts->knows_interests)
		merge_add_problem(
			c, c->at,
			"There is no such interest in the audience: ", name);
}

size_t merge_add_interest_test(struct merge_compiler *c, struct str expression)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;
	struct merge_condition condition = { .source = SOURCE_INTERESTS };
	size_t n = category_length(c->how->facts, expression);
	struct str category = { expression.s, n ? n - 1 : 0 };
	struct str rest = { expression.s + n, expression.len - n };

	condition.start = c->program->interests.n;
	if (n == 0 && c->how->facts->knows_interests)
		merge_add_problem(c, c->at,
				  "There is no such category of interests in "
				  "the audience: ",
				  expression);
	while (n > 0 && rest.len > 0) {
		cut_name(&rest, &name);
		if (name.len > 0)
			add_interest(c, category, strbuf_str(&name));
	}
	condition.len = c->program->interests.n - condition.start;
	vec_push(&c->program->conditions, condition);
	return merge_add_op(
		c, (struct merge_op){ .kind = OP_UNLESS,
				      .index = (int)c->program->conditions.n -
					       1 });
}

bool merge_has_chosen(const struct merge_program *program,
		      const struct merge_condition *condition,
		      const struct merge_person *person)
{
	const int64_t *wanted = program->interests.v + condition->start;

	for (size_t i = 0; i < condition->len; i++)
		for (size_t k = 0; k < person->interests_n; k++)
			if (wanted[i] == person->interests[k])
				return true;
	return false;
}
