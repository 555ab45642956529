/*
 * delivery/sink_fixture.h - a relay for tests: takes messages on loopback and
 * counts them by recipient m<i>@...
 */
#ifndef DELIVERY_SINK_FIXTURE_H
#define DELIVERY_SINK_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

struct sink;

struct sink *sink_start(void);
void sink_free(struct sink **sink);
int sink_port(const struct sink *sink);
/* How often the message of member i was accepted; of all. */
int sink_count(struct sink *sink, int member);
int64_t sink_total(struct sink *sink);
/* Until one more is accepted, or a moment has passed. */
void sink_wait(struct sink *sink);
/* RCPT of that member (0: of any) gets this answer, so often. */
void sink_answer_to(struct sink *sink, int member, const char *answer,
		    int times);
/* While paused, connections are closed at once, those that are open too. */
void sink_pause(struct sink *sink, bool paused);

#endif
