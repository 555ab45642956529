/*
 * A disk whose every sync takes MUSTER_SLOW_SYNC_MS longer, for tools/bench: to
 * be preloaded (LD_PRELOAD).
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int sync_slowly(long number, int fd)
{
	const char *text = getenv("MUSTER_SLOW_SYNC_MS");
	long ms = text ? strtol(text, NULL, 10) : 0;
	struct timespec more = { ms / 1000, ms % 1000 * 1000000 };

	(void)nanosleep(&more, NULL);
	return (int)syscall(number, fd);
}

int fsync(int fd)
{
	return sync_slowly(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	return sync_slowly(SYS_fdatasync, fd);
}
