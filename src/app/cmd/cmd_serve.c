/*
 * muster serve
 */
#include "app/command.h"
#include "app/folder_lock.h"
#include "app/server.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/thread/thread.h"
#include "base/thread/wait.h"
#include "base/vec.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STOP_MS 4500
#define TRIM_MS 10000

/*
 * SIGINT and SIGTERM are blocked in all threads, and taken by one of their own
 * from the first moment on: it tells the rest, and is the last resort against
 * a disk, a lock or a peer that does not answer. All that was said to be done
 * is durable, and what was not is done at the next start, as after kill -9.
 */
struct watch {
	sigset_t signals;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	atomic_bool stopping;
	bool has_ended; /* under lock */
};

static void *watch_main(void *arg)
{
	struct watch *w = arg;
	int64_t until_us;
	int number;

	(void)sigwait(&w->signals, &number);
	pthread_mutex_lock(&w->lock);
	if (!w->has_ended)
		log_info("stopping", LOG_TEXT("signal", strsignal(number)));
	atomic_store(&w->stopping, true);
	pthread_cond_broadcast(&w->changed);
	until_us = clock_monotonic_us() + STOP_MS * 1000;
	while (!w->has_ended) {
		if (wait_until(&w->changed, &w->lock, until_us))
			continue;
		log_warn("stopping took too long: the rest is done at the next "
			 "start");
		_exit(EXIT_DONE);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static int watch_begin(struct watch *w, struct err *err)
{
	sigemptyset(&w->signals);
	sigaddset(&w->signals, SIGINT);
	sigaddset(&w->signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &w->signals, NULL);
	pthread_mutex_init(&w->lock, NULL);
	wait_init(&w->changed);
	if (thread_start(&w->thread, "signals", watch_main, w) != 0)
		return err_set(err, ERR_IO, "no thread for signals");
	return 0;
}

static void watch_end(struct watch *w)
{
	pthread_mutex_lock(&w->lock);
	w->has_ended = true;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
	(void)pthread_kill(w->thread, SIGTERM); /* it may wait for one still */
	(void)pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
}

/* Now and then, what is free between blocks that are used goes back too. */
static void wait_for_stop(struct watch *w)
{
	pthread_mutex_lock(&w->lock);
	while (!atomic_load(&w->stopping))
		if (!wait_ms(&w->changed, &w->lock, TRIM_MS))
			(void)malloc_trim(0);
	pthread_mutex_unlock(&w->lock);
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

static void report_start(const struct config *config, struct server *server)
{
	announce(server);
	vec_each (config_unknown(config), line)
		log_warn("an environment variable is passed over",
			 LOG_TEXT("which", *line));
	warn_of_exposure(config);
	log_info("started", LOG_TEXT("version", MUSTER_VERSION),
		 LOG_TEXT("address", server_address(server)));
}

static int run(struct config *config, struct watch *w, struct err *err)
{
	CLEANUP(fd_release) int lock = -1;
	CLEANUP(server_free) struct server *server = NULL;

	/* two servers on one folder would take each other's leases */
	if (folder_lock(config, &lock, err) < 0)
		return -1;
	if (server_start(config, &w->stopping, &server, err) < 0)
		return atomic_load(&w->stopping) ? 0 : -1;
	report_start(config, server);
	wait_for_stop(w);
	server_stop(server);
	return 0;
}

int cmd_serve(const struct invocation *in, struct err *err)
{
	struct watch watch = { 0 };
	int ret;

	if (set_log(in->config, err) < 0 || watch_begin(&watch, err) < 0)
		return -1;
	ret = run(in->config, &watch, err);
	if (ret == 0) {
		log_flush();
		log_info("stopped");
	}
	watch_end(&watch);
	return ret;
}
