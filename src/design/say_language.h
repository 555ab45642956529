/*
 * design/say_language.h - HTML of an author's own says which language it is in
 *
 * What is added to a mail, and what reads it out or translates it, goes by
 * `lang` of <html>. Designs have it; who writes HTML rarely does.
 */
#ifndef DESIGN_SAY_LANGUAGE_H
#define DESIGN_SAY_LANGUAGE_H

struct arena;

/* The same if it says one, or language is NULL or ""; else in the arena. A
 * fragment gets the tag before it, which changes nothing of how it looks. */
const char *say_language(const char *html, const char *language,
			 struct arena *arena);

#endif
