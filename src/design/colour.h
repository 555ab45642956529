/*
 * design/colour.h - colours of a mail, and what becomes of them in the dark
 *
 * An author picks colours for a light mail. Where dark ones are preferred,
 * light surfaces get dark, and what is written on them gets as light as it
 * takes to be read; surfaces that are strong or dark already stay.
 */
#ifndef DESIGN_COLOUR_H
#define DESIGN_COLOUR_H

#include "base/str.h"

struct colour {
	uint8_t r, g, b;
};

/* "#rgb", "#rrggbb" and "rgb(1, 2, 3)"; false: it is none. */
bool colour_parse(struct str text, struct colour *out);
bool colour_same(struct colour a, struct colour b);
/* b_pct: how much of b is in it. */
struct colour colour_mix(struct colour a, struct colour b, int b_pct);
/* WCAG 2, from 1 to 21; 4.5 is what text needs. */
double colour_contrast(struct colour a, struct colour b);
/* White if that can be read on it, else black. */
struct colour colour_readable_on(struct colour back);

/* A surface in the dark. */
struct colour colour_dark_surface(struct colour light);
/* What is written on a surface that is `light`, and `dark` in the dark. */
struct colour colour_dark_text(struct colour text, struct colour light,
			       struct colour dark);
/* A button on such a surface: one that would be lost there gets light. */
struct colour colour_dark_button(struct colour button, struct colour dark);
/* The same for lines. */
struct colour colour_dark_line(struct colour line, struct colour light,
			       struct colour dark);

#endif
