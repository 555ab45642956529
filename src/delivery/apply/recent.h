/*
 * delivery/apply/recent.h - the hits of the last seconds, by recipient, in
 * memory
 *
 * A hit is judged together with what the same recipient did to the same
 * message shortly before (verdict.h). Those hits are kept here when a batch is
 * committed, so that the next one need not read them again; only a start, or a
 * batch that failed, reads them from the database (apply_read.c). Two
 * generations of hits, each of VERDICT_WINDOW_MS: memory is bounded by what is
 * accepted in that time. Belongs to one thread.
 */
#ifndef DELIVERY_RECENT_H
#define DELIVERY_RECENT_H

#include <stddef.h>
#include <stdint.h>

struct hits;
struct recent;
struct verdict_hit;

struct recent *recent_new(void);
void recent_free(struct recent **recent);
/* Forget all: what is there must be read again. */
void recent_reset(struct recent *recent);

/* In the order of events, once they are committed. */
void recent_add(struct recent *recent, int64_t campaign_id, int64_t member_id,
		const struct verdict_hit *hit);
/* A later hit showed this one to be a machine's. */
void recent_turn(struct recent *recent, int64_t campaign_id, int64_t member_id,
		 const struct verdict_hit *hit);
/* Appends those of a recipient at or after since_ms, oldest first. */
void recent_list(const struct recent *recent, int64_t campaign_id,
		 int64_t member_id, int64_t since_ms, struct hits *out);

#endif
