#include "delivery/relay_setting.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "smtp/smtp_relay.h"
#include "store/store.h"

#include <string.h>

#define SETTING "relay"
#define TEXT_MAX 500 /* bytes of a user name or password */

bool relay_is_outbox_url(const char *url)
{
	return strcmp(url, RELAY_OUTBOX) == 0;
}

int relay_in_force(struct db *db, const char *option, struct arena *arena,
		   const char **url, struct err *err)
{
	const char *stored = NULL;

	if (*option) {
		*url = arena_strdup(arena, option);
		return 0;
	}
	if (setting_find(db, SETTING, arena, &stored, err) < 0)
		return -1;
	*url = stored && *stored ? stored : RELAY_OUTBOX;
	return 0;
}

int relay_is_outbox_now(struct db *db, const char *option, bool *out,
			struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *url;

	if (relay_in_force(db, option, arena, &url, err) < 0)
		return -1;
	*out = relay_is_outbox_url(url);
	return 0;
}

int relay_setting_put(struct tx *tx, const char *url, struct err *err)
{
	return setting_put(tx, SETTING, url, err) < 0 ? -1 : 0;
}

/* --- in parts --- */

static const char *const names[] = { "none", "starttls", "tls" };

const char *relay_security_name(enum relay_security security)
{
	return names[security];
}

bool relay_security_parse(const char *name, enum relay_security *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(name, names[i]) == 0) {
			*out = (enum relay_security)i;
			return true;
		}
	}
	return false;
}

static bool is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : !a && !b;
}

bool relay_parts_equal(const struct relay_parts *a, const struct relay_parts *b)
{
	if (a->is_outbox || b->is_outbox)
		return a->is_outbox && b->is_outbox;
	return is_same(a->host, b->host) && a->port == b->port &&
	       a->security == b->security &&
	       is_same(a->username, b->username) &&
	       is_same(a->password, b->password);
}

int relay_parts_of(const char *url, struct arena *arena,
		   struct relay_parts *out, struct err *err)
{
	struct smtp_relay relay;

	*out = (struct relay_parts){ .is_outbox = true };
	if (relay_is_outbox_url(url))
		return 0;
	if (smtp_relay_parse(url, arena, &relay, err) < 0)
		return -1;
	*out = (struct relay_parts){
		.host = relay.host,
		.port = relay.port,
		.security = relay.tls == SMTP_TLS_IMPLICIT ? RELAY_SECURITY_TLS
			    : relay.tls == SMTP_TLS_REQUIRED
				    ? RELAY_SECURITY_STARTTLS
				    : RELAY_SECURITY_NONE,
		.username = relay.user,
		.password = relay.password,
	};
	return 0;
}

static int check_login(const struct relay_parts *p, struct err *err)
{
	bool has_user = p->username && *p->username;
	bool has_password = p->password && *p->password;

	if (has_user && !has_password)
		return err_field(err, "relay.password",
				 "give the password too, or no user name");
	if (has_password && !has_user)
		return err_field(err, "relay.username",
				 "give the user name too, or no password");
	if (has_user && strlen(p->username) > TEXT_MAX)
		return err_field(err, "relay.username", "at most %d bytes",
				 TEXT_MAX);
	if (has_user && strlen(p->password) > TEXT_MAX)
		return err_field(err, "relay.password", "at most %d bytes",
				 TEXT_MAX);
	return 0;
}

static enum smtp_tls_mode tls_of(const struct relay_parts *p)
{
	switch (p->security) {
	case RELAY_SECURITY_TLS:
		return SMTP_TLS_IMPLICIT;
	case RELAY_SECURITY_STARTTLS:
		return SMTP_TLS_REQUIRED;
	default:
		return smtp_relay_is_loopback(p->host) ? SMTP_TLS_OFF
						       : SMTP_TLS_OFFERED;
	}
}

static int usual_port(enum relay_security security)
{
	static const int ports[] = { 25, 587, 465 };

	return ports[security];
}

int relay_parts_url(const struct relay_parts *p, struct arena *arena,
		    const char **url, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	bool has_login = p->username && *p->username;
	struct smtp_relay relay = { .host = p->host }, parsed;
	struct err why = ERR_INIT;

	*url = RELAY_OUTBOX;
	if (p->is_outbox)
		return 0;
	if (!p->host || !*p->host)
		return err_field(err, "relay.host",
				 "give the name of the relay's host");
	BUG_ON(p->port < 0 || p->port > 65535);
	if (check_login(p, err) < 0)
		return -1;
	relay.port = p->port ? (int)p->port : usual_port(p->security);
	relay.tls = tls_of(p);
	relay.user = has_login ? p->username : NULL;
	relay.password = has_login ? p->password : NULL;
	smtp_relay_format(&relay, &out);
	/* what is wrong still can only be the host */
	if (smtp_relay_parse(out.buf, arena, &parsed, &why) < 0 ||
	    strcmp(parsed.host, p->host) != 0)
		return err_field(err, "relay.host",
				 "is no name of a host, such as "
				 "mail.example.org, and no address");
	*url = arena_str(arena, strbuf_str(&out));
	return 0;
}
