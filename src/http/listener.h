/*
 * http/listener.h - a socket that listens on an address
 */
#ifndef HTTP_LISTENER_H
#define HTTP_LISTENER_H

struct err;

/* "127.0.0.1:8080", "[::1]:0", "*:80". The socket (non-blocking), or -1. */
int listener_open(const char *address, struct err *err);
/* The address it has, with the real port; returns the port. */
int listener_name(int fd, char out[80]);

#endif
