#include "app/app_options.h"

#include "app/config.h"
#include "app/listen.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "dns/dns.h"

#include <stddef.h>
#include <string.h>

/* --- what the types cannot say --- */

int roles_parse(const char *text, struct roles *out, struct err *err)
{
	struct str rest = str_of(text);

	while (rest.s) {
		struct str role = str_trim(str_cut(&rest, ','));

		if (str_is(role, "api"))
			out->api = true;
		else if (str_is(role, "track"))
			out->track = true;
		else if (str_is(role, "send"))
			out->send = true;
		else if (str_is(role, "jobs"))
			out->jobs = true;
		else
			return err_set(err, ERR_INVALID,
				       "\"%.*s\" is none of api, track, send, "
				       "jobs",
				       (int)role.len, role.s);
	}
	return 0;
}

static int check_roles(const char *text, struct err *err)
{
	struct roles roles = { .api = false };

	return roles_parse(text, &roles, err);
}

static int check_log_level(const char *text, struct err *err)
{
	enum log_level level;

	if (!log_level_parse(text, &level))
		return err_set(err, ERR_INVALID,
			       "is debug, info, warn or error, not \"%s\"",
			       text);
	return 0;
}

static int check_time_of_day(const char *text, struct err *err)
{
	struct str minutes = str_of(text);
	struct str hours = str_cut(&minutes, ':');
	int64_t h, m;

	if (hours.len != 2 || minutes.len != 2 || !str_to_int(hours, &h) ||
	    !str_to_int(minutes, &m) || h < 0 || h > 23 || m < 0 || m > 59)
		return err_set(err, ERR_INVALID,
			       "\"%s\" is not a time of day such as 02:00",
			       text);
	return 0;
}

static int check_web_address(const char *text, struct err *err)
{
	const char *host;

	if (!*text)
		return 0;
	if (str_starts(str_of(text), "http://"))
		host = text + strlen("http://");
	else if (str_starts(str_of(text), "https://"))
		host = text + strlen("https://");
	else
		return err_set(err, ERR_INVALID,
			       "\"%s\" does not begin with http:// or https://",
			       text);
	if (strcspn(host, ":/?#") == 0)
		return err_set(err, ERR_INVALID, "\"%s\" names no host", text);
	if (strpbrk(text, " \t\r\n\"<>"))
		return err_set(err, ERR_INVALID,
			       "\"%s\" holds what no web address does", text);
	return 0;
}

static int check_track_listen(const char *text, struct err *err)
{
	return *text ? listen_check(text, err) : 0;
}

/* --- tables --- */

const struct option app_option_table[] = {
	{ .name = "public_url",
	  .type = OPTION_TEXT,
	  .offset = offsetof(struct app_options, public_url),
	  .check = check_web_address,
	  .help = "Address of this server in links of messages and for "
		  "webhooks; empty: http:// and the listen address, with "
		  "which only the outbox gets mails" },
	{ .name = "organisation",
	  .type = OPTION_TEXT,
	  .offset = offsetof(struct app_options, organisation),
	  .help = "Name of the sender's organisation, in footers and on "
		  "unsubscribe pages; empty: the setting in the database" },
	{ .name = "postal_address",
	  .type = OPTION_TEXT,
	  .offset = offsetof(struct app_options, postal_address),
	  .help = "Postal address of the organisation, in every footer; "
		  "needed before sending a campaign to anything but the "
		  "outbox; empty: the setting in the database" },
	{ .name = "marketing_api_url",
	  .type = OPTION_TEXT,
	  .offset = offsetof(struct app_options, marketing_url),
	  .check = check_web_address,
	  .help = "Marketing API that the bridge drives; empty: the engine "
		  "inside" },
	{ .name = "marketing_api_key",
	  .type = OPTION_TEXT,
	  .offset = offsetof(struct app_options, marketing_key),
	  .secret = true,
	  .help = "Key for that API" },
	{ .name = "roles",
	  .type = OPTION_TEXT,
	  .offset = offsetof(struct app_options, roles),
	  .check = check_roles,
	  .help = "What this process does: any of api, track, send, jobs, "
		  "separated by commas" },
	{ .name = "track_listen",
	  .type = OPTION_TEXT,
	  .offset = offsetof(struct app_options, track_listen),
	  .check = check_track_listen,
	  .help = "A listener of its own for opens, clicks and unsubscribes; "
		  "empty: the main one serves them" },
	{ .name = "instance",
	  .type = OPTION_TEXT,
	  .offset = offsetof(struct app_options, instance),
	  .help = "Lasting name of this process in leases; empty: host name "
		  "and listen address" },
	{ .name = "log.level",
	  .type = OPTION_TEXT,
	  .offset = offsetof(struct app_options, log_level),
	  .check = check_log_level,
	  .help = "Least level that is logged: debug, info, warn, error" },
	{ .name = "log.json",
	  .type = OPTION_BOOL,
	  .offset = offsetof(struct app_options, log_json),
	  .help = "Log lines as JSON instead of key=value" },
	{ .name = "jobs.threads",
	  .type = OPTION_INT,
	  .offset = offsetof(struct app_options, job_threads),
	  .least = 1,
	  .most = 32,
	  .help = "Jobs that run at the same time, a schema" },
	{ .name = "signup.per_client",
	  .type = OPTION_INT,
	  .offset = offsetof(struct app_options, signups_per_client),
	  .least = 0,
	  .most = 100000,
	  .help = "Sign-ups by the hosted forms in an hour from one client "
		  "address; 0: no limit" },
	{ .name = "signup.proof_bits",
	  .type = OPTION_INT,
	  .offset = offsetof(struct app_options, signup_proof_bits),
	  .least = 0,
	  .most = 22,
	  .help = "Proof of work of the hosted sign-up forms: zero bits of a "
		  "SHA-256 that a browser looks for (16: a moment); who gives "
		  "none confirms by a mail. 0: not asked" },
	{ .name = "sync.reconcile_at",
	  .type = OPTION_TEXT,
	  .offset = offsetof(struct app_options, reconcile_at),
	  .check = check_time_of_day,
	  .help = "Time of day of the nightly reconcile, HH:MM, UTC" },
	{ .name = "sync.watch",
	  .type = OPTION_TIME,
	  .offset = offsetof(struct app_options, watch_ms),
	  .least = MS_SECOND,
	  .most = MS_DAY,
	  .help = "From one look at what others changed in the audience, or "
		  "sent to it, to the next" },
	{ .name = "sync.max_age",
	  .type = OPTION_TIME,
	  .offset = offsetof(struct app_options, reconcile_max_age_ms),
	  .least = MS_HOUR,
	  .most = 365 * MS_DAY,
	  .help = "With a remote audience, sending is refused if the last "
		  "reconcile is older" },
	{ .name = "webhooks.private",
	  .type = OPTION_BOOL,
	  .offset = offsetof(struct app_options, webhooks_private),
	  .help = "Webhooks may go to private and loopback addresses, not "
		  "only to this server's own; so may the check of a campaign's "
		  "links, and the fetching of its content and of feeds" },
	{ .name = "dns",
	  .type = OPTION_TEXT,
	  .offset = offsetof(struct app_options, dns),
	  .check = dns_check_server,
	  .help = "Resolver that is asked for SPF, DKIM and DMARC of senders: "
		  "address or address:port; empty: the system's" },
	{ .name = "suppression_journal",
	  .type = OPTION_TEXT,
	  .offset = offsetof(struct app_options, suppression_journal),
	  .help = "File that opt-outs are also written to, which no restore "
		  "replaces; keep it on another disk, and where every process "
		  "reaches it; empty: suppression.journal in the data folder" },
	{ .name = NULL },
};

/* The public listener's; the others of http_options suit every listener. */
const struct option listen_option_table[] = {
	{ .name = "listen",
	  .type = OPTION_TEXT,
	  .offset = offsetof(struct http_options, listen),
	  .check = listen_check,
	  .help = "Where the server listens: address and port; `:8080` is this "
		  "machine only, port 0 a free one" },
	{ .name = NULL },
};

const struct option store_option_table[] = {
	{ .name = "data",
	  .type = OPTION_TEXT,
	  .offset = offsetof(struct store_options, data),
	  .help = "Folder of the embedded databases, uploads and the outbox" },
	{ .name = "database",
	  .type = OPTION_TEXT,
	  .offset = offsetof(struct store_options, database),
	  .secret = true,
	  .help = "postgresql://... instead of the embedded databases" },
	{ .name = "database.connections",
	  .type = OPTION_INT,
	  .offset = offsetof(struct store_options, connections),
	  .least = 8,
	  .most = 1000,
	  .help = "Database connections at most, a schema" },
	{ .name = NULL },
};
