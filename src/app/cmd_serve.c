/*
 * muster serve
 */
#include "app/command.h"
#include "app/folder_lock.h"
#include "app/server.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "base/vec.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

	if (!log_level_parse(config->app.log_level, &level))
		return err_set(err, ERR_INVALID,
			       "log.level is debug, info, warn or error, not "
			       "\"%s\"",
			       config->app.log_level);
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

static int serve(const struct invocation *in, struct err *err)
{
	CLEANUP(fd_release) int lock = -1;
	CLEANUP(server_free) struct server *server = NULL;
	sigset_t signals;
	int signal_number = 0;

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
	sigwait(&signals, &signal_number);
	log_info("stopping", LOG_TEXT("signal", strsignal(signal_number)));
	server_stop(server);
	log_info("stopped");
	return 0;
}

int cmd_serve(const struct invocation *in)
{
	struct err err = ERR_INIT;

	return serve(in, &err) < 0 ? command_failed(&err) : EXIT_DONE;
}
