/*
 * app/first_start.h - what a server makes sure of before anybody can ask: an
 * audience, and a way in for the first user
 *
 * Main thread; harmless at each start.
 */
#ifndef APP_FIRST_START_H
#define APP_FIRST_START_H

struct app_options;
struct arena;
struct err;
struct store;

/* The master audience is there, and knows who we are. Before anything is sent:
 * one that does not know our address could not be sent to. */
int first_audience(struct store *store, const struct app_options *options,
		   struct arena *arena, struct err *err);

/* Where the first administrator is made, in arena, as long as there is none;
 * else *out is untouched. */
int first_setup_link(struct store *store, const char *public_url,
		     struct arena *arena, const char **out, struct err *err);

#endif
