/*
 * smtp/smtp_fixture.h - a relay that follows a script, for tests
 *
 * A script has a step a line:
 *
 *     S:250-a|250 b say these lines, in one packet
 *     C:MAIL*       the client must say a line that matches (fnmatch)
 *     D             read content up to the final dot; kept
 *     T             TLS from here on
 *     Z             send a line that never ends
 *     W             wait until the client closes
 *     X             close; what follows is for the next connection
 *
 * It runs in a thread of its own and closes at the script's end. It never
 * waits longer than SMTP_FIXTURE_WAIT_MS for the client.
 */
#ifndef SMTP_SMTP_FIXTURE_H
#define SMTP_SMTP_FIXTURE_H

#include "base/strbuf.h"

#define SMTP_FIXTURE_WAIT_MS 10000

struct smtp_fixture;

/* A certificate for one host name or address, made anew; path: its PEM. */
struct smtp_certificate;
struct smtp_certificate *smtp_certificate_new(const char *san);
const char *smtp_certificate_path(const struct smtp_certificate *c);
void smtp_certificate_free(struct smtp_certificate **c);

/* address: IPv4 to listen on. certificate may be NULL. script must live on. */
struct smtp_fixture *smtp_fixture_start(const char *address, const char *script,
					struct smtp_certificate *certificate);
int smtp_fixture_port(const struct smtp_fixture *f);
/* Wait for the script's end. "" if the client did all it should, else what
 * went wrong. */
const char *smtp_fixture_finish(struct smtp_fixture *f);
/* All contents, as sent over the wire. */
struct str smtp_fixture_content(const struct smtp_fixture *f);
void smtp_fixture_free(struct smtp_fixture **f);

#endif
