#include "app/command.h"

#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/err.h"

#include <locale.h>
#include <signal.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
	CLEANUP(config_release) struct config config = { .private = NULL };
	struct err err = ERR_INIT;

	setlocale(LC_CTYPE, "C.UTF-8");
	umask(077); /* databases and uploads are nobody else's business */
	signal(SIGPIPE, SIG_IGN);
	crypto_init();
	if (config_load(&config, &argc, argv, &err) < 0)
		return command_failed(&err) == EXIT_USAGE ? EXIT_USAGE
							  : EXIT_FAILED;
	return command_run(&config, argc - 1, argv + 1);
}
