/*
 * app/import_print.h - an import as people and programs read it
 */
#ifndef APP_IMPORT_PRINT_H
#define APP_IMPORT_PRINT_H

#include <jansson.h>
#include <stdbool.h>

/* What a job of kind import came to: on standard output, and what needs a look
 * on standard error. */
void import_print_result(const json_t *job, bool as_json);

/* Questions of a file, with the options that answer them. Returns how many. */
size_t import_print_questions(const json_t *questions);

#endif
