/*
 * design/design_fixture.h - documents for tests; is the HTML of a mail sound,
 * and can it do harm?
 *
 * A reader of its own, stricter than browsers: it takes only what the renderer
 * means to write. For tests and the fuzz target.
 */
#ifndef DESIGN_FIXTURE_H
#define DESIGN_FIXTURE_H

#include "base/str.h"

#include <jansson.h>

struct arena;

/*
 * NULL, or what is wrong: elements that are not balanced or not allowed, as
 * browsers see it and as Outlook does (which reads conditional comments);
 * handlers, addresses and styles that could run something; attributes without
 * quotes; pictures without alt; tables for layout without a role.
 */
const char *design_html_fault(struct str html, struct arena *arena);

/* JSON with single quotes for double ones. Aborts if it is none. */
json_t *design_parse(const char *text);

#endif
