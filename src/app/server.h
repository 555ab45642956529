/*
 * app/server.h - all services of a process, wired together
 *
 * server_start() opens the database, starts what the roles ask for in order
 * of dependence, and stops it in reverse if one fails. See
 * docs/ARCHITECTURE.md for the threads.
 */
#ifndef APP_SERVER_H
#define APP_SERVER_H

#include "app/config.h"

#include <stdatomic.h>

struct server;

/* Gives up with ERR_RETRY once *stopping is set, whatever it waits for. */
int server_start(struct config *config, const atomic_bool *stopping,
		 struct server **out, struct err *err);
/* "127.0.0.1:8080" */
const char *server_address(const struct server *server);
/* The one-time link for the first administrator; NULL if there is one. */
const char *server_setup_link(const struct server *server);
void server_stop(struct server *server); /* finishes what is in hand */
void server_free(struct server **server);

#endif
