#include "smtp/smtp_relay.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/strbuf.h"

#include <arpa/inet.h>

static int percent_decode(struct str s, const char *what, struct arena *arena,
			  const char **out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf sb = STRBUF_INIT;
	unsigned char byte;
	size_t i;

	for (i = 0; i < s.len; i++) {
		byte = (unsigned char)s.s[i];
		if (byte == '%') {
			if (s.len - i < 3 ||
			    !hex_decode((struct str){ s.s + i + 1, 2 }, &byte))
				return err_set(err, ERR_INVALID,
					       "relay: a %% in the %s must be "
					       "followed by two hex digits",
					       what);
			i += 2;
		}
		if (byte == '\0')
			return err_set(err, ERR_INVALID,
				       "relay: the %s holds a NUL", what);
		strbuf_addch(&sb, (char)byte);
	}
	*out = arena_strndup(arena, sb.buf, sb.len);
	return 0;
}

static int parse_login(struct str login, struct arena *arena,
		       struct smtp_relay *relay, struct err *err)
{
	struct str user = str_cut(&login, ':');

	if (user.len == 0 || !login.s)
		return err_set(err, ERR_INVALID,
			       "relay: give user and password, or neither");
	if (percent_decode(user, "user", arena, &relay->user, err) < 0)
		return -1;
	return percent_decode(login, "password", arena, &relay->password, err);
}

static bool is_host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

static int parse_host(struct str host, struct arena *arena,
		      struct smtp_relay *relay, struct err *err)
{
	size_t i;

	if (host.len == 0 || host.len > 253)
		return err_set(err, ERR_INVALID, "relay: the host is missing");
	for (i = 0; i < host.len; i++)
		if (!is_host_char(host.s[i]))
			return err_set(err, ERR_INVALID,
				       "relay: the host is no host name");
	relay->host = arena_str(arena, host);
	return 0;
}

/* host, host:port, [v6] or [v6]:port */
static int parse_place(struct str place, struct arena *arena,
		       struct smtp_relay *relay, struct err *err)
{
	struct in6_addr v6;
	struct str host;
	int64_t port;

	if (place.len > 0 && place.s[0] == '[') {
		place.s++, place.len--;
		host = str_cut(&place, ']');
		relay->host = arena_str(arena, host);
		if (!place.s || inet_pton(AF_INET6, relay->host, &v6) != 1 ||
		    (place.len > 0 && place.s[0] != ':'))
			return err_set(err, ERR_INVALID,
				       "relay: [...] holds no IPv6 address");
		if (place.len == 0)
			return 0;
		place.s++, place.len--;
	} else {
		host = str_cut(&place, ':');
		if (parse_host(host, arena, relay, err) < 0)
			return -1;
		if (!place.s)
			return 0;
	}
	if (!str_to_int(place, &port) || port < 1 || port > 65535)
		return err_set(err, ERR_INVALID,
			       "relay: the port is no number from 1 to 65535");
	relay->port = (int)port;
	return 0;
}

bool smtp_relay_is_loopback(const char *host)
{
	struct in_addr v4;

	if (str_ieq(str_of(host), "localhost") || str_is(str_of(host), "::1"))
		return true;
	return inet_pton(AF_INET, host, &v4) == 1 &&
	       (ntohl(v4.s_addr) >> 24) == 127;
}

static int parse_tls(struct str value, struct smtp_relay *relay,
		     struct err *err)
{
	if (str_is(value, "require")) {
		if (relay->tls != SMTP_TLS_IMPLICIT)
			relay->tls = SMTP_TLS_REQUIRED;
		return 0;
	}
	if (!str_is(value, "off"))
		return err_set(err, ERR_INVALID,
			       "relay: tls must be off or require");
	if (relay->tls == SMTP_TLS_IMPLICIT ||
	    !smtp_relay_is_loopback(relay->host))
		return err_set(err, ERR_INVALID,
			       "relay: tls=off is for smtp:// to this host");
	relay->tls = SMTP_TLS_OFF;
	return 0;
}

static int parse_params(struct str params, struct arena *arena,
			struct smtp_relay *relay, struct err *err)
{
	struct str value, key;

	while (params.s) {
		value = str_cut(&params, '&');
		key = str_cut(&value, '=');
		if (str_is(key, "tls")) {
			if (parse_tls(value, relay, err) < 0)
				return -1;
		} else if (str_is(key, "ca")) {
			if (percent_decode(value, "ca", arena, &relay->ca_file,
					   err) < 0)
				return -1;
		} else {
			return err_set(err, ERR_INVALID,
				       "relay: only tls and ca can follow ?");
		}
	}
	return 0;
}

/* What stands before the last @: a password may hold one. */
static struct str cut_login(struct str *place)
{
	const char *at = memrchr(place->s, '@', place->len);
	struct str login = { NULL, 0 };

	if (!at)
		return login;
	login = (struct str){ place->s, (size_t)(at - place->s) };
	place->len -= login.len + 1;
	place->s = at + 1;
	return login;
}

int smtp_relay_parse(const char *url, struct arena *arena,
		     struct smtp_relay *out, struct err *err)
{
	struct smtp_relay relay = { .port = 25 };
	struct str rest = str_of(url), login, place;

	if (str_starts(rest, "smtps://")) {
		relay.tls = SMTP_TLS_IMPLICIT;
		relay.port = 465;
		rest.s += 8, rest.len -= 8;
	} else if (str_starts(rest, "smtp://")) {
		rest.s += 7, rest.len -= 7;
	} else {
		return err_set(err, ERR_INVALID,
			       "relay: must begin with smtp:// or smtps://");
	}

	/* a ? or / in a password would hide the host: they must be encoded */
	place = str_cut(&rest, '?');
	login = cut_login(&place);
	if (place.len > 0 && place.s[place.len - 1] == '/')
		place.len--;
	if (login.s && parse_login(login, arena, &relay, err) < 0)
		return -1;
	if (parse_place(place, arena, &relay, err) < 0 ||
	    parse_params(rest, arena, &relay, err) < 0)
		return -1;
	*out = relay;
	return 0;
}

static void add_place(const struct smtp_relay *relay, struct strbuf *out)
{
	bool is_v6 = strchr(relay->host, ':') != NULL;

	strbuf_addf(out, "%s%s%s:%d", is_v6 ? "[" : "", relay->host,
		    is_v6 ? "]" : "", relay->port);
}

static const char *scheme_of(const struct smtp_relay *relay)
{
	return relay->tls == SMTP_TLS_IMPLICIT ? "smtps" : "smtp";
}

void smtp_relay_format(const struct smtp_relay *relay, struct strbuf *out)
{
	const char *before = "?";

	strbuf_addf(out, "%s://", scheme_of(relay));
	if (relay->user) {
		strbuf_add_url(out, str_of(relay->user));
		strbuf_addch(out, ':');
		strbuf_add_url(out, str_of(relay->password));
		strbuf_addch(out, '@');
	}
	add_place(relay, out);
	if (relay->tls == SMTP_TLS_OFF || relay->tls == SMTP_TLS_REQUIRED) {
		strbuf_addf(out, "?tls=%s",
			    relay->tls == SMTP_TLS_OFF ? "off" : "require");
		before = "&";
	}
	if (relay->ca_file) {
		strbuf_addf(out, "%sca=", before);
		strbuf_add_url(out, str_of(relay->ca_file));
	}
}

void smtp_relay_describe(const struct smtp_relay *relay, struct strbuf *out)
{
	strbuf_addf(out, "%s://", scheme_of(relay));
	add_place(relay, out);
}
