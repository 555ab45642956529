/*
 * app/config.h - all options of the program, and where each value came from
 *
 * Defaults < file < environment (MUSTER_...) < flags (--...). The file holds
 * `name = value` lines and `#` comments; it is named by --config or
 * MUSTER_CONFIG, else /etc/muster/muster.conf if there is one. Modules declare
 * their options in tables (base/option.h); only this module reads them in.
 * docs/config.md lists every option; tools/check_options.py compares.
 */
#ifndef APP_CONFIG_H
#define APP_CONFIG_H

#include "delivery/delivery.h"
#include "http/server.h"
#include "store/store.h"

struct err;
struct strbuf;
struct texts;

struct app_options {
	const char *public_url;     /* "": http://<listen> */
	const char *organisation;   /* "": the setting in the database */
	const char *postal_address; /* same */
	const char *marketing_url;  /* "": the engine inside */
	const char *marketing_key;
	const char *roles;        /* api,track,send,jobs */
	const char *track_listen; /* "": the main listener serves it */
	const char *instance;     /* "": host name and listen address */
	const char *log_level;
	bool log_json;
	int64_t job_threads;
	const char *reconcile_at; /* HH:MM, UTC */
	int64_t signups_per_client, signup_proof_bits;
	int64_t watch_ms;
	int64_t reconcile_max_age_ms;
	bool webhooks_private;
	const char *dns;                 /* "": the system's resolvers */
	const char *suppression_journal; /* "": in the data folder */
};

struct config {
	struct app_options app;
	struct store_options store;
	struct http_options http;
	struct delivery_options delivery;
	struct config_private *private;
};

/*
 * Fill *out from file, environment and the flags in argv that name options;
 * those are removed from argv, the rest (sub-command, operands, flags of the
 * sub-command) stays in order. ERR_INVALID says which option is wrong, why,
 * and where it came from.
 */
int config_load(struct config *out, int *argc, char **argv, struct err *err);
void config_release(struct config *config);

/* A setting of the database, for an option of that name that is not given. */
void config_settle(struct config *config, const char *name, const char *value);

/*
 * What the types of the options cannot say. -1: *err is the first that is
 * wrong, in the words of config_load; each adds a sentence to *wrong (NULL:
 * nobody needs to know), which lives as long as config.
 */
int config_check(const struct config *config, struct texts *wrong,
		 struct err *err);

/* Of variables MUSTER_... that are no options, a sentence each: misspelt ones
 * would be passed over in silence. */
const struct texts *config_unknown(const struct config *config);

/* `name = value  # source` a line; secrets as ***. */
void config_format(const struct config *config, struct strbuf *out);
/* One line an option for --help and for tools/check_options.py. */
void config_describe(struct strbuf *out);

#endif
