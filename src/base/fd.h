/*
 * base/fd.h - file descriptors
 */
#ifndef BASE_FD_H
#define BASE_FD_H

#include "base/str.h"

/* Writes all of it, however often that takes. 0, or -1 with errno, which is
 * never an old one: a short write is gone on with until it says why. */
int fd_write_all(int fd, struct str data);

#endif
