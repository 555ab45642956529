#include "design/problem.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/utf8.h"

#include <string.h>

#define DETAIL_MAX 200

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_noted(const struct problems *p, const char *code,
		     const char *detail)
{
	vec_each (p->list, one)
		if (same(one->block, p->block) && same(one->code, code) &&
		    same(one->detail, detail))
			return true;
	return false;
}

__attribute__((format(printf, 5, 0))) static void note(
	struct problems *p, bool is_error, const char *code, const char *detail,
	const char *fmt, va_list ap)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct str cut = str_of(detail);
	struct design_problem one = { .block = arena_strdup(p->arena, p->block),
				      .is_error = is_error,
				      .code = code };

	if (detail) {
		cut.len = utf8_prefix(cut, DETAIL_MAX);
		one.detail = arena_str(p->arena, cut);
	}
	if (p->list->n >= DESIGN_PROBLEMS_MAX || is_noted(p, code, one.detail))
		return;
	strbuf_vaddf(&text, fmt, ap);
	one.text = arena_str(p->arena, strbuf_str(&text));
	vec_push(p->list, one);
}

void problem_warn(struct problems *p, const char *code, const char *detail,
		  const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	note(p, false, code, detail, fmt, ap);
	va_end(ap);
}

void problem_fail(struct problems *p, const char *code, const char *detail,
		  const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	note(p, true, code, detail, fmt, ap);
	va_end(ap);
}
