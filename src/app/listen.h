/*
 * app/listen.h - what an address to listen on means
 *
 *     :8080            this machine only: who wants more says so
 *     0.0.0.0:8080     every address
 *     127.0.0.1:0      a port that is free now; links and leases name it
 */
#ifndef APP_LISTEN_H
#define APP_LISTEN_H

struct arena;
struct err;

/* Is it written like an address to listen on? ERR_INVALID. Whether somebody
 * may listen there, the listener finds out. */
int listen_check(const char *text, struct err *err);
/* *listen becomes a whole address, in arena. What is no address at all is left
 * for the listener to refuse. */
int listen_settle(const char **listen, struct arena *arena, struct err *err);

#endif
