/*
 * app/in_force.h - settings of the database in the place of options that are
 * not given, for commands that show or try what is in force
 *
 * A server needs none of this: it looks settings up when they matter.
 */
#ifndef APP_IN_FORCE_H
#define APP_IN_FORCE_H

struct config;
struct err;
struct store;

/* *config has them afterwards. */
int in_force_from_store(struct config *config, struct store *store,
			struct err *err);
/* The same; opens the database if there is anything to look for. No data is no
 * error. */
int in_force_look(struct config *config, struct err *err);

#endif
