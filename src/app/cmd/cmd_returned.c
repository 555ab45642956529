/*
 * muster returned: a mail that came back, from a pipe of a mail server
 *
 * Exit codes are those that mail servers know (sysexits.h): whatever may work
 * later is EX_TEMPFAIL, a wrong key too, so that no report is lost.
 */
#include "app/client.h"
#include "app/command.h"
#include "app/print.h"

#include "base/cleanup.h"
#include "base/err.h"

#include <sysexits.h>

/* Too large, or empty: it never will be taken. */
static bool is_hopeless(const struct client *c)
{
	return client_status(c) == 400 || client_status(c) == 413;
}

static int failed(const struct err *err, int code)
{
	(void)command_failed(err);
	return code;
}

int cmd_returned(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(json_free) json_t *reply = NULL;

	if (client_open(&c, err) < 0)
		return failed(err, EX_TEMPFAIL);
	if (client_upload(c, "/api/v1/returned-mail", "-", "message/rfc822",
			  &reply, err) < 0)
		return failed(err, is_hopeless(c) ? EX_DATAERR : EX_TEMPFAIL);
	if (flag_is_set(in, "json"))
		print_json(reply);
	else
		printf("%s: %s\n", print_text(reply, "kind"),
		       print_text(reply, "why"));
	return 0;
}
