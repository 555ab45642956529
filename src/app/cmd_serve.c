/*
 * muster serve
 */
#include "app/command.h"
#include "app/folder_lock.h"
#include "app/server.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "base/thread/stop.h"
#include "base/vec.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STOP_MS 4500
#define TRIM_S 10

/* Signals are taken by sigwait here and blocked in all threads. */
static void block_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, set, NULL);
}

static int set_log(const struct config *config, struct err *err)
{
	enum log_level level;

	if (config_check(config, NULL, err) < 0)
		return -1;
	BUG_ON(!log_level_parse(config->app.log_level, &level));
	log_set(level, config->app.log_json);
	return 0;
}

/* What makes a break-in worse than it need be. */
static void warn_of_exposure(const struct config *config)
{
	struct stat st;

	if (geteuid() == 0)
		log_warn("running as root: make a user of its own for Muster");
	if (stat(config->store.data, &st) == 0 && (st.st_mode & 077) != 0)
		log_warn("others on this machine can read the data folder: "
			 "chmod 700",
			 LOG_TEXT("folder", config->store.data));
}

static void announce(const struct server *server)
{
	const char *link = server_setup_link(server);

	printf("Muster is running at http://%s\n", server_address(server));
	if (link)
		printf("Set it up (works once, for the first administrator):\n"
		       "  %s\n",
		       link);
	fflush(stdout);
}

/* Now and then, what is free between blocks that are used goes back too. */
static int wait_for_signal(const sigset_t *signals)
{
	static const struct timespec pause = { .tv_sec = TRIM_S };
	int number;

	while ((number = sigtimedwait(signals, NULL, &pause)) < 0)
		(void)malloc_trim(0);
	return number;
}

/*
 * The last resort: a disk, a lock or a peer that does not answer. All that was
 * said to be done is durable, and what was not is done at the next start, as
 * after kill -9.
 */
static void *end_anyway(void *arg)
{
	(void)arg;
	stop_pause_ms(STOP_MS);
	log_warn("stopping took too long: the rest is done at the next start");
	_exit(EXIT_DONE);
}

static void end_in_time(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, end_anyway, NULL) == 0)
		(void)pthread_detach(thread);
}

static int serve(const struct invocation *in, struct err *err)
{
	CLEANUP(fd_release) int lock = -1;
	CLEANUP(server_free) struct server *server = NULL;
	sigset_t signals;
	int signal_number;

	if (set_log(in->config, err) < 0)
		return -1;
	block_signals(&signals);
	/* two servers on one folder would take each other's leases */
	if (folder_lock(in->config, &lock, err) < 0 ||
	    server_start(in->config, &server, err) < 0)
		return -1;
	announce(server);
	vec_each (config_unknown(in->config), line)
		log_warn("an environment variable is passed over",
			 LOG_TEXT("which", *line));
	warn_of_exposure(in->config);
	log_info("started", LOG_TEXT("version", MUSTER_VERSION),
		 LOG_TEXT("address", server_address(server)));
	signal_number = wait_for_signal(&signals);
	log_info("stopping", LOG_TEXT("signal", strsignal(signal_number)));
	end_in_time();
	server_stop(server);
	log_flush();
	log_info("stopped");
	return 0;
}

int cmd_serve(const struct invocation *in)
{
	struct err err = ERR_INIT;

	return serve(in, &err) < 0 ? command_failed(&err) : EXIT_DONE;
}
