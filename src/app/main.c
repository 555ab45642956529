/* Begins the program: memory, signals, files; then the command. */
#include "app/command.h"

#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/err.h"

#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define HEAPS 4
#define LARGE_BYTES (256 * 1024)

/* Connections of clients and of the database may be more than the thousand
 * files that a shell usually allows; the hard limit is the operator's. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit); /* the old one may do */
}

/*
 * What a thread frees is to go back to the system. By default glibc gives each
 * thread a heap of its own (8 a core), and takes blocks as large as any that
 * was ever freed from it: batches of a few MiB, now here, now there, leave
 * holes everywhere, and the process grows for as long as it works.
 */
static void keep_heaps_small(void)
{
	(void)mallopt(M_ARENA_MAX, HEAPS);
	(void)mallopt(M_MMAP_THRESHOLD, LARGE_BYTES); /* and never more */
	(void)mallopt(M_TRIM_THRESHOLD, LARGE_BYTES);
}

int main(int argc, char **argv)
{
	CLEANUP(config_release) struct config config = { .private = NULL };
	struct err err = ERR_INIT;

	keep_heaps_small();
	setlocale(LC_CTYPE, "C.UTF-8");
	umask(077); /* databases and uploads are nobody else's business */
	/* writing says EPIPE and EFBIG then, and the request gets an answer */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	raise_file_limit();
	crypto_init();
	if (config_load(&config, &argc, argv, &err) < 0)
		return command_failed(&err) == EXIT_USAGE ? EXIT_USAGE
							  : EXIT_FAILED;
	return command_run(&config, argc - 1, argv + 1);
}
