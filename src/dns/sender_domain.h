/*
 * dns/sender_domain.h - what the DNS says of a domain that mails come from:
 * SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489)
 *
 * Receivers trust a domain more that has all three in order. Records are
 * judged by themselves: an SPF record's includes are not followed. The judges
 * are pure and take what the DNS answered.
 */
#ifndef DNS_SENDER_DOMAIN_H
#define DNS_SENDER_DOMAIN_H

#include <stdbool.h>

struct arena;
struct dns_answer;
struct dns_options;
struct err;

enum domain_state {
	DOMAIN_GOOD,
	DOMAIN_MISSING,
	DOMAIN_WRONG,
	DOMAIN_UNKNOWN,
};
const char *domain_state_name(enum domain_state state); /* "good" */

struct domain_fact {
	enum domain_state state;
	const char *record; /* NULL: none */
	const char *about;  /* a sentence for people */
};
struct sender_domain {
	struct domain_fact spf, dkim, dmarc;
};

struct sender_domain_question {
	const char *domain;     /* of the sender, in A-labels */
	const char *relay_host; /* NULL: not known, or the outbox */
	/* As the options say; "": the relay signs, with a key of its own. */
	const char *dkim_domain, *dkim_selector;
};

/* Four questions to the DNS at most. -1 with ERR_RETRY: a stop was asked for.
 * Texts live in arena. */
int sender_domain_check(const struct dns_options *dns,
			const struct sender_domain_question *question,
			struct arena *arena, struct sender_domain *out,
			struct err *err);

struct domain_fact spf_judge(const struct dns_answer *answer,
			     const char *relay_host, struct arena *arena);
struct domain_fact dkim_judge(const struct dns_answer *answer,
			      struct arena *arena);
/* is_above: it is that of the domain above, whose `sp` counts here. */
struct domain_fact dmarc_judge(const struct dns_answer *answer, bool is_above,
			       struct arena *arena);

/* An address of a mail provider, in whose name nobody else may send: receivers
 * refuse, by its DMARC. NULL is none. */
bool sender_domain_is_provider(const char *address);

#endif
