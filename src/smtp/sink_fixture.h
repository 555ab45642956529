/*
 * smtp/sink_fixture.h - a relay that does as told, for tests and benches
 *
 * It listens on loopback, and has two ways to be told what to do.
 *
 * Without a script it takes what comes, on any number of connections, throws it
 * away and counts. Rules give other replies, at a step (MAIL, RCPT, DATA, DOT)
 * to whatever holds a text: in the command, or, at DATA and DOT, in the
 * recipient.
 *
 *     struct sink *sink = sink_start(&(struct sink_options){ 0 });
 *     sink_when(sink, "RCPT", "<m5@", "451 4.7.1 later", 2);
 *
 * With a script it leads one dialogue after another, each a thread's, and says
 * what went otherwise than written. A script has a step a line:
 *
 *     S:250-a|250 b say these lines, in one packet
 *     C:MAIL*       the client must say a line that matches (fnmatch)
 *     D             read content up to the final dot; kept
 *     T             TLS from here on
 *     Z             send a line that never ends
 *     W             wait until the client closes
 *     X             close; what follows is for the next connection
 *
 * It closes at the script's end, and never waits longer than SINK_WAIT_MS for
 * the client.
 */
#ifndef SMTP_SINK_FIXTURE_H
#define SMTP_SINK_FIXTURE_H

#include "base/str.h"

#define SINK_WAIT_MS 10000
#define SINK_ALWAYS INT_MAX

struct certificate;
struct sink;

struct sink_options {
	const char *address; /* IPv4 to listen on; NULL: 127.0.0.1 */
	int port;            /* 0: a free one */
	const char *script;  /* NULL: take what comes; must live on */
	/* Of step T; without a script it is TLS from the first byte. May be
	 * NULL. */
	const struct certificate *certificate;
	bool no_pipelining; /* without a script */
};

/* NULL: the port cannot be listened on, errno says why. */
struct sink *sink_start(const struct sink_options *options);
void sink_free(struct sink **sink); /* closes what is open */
int sink_port(const struct sink *sink);

/* --- without a script --- */

/*
 * The reply in place of the usual one, so often; "close" closes the connection.
 * The first rule that fits counts. The texts must live on.
 */
void sink_when(struct sink *sink, const char *step, const char *text,
	       const char *reply, int times);
struct sink_totals {
	int64_t accepted, bytes, connections;
};
struct sink_totals sink_totals(struct sink *sink);
/* How often a message to m<member>@... was accepted; members below 4,096. */
int sink_count(struct sink *sink, int member);
/* Until one more is accepted, or a moment has passed. */
void sink_wait(struct sink *sink);
/* While paused, connections are closed at once, those that are open too. */
void sink_pause(struct sink *sink, bool paused);

/* --- with a script --- */

/* Wait for its end. "" if the client did all it should, else what went wrong.
 */
const char *sink_finish(struct sink *sink);
/* All contents, as sent over the wire; after its end. */
struct str sink_content(const struct sink *sink);

#endif
