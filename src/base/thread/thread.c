#include "base/thread/thread.h"

#include "base/err.h"

#include <signal.h>
#include <string.h>

/* Those of a fault must reach who made it. */
static void block_signals(sigset_t *before)
{
	static const int own[] = { SIGSEGV, SIGBUS,  SIGFPE,
				   SIGILL,  SIGTRAP, SIGABRT };
	sigset_t all;

	sigfillset(&all);
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		sigdelset(&all, own[i]);
	(void)pthread_sigmask(SIG_BLOCK, &all, before);
}

int thread_start_with_stack(pthread_t *out, const char *name,
			    size_t stack_bytes, void *(*fn)(void *), void *arg)
{
	pthread_attr_t attr;
	sigset_t before;
	int failed;

	BUG_ON(strlen(name) > THREAD_NAME_MAX);
	(void)pthread_attr_init(&attr);
	if (stack_bytes)
		(void)pthread_attr_setstacksize(&attr, stack_bytes);
	block_signals(&before);
	failed = pthread_create(out, &attr, fn, arg);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attr);
	if (!failed)
		(void)pthread_setname_np(*out, name);
	return failed;
}

int thread_start(pthread_t *out, const char *name, void *(*fn)(void *),
		 void *arg)
{
	return thread_start_with_stack(out, name, 0, fn, arg);
}
