/*
 * app/print.h - what the client commands write on standard output
 */
#ifndef APP_PRINT_H
#define APP_PRINT_H

#include "app/command.h"

#include <jansson.h>

/* One column of a table: a member of each item, or of its member `of`. width 0:
 * the rest. */
struct column {
	const char *key;
	const char *title;
	int width;
	const char *of; /* NULL: the item itself */
};

/* The member as a number or text; 0 and "" if it is not one. */
int64_t print_int(const json_t *object, const char *key);
const char *print_text(const json_t *object, const char *key);

/* A tree on one line. */
void print_json(const json_t *tree);

/* A group that was made, with its members counted, or whole with --json. */
void print_new_group(const struct invocation *in, const json_t *group);

/* Gets a list {"items": [...]} and prints it as a table, or whole with
 * --json. columns end with key NULL. */
int print_list(const struct invocation *in, const char *path,
	       const struct column *columns, struct err *err);

#endif
