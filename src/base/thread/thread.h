/*
 * base/thread/thread.h - starting threads
 *
 * Each has a name, of 15 bytes at most, that top -H, perf and /proc show.
 * Signals are for the thread that main() watches them with: none of these gets
 * any, but those that a fault of its own raises.
 */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include <pthread.h>
#include <stddef.h>

#define THREAD_NAME_MAX 15

/* 0, or an errno: nothing runs then. */
int thread_start(pthread_t *out, const char *name, void *(*fn)(void *),
		 void *arg);
/* With a stack of so many bytes; 0: as usual. */
int thread_start_with_stack(pthread_t *out, const char *name,
			    size_t stack_bytes, void *(*fn)(void *), void *arg);

#endif
