/*
 * base/log.h - one line an event on standard error
 *
 *     log_info("campaign started", LOG_INT("campaign", id),
 *              LOG_TEXT("who", w));
 *
 * A fixed phrase plus fields; key=value by default, JSON by option. No
 * addresses, tokens or bodies above debug level. Any thread.
 *
 * A fault that goes on is told once a minute: of lines with LOG_ERR, at warning
 * or above and of one kind, those within a minute after the first are counted
 * only, and a line says how many they were once the minute is over and anything
 * is logged (repeated=812). One kind is the same phrase with the same error;
 * where the code says it all (full, retry), with the same code.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_field {
	const char *key;
	const char *text; /* NULL: number */
	int64_t number;
};

#define LOG_TEXT(k, s) \
	((struct log_field){ .key = (k), .text = (s) ? (s) : "" })
#define LOG_INT(k, n) ((struct log_field){ .key = (k), .number = (n) })
#define LOG_ERR(e) \
	LOG_TEXT("error", (e)->text), LOG_TEXT("code", err_code_name((e)->code))

#define log_event(level, phrase, ...)         \
	log_write((level), (phrase),          \
		  (const struct log_field[]){ \
			  __VA_ARGS__ __VA_OPT__(, ){ .key = NULL } })
#define log_debug(phrase, ...) \
	log_event(LOG_DEBUG, (phrase)__VA_OPT__(, ) __VA_ARGS__)
#define log_info(phrase, ...) \
	log_event(LOG_INFO, (phrase)__VA_OPT__(, ) __VA_ARGS__)
#define log_warn(phrase, ...) \
	log_event(LOG_WARN, (phrase)__VA_OPT__(, ) __VA_ARGS__)
#define log_error(phrase, ...) \
	log_event(LOG_ERROR, (phrase)__VA_OPT__(, ) __VA_ARGS__)

void log_set(enum log_level least, bool json); /* before threads start */
bool log_level_parse(const char *name, enum log_level *out);
/* Fields end with one whose key is NULL. */
void log_write(enum log_level level, const char *phrase,
	       const struct log_field *fields);
/* Tells now of what was only counted: at the end of the program. */
void log_flush(void);

#endif
