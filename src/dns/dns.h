/*
 * dns/dns.h - asks the domain name system (c-ares)
 *
 *     struct dns_answer answer;
 *
 *     if (dns_ask_texts(&dns, "_dmarc.example.org", arena, &answer, err) < 0)
 *             return -1;
 *
 * That nothing was heard is an answer too (DNS_UNKNOWN). A question takes so
 * long as the options say at most, also if the resolver says nothing, part of
 * it, or nonsense. Any thread; a stop (base/thread/stop.h) ends it.
 */
#ifndef DNS_DNS_H
#define DNS_DNS_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;

#define DNS_TEXTS_MAX 50 /* records of a name that are looked at */

struct dns_options {
	const char *server; /* address, or address:port; "": the system's */
	int64_t total_ms;   /* of a question */
};

enum dns_found {
	DNS_FOUND,
	DNS_NOTHING, /* no such name, or no such record of it */
	DNS_UNKNOWN, /* no answer, or none to make sense of */
};
struct dns_answer {
	enum dns_found found;
	const char *why;    /* of DNS_UNKNOWN */
	const char **texts; /* one a record, its strings joined */
	size_t n;
};

/* Is it an address to ask, as of dns_options? ERR_INVALID. */
int dns_check_server(const char *text, struct err *err);

/* TXT records of a name in A-labels, into arena. -1 with ERR_RETRY: a stop was
 * asked for. Bytes that are no printable ASCII become "?". */
int dns_ask_texts(const struct dns_options *options, const char *name,
		  struct arena *arena, struct dns_answer *out, struct err *err);

#endif
