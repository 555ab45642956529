/*
 * campaign/html/html_rules.h - rules of style sheets that may hide something
 *
 * A simple reading of <style>: which rules may hit an element, by its name,
 * classes, id and attributes, and those of what it stands in. When in doubt a
 * rule hits: @media and the order of ancestors are not looked at.
 */
#ifndef CAMPAIGN_HTML_RULES_H
#define CAMPAIGN_HTML_RULES_H

#include "campaign/html/html_walk.h"

struct arena;

struct html_rule {
	struct str selectors, declarations;
	bool is_dark; /* where dark colours are preferred: hides, no colours */
};

struct html_rules {
	struct VEC_FIELDS(struct html_rule) rules;
	size_t tries; /* of rules on elements, so far */
	bool is_lost; /* too many: anything may be hidden */
};

/* Of all <style> of the page; texts live in arena. To be released. */
void html_rules_read(struct str html, struct arena *arena,
		     struct html_rules *out);
void html_rules_release(struct html_rules *rules);

/* What they say of the last of n elements, each in the one before. */
void html_rules_apply(struct html_rules *rules, const struct html_element *v,
		      size_t n, struct html_cascade *out);

#endif
