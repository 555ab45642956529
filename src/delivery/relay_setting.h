/*
 * delivery/relay_setting.h - which relay is in force
 *
 * The option `relay` wins; without one it is the setting `relay` of the schema
 * audience; without that, the outbox. The setting is the same URL, with its
 * password, and is read wherever it matters: senders look in each of their
 * rounds (delivery/send/relays.h), so that it takes effect without a restart.
 *
 * People give it in parts. What TLS is wanted: RELAY_SECURITY_NONE is "none
 * needed", which elsewhere than on this machine is "where it is offered"; a
 * password is never sent in clear but to this machine.
 */
#ifndef DELIVERY_RELAY_SETTING_H
#define DELIVERY_RELAY_SETTING_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct db;
struct err;
struct tx;

#define RELAY_OUTBOX "outbox:"
bool relay_is_outbox_url(const char *url);

/* The URL, in arena. option "": there is none. db: audience. */
int relay_in_force(struct db *db, const char *option, struct arena *arena,
		   const char **url, struct err *err);
/* Mails stay here. */
int relay_is_outbox_now(struct db *db, const char *option, bool *out,
			struct err *err);
/* url: of relay_parts_url. */
int relay_setting_put(struct tx *tx, const char *url, struct err *err);

enum relay_security {
	RELAY_SECURITY_NONE,
	RELAY_SECURITY_STARTTLS, /* no mail without it */
	RELAY_SECURITY_TLS,      /* from the first byte */
};
const char *relay_security_name(enum relay_security security); /* "tls" */
/* false: there is no such word. */
bool relay_security_parse(const char *name, enum relay_security *out);

struct relay_parts {
	bool is_outbox; /* then nothing else counts */
	const char *host;
	int64_t port; /* 0: the usual one */
	enum relay_security security;
	const char *username, *password; /* NULL: none */
};

bool relay_parts_equal(const struct relay_parts *a,
		       const struct relay_parts *b);
/* Texts live in arena. ERR_INVALID: no such URL. */
int relay_parts_of(const char *url, struct arena *arena,
		   struct relay_parts *out, struct err *err);
/* ERR_INVALID with the field: relay.host, relay.username, relay.password. */
int relay_parts_url(const struct relay_parts *parts, struct arena *arena,
		    const char **url, struct err *err);

#endif
