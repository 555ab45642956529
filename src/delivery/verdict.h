/*
 * delivery/verdict.h - was it a person or a machine that opened or clicked?
 *
 * Rule 20 of the domain. Judged over what one recipient did to one message
 * lately; what comes later may turn what came earlier into a machine's doing.
 * Pure functions; struct verdict_bursts belongs to one thread.
 */
#ifndef DELIVERY_VERDICT_H
#define DELIVERY_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum machine_why {
	MACHINE_NO = 0,   /* a person */
	MACHINE_PROXY,    /* Apple Mail Privacy Protection, and the like */
	MACHINE_SCANNER,  /* three links or more within 2 s */
	MACHINE_HONEYPOT, /* a link that nobody sees */
	MACHINE_EARLY,    /* before acceptance, or within 10 s of it */
	MACHINE_HEAD,     /* asked with HEAD */
	MACHINE_BURST,    /* many people of a domain at once */
};
const char *machine_why_name(enum machine_why why); /* "proxy"; NULL: NO */
enum machine_why machine_why_parse(const char *name);

struct verdict_hit {
	int64_t event_id;
	int64_t at_ms;
	bool is_click; /* else an open */
	bool is_head;
	int64_t link_id;
	const char *ip, *agent; /* "" if unknown; of new ones only */
	uint64_t place;         /* verdict_place(ip) */
	enum machine_why why;   /* the verdict */
	bool is_new;            /* was not judged before */
	bool is_changed;        /* verdict changed by a later hit */
};

/* An open by a proxy that fetches pictures when a reader opens the mail. It does
 * so for all readers of a provider: many at once are no burst. */
bool verdict_is_of_reader(const struct verdict_hit *hit);

/* Stands for an address where hits of one are compared. */
uint64_t verdict_place(const char *ip);

struct verdict_facts {
	bool is_accepted; /* else every hit is early */
	int64_t accepted_ms;
	int64_t early_ms;
};

/* How far back hits matter for the verdict of a new one. */
#define VERDICT_WINDOW_MS 10000
/* More of one recipient in that time are a machine's, unseen. */
#define VERDICT_HITS_MAX 200

/* hits in the order of at_ms; judges the new ones, and may change others. */
void verdict_judge(const struct verdict_facts *facts, struct verdict_hit *hits,
		   size_t n);

/* --- bursts --- */

struct verdict_bursts;

struct burst_hit {
	int64_t campaign_id, member_id, event_id;
};

/* limit: so many of a domain at once are a machine. */
struct verdict_bursts *verdict_bursts_new(int64_t limit);
void verdict_bursts_free(struct verdict_bursts **b);
/*
 * A hit of somebody at `domain` from `ip`. true: it is part of a burst, and
 * *earlier_out (n of them; valid until the next call) are hits that turn out
 * to be part of it too.
 */
bool verdict_bursts_add(struct verdict_bursts *b, const struct burst_hit *hit,
			int64_t at_ms, const char *domain, const char *ip,
			const struct burst_hit **earlier_out, size_t *n_out);

#endif
