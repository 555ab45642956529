/*
 * app/app_options.h - the program's own options as data (base/option.h)
 */
#ifndef APP_APP_OPTIONS_H
#define APP_APP_OPTIONS_H

#include "base/option.h"

struct err;

/* Each ends with name NULL. */
extern const struct option app_option_table[];   /* of struct app_options */
extern const struct option store_option_table[]; /* of struct store_options */
/* Of struct http_options: the public listener's; http_option_table has those
 * that suit every listener. */
extern const struct option listen_option_table[];

/* What a process does. */
struct roles {
	bool api, track, send, jobs;
};
/* "api,send"; adds to *out. ERR_INVALID. */
int roles_parse(const char *text, struct roles *out, struct err *err);

#endif
