/*
 * design/starter_files.h - the files of starters/ as texts; see tools/embed.py
 */
#ifndef DESIGN_STARTER_FILES_H
#define DESIGN_STARTER_FILES_H

struct embedded {
	const char *name; /* "newsletter.de" */
	const char *text;
};
extern const struct embedded starter_files[];

#endif
