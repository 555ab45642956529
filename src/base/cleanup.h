/*
 * base/cleanup.h - scope-bound release
 *
 *     CLEANUP(strbuf_release) struct strbuf line = STRBUF_INIT;
 *     CLEANUP(rows_free) struct rows *rows = NULL;
 *
 * Every release function in the tree has one of these shapes, so that it can be
 * named here without an adapter:
 *
 *     void thing_release(struct thing *t);    value types, kept by the caller
 *     void thing_free(struct thing **t);      heap types; sets *t to NULL
 *     vec_release                             of any vector, base/vec.h
 *
 * All accept a zeroed or already released object and then do nothing. The
 * variable must be initialised on the same line.
 */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <stdio.h>
#include <unistd.h>

#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* Hand ownership of *p to the caller: returns p and leaves NULL behind. */
#define TAKE(p)                                                                \
	__extension__({                                                        \
		__typeof__(p) taken_ = (p);                                    \
		(p) = NULL;                                                    \
		taken_;                                                        \
	})

/* CLEANUP(fd_release) int fd = -1; */
static inline void fd_release(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd); /* nothing left to do about a failure */
	*fd = -1;
}

/* CLEANUP(file_free) FILE *f = NULL; for reading; writers check fclose. */
static inline void file_free(FILE **f)
{
	if (*f)
		(void)fclose(*f); /* nothing was written through it */
	*f = NULL;
}

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
