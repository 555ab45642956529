/*
 * `fields` and `exclude_fields`: what of a finished reply is kept. Works on the
 * text, without a tree. Called by mc_finish; pure.
 */
#include "api/mc30/mc30.h"

#include "base/arena.h"
#include "base/err.h"

#include <string.h>

/* The paths as a tree: `a.b,a.c` is a with the children b and c. */
struct node {
	struct str name;
	struct node *child, *next;
	bool leaf; /* a path ends here */
};

struct filter {
	const char *p, *end;
	struct strbuf *out;
	bool exclude;
};

static struct node *child_of(const struct node *node, struct str name)
{
	for (struct node *c = node->child; c; c = c->next)
		if (str_eq(c->name, name))
			return c;
	return NULL;
}

static void add_path(struct node *root, struct str path, struct arena *arena)
{
	while (path.s && path.len) {
		struct str name = str_trim(str_cut(&path, '.'));
		struct node *child = child_of(root, name);

		if (!child) {
			child = arena_new_of(arena, struct node);
			child->name = name;
			child->next = root->child;
			root->child = child;
		}
		root = child;
	}
	root->leaf = true;
}

static void skip_space(struct filter *f)
{
	while (f->p < f->end && (*f->p == ' ' || *f->p == '\n' ||
				 *f->p == '\t' || *f->p == '\r'))
		f->p++;
}

/* At a quote: behind the closing one. */
static void skip_text(struct filter *f)
{
	f->p++;
	while (f->p < f->end && *f->p != '"')
		f->p += *f->p == '\\' ? 2 : 1;
	f->p++;
}

static void skip_value(struct filter *f)
{
	int depth = 0;

	do {
		if (*f->p == '"') {
			skip_text(f);
			continue;
		}
		if (*f->p == '{' || *f->p == '[')
			depth++;
		else if (*f->p == '}' || *f->p == ']')
			depth--;
		if (depth < 0)
			return;
		f->p++;
	} while (f->p < f->end &&
		 (depth > 0 || (*f->p != ',' && *f->p != '}' && *f->p != ']' &&
				f->p[-1] != '}' && f->p[-1] != ']')));
}

static void copy_value(struct filter *f)
{
	const char *start = f->p;

	skip_value(f);
	strbuf_add(f->out, start, (size_t)(f->p - start));
}

static void filter_value(struct filter *f, struct node *node);

static void filter_array(struct filter *f, struct node *node)
{
	bool first = true;

	strbuf_addch(f->out, '[');
	f->p++;
	for (skip_space(f); f->p < f->end && *f->p != ']'; skip_space(f)) {
		if (*f->p == ',') {
			f->p++;
			continue;
		}
		if (!first)
			strbuf_addch(f->out, ',');
		first = false;
		filter_value(f, node);
	}
	f->p++;
	strbuf_addch(f->out, ']');
}

/* What becomes of a member of an object: 1 copy, 0 leave out, 2 look inside */
static int fate(const struct filter *f, const struct node *child)
{
	bool nested = *f->p == '{' || *f->p == '[';

	if (!child)
		return f->exclude;
	if (child->leaf)
		return !f->exclude;
	if (nested)
		return 2;
	return f->exclude;
}

static void filter_object(struct filter *f, struct node *node)
{
	bool first = true;

	strbuf_addch(f->out, '{');
	f->p++;
	for (skip_space(f); f->p < f->end && *f->p != '}'; skip_space(f)) {
		const char *key = f->p;
		struct node *child;
		int what;

		if (*f->p == ',') {
			f->p++;
			continue;
		}
		skip_text(f);
		child = child_of(
			node,
			(struct str){ key + 1, (size_t)(f->p - key - 2) });
		skip_space(f);
		f->p++; /* the colon */
		skip_space(f);
		what = fate(f, child);
		if (!what) {
			skip_value(f);
			continue;
		}
		if (!first)
			strbuf_addch(f->out, ',');
		first = false;
		strbuf_add(f->out, key, (size_t)(f->p - key));
		if (what == 1)
			copy_value(f);
		else
			filter_value(f, child);
	}
	f->p++;
	strbuf_addch(f->out, '}');
}

static void filter_value(struct filter *f, struct node *node)
{
	skip_space(f);
	if (f->p < f->end && *f->p == '{')
		filter_object(f, node);
	else if (f->p < f->end && *f->p == '[')
		filter_array(f, node);
	else
		copy_value(f);
}

void mc_fields_filter(struct str json, const char *paths, bool exclude,
		      struct arena *arena, struct strbuf *out)
{
	struct filter f = { json.s, json.s + json.len, out, exclude };
	struct str rest = str_of(paths);
	struct node root = { .leaf = false };

	while (rest.s) {
		struct str path = str_trim(str_cut(&rest, ','));

		if (path.len)
			add_path(&root, path, arena);
	}
	if (json.len > 0)
		filter_value(&f, &root);
}
