#include "dns/sender_domain.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "dns/dns.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#define SPF_LOOKUPS_MAX 10 /* RFC 7208 section 4.6.4 */

const char *domain_state_name(enum domain_state state)
{
	static const char *const names[] = { "good", "missing", "wrong",
					     "unknown" };

	return names[state];
}

static struct domain_fact fact(enum domain_state state, const char *record,
			       const char *about)
{
	return (struct domain_fact){ state, record, about };
}

static struct domain_fact unheard(const struct dns_answer *answer,
				  struct arena *arena)
{
	return fact(DOMAIN_UNKNOWN, NULL,
		    arena_printf(arena, "this could not be looked up: %s",
				 answer->why));
}

/* Records that begin so; *first is the first of them. */
static size_t count_records(const struct dns_answer *a,
			    bool (*is_one)(struct str), const char **first)
{
	size_t n = 0;

	*first = NULL;
	for (size_t i = 0; i < a->n; i++) {
		if (!is_one(str_of(a->texts[i])))
			continue;
		if (n++ == 0)
			*first = a->texts[i];
	}
	return n;
}

/* The only one, in *record; else what its absence or its twins mean, in *out.
 */
static bool has_one_record(const struct dns_answer *a,
			   bool (*is_one)(struct str), const char *missing,
			   struct arena *arena, const char **record,
			   struct domain_fact *out)
{
	size_t n;

	if (a->found == DNS_UNKNOWN) {
		*out = unheard(a, arena);
		return false;
	}
	n = count_records(a, is_one, record);
	if (n == 0)
		*out = fact(DOMAIN_MISSING, NULL, missing);
	if (n > 1)
		*out = fact(DOMAIN_WRONG, *record,
			    arena_printf(arena,
					 "there are %zu records, and "
					 "receivers take none of them: make "
					 "one of them",
					 n));
	return n == 1;
}

static bool begins(struct str s, const char *word)
{
	size_t n = strlen(word);

	return s.len >= n && strncasecmp(s.s, word, n) == 0;
}

/* --- SPF --- */

static bool is_spf(struct str s)
{
	return begins(s, "v=spf1") && (s.len == 6 || s.s[6] == ' ');
}

struct spf {
	struct arena *arena;
	const char *relay_host;
	const char *bad_term; /* the first */
	int lookups;
	bool has_all, all_pass, all_neutral, redirects, names_relay;
};

static bool is_network(struct str value, int family)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char bytes[16];
	struct str address = str_cut(&value, '/');
	int64_t length;

	if (address.len == 0 || address.len >= sizeof(text))
		return false;
	memcpy(text, address.s, address.len);
	text[address.len] = '\0';
	if (inet_pton(family, text, bytes) != 1)
		return false;
	return !value.s || (str_to_int(value, &length) && length >= 0 &&
			    length <= (family == AF_INET ? 32 : 128));
}

/* "/24", "//64", "/24//64" */
static bool is_prefix_length(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.s[i] != '/' && (s.s[i] < '0' || s.s[i] > '9'))
			return false;
	return s.len >= 2 && s.len <= 8;
}

/* Letters of a name, and macros (RFC 7208 section 7). */
static bool is_domain_spec(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.s[i] <= ' ' || s.s[i] >= 0x7f || s.s[i] == ':')
			return false;
	return s.len > 0 && s.len <= 255 && memchr(s.s, '.', s.len);
}

/* The relay's own name, or a domain that it is in. */
static void note_domain(struct spf *spf, struct str domain)
{
	size_t host = spf->relay_host ? strlen(spf->relay_host) : 0;
	const char *end;

	if (domain.len == 0 || host < domain.len)
		return;
	end = spf->relay_host + host - domain.len;
	spf->names_relay |= strncasecmp(end, domain.s, domain.len) == 0 &&
			    (host == domain.len || end[-1] == '.');
}

/* name, name:domain, name/24, name:domain/24 */
static bool read_a_or_mx(struct spf *spf, struct str rest)
{
	const char *slash = rest.len ? memchr(rest.s, '/', rest.len) : NULL;
	size_t at = slash ? (size_t)(slash - rest.s) : rest.len;
	struct str domain = { rest.s, at };

	if (slash && !is_prefix_length((struct str){ slash, rest.len - at }))
		return false;
	if (at == 0)
		return true;
	domain.s++;
	domain.len--;
	if (rest.s[0] != ':' || !is_domain_spec(domain))
		return false;
	note_domain(spf, domain);
	return true;
}

static void note_all(struct spf *spf, char qualifier)
{
	spf->has_all = true;
	spf->all_pass |= qualifier == '+';
	spf->all_neutral |= qualifier == '?';
}

/* What follows the name of a mechanism begins with `:` or `/`. */
static bool read_mechanism(struct spf *spf, struct str term)
{
	char qualifier = strchr("+-~?", term.s[0]) ? term.s[0] : '+';
	struct str name, rest, value;
	size_t n;

	if (strchr("+-~?", term.s[0])) {
		term.s++;
		term.len--;
	}
	for (n = 0; n < term.len && term.s[n] != ':' && term.s[n] != '/'; n++)
		;
	name = (struct str){ term.s, n };
	rest = (struct str){ term.s + n, term.len - n };
	value = rest.len > 0 ? (struct str){ rest.s + 1, rest.len - 1 } : rest;
	if (str_ieq(name, "all")) {
		note_all(spf, qualifier);
		return rest.len == 0;
	}
	if (str_ieq(name, "ip4"))
		return rest.len > 0 && *rest.s == ':' &&
		       is_network(value, AF_INET);
	if (str_ieq(name, "ip6"))
		return rest.len > 0 && *rest.s == ':' &&
		       is_network(value, AF_INET6);
	spf->lookups++;
	if (str_ieq(name, "a") || str_ieq(name, "mx"))
		return read_a_or_mx(spf, rest);
	if (str_ieq(name, "ptr") && rest.len == 0)
		return true;
	if (str_ieq(name, "include"))
		note_domain(spf, value);
	return (str_ieq(name, "include") || str_ieq(name, "exists") ||
		str_ieq(name, "ptr")) &&
	       rest.len > 0 && *rest.s == ':' && is_domain_spec(value);
}

/* name=value; names that are not known are to be passed over. */
static bool read_modifier(struct spf *spf, struct str name, struct str value)
{
	for (size_t i = 0; i < name.len; i++)
		if (!memchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX"
			    "YZ0123456789-_.",
			    name.s[i], 65))
			return false;
	if (!str_ieq(name, "redirect"))
		return name.len > 0;
	spf->redirects = true;
	spf->lookups++;
	return is_domain_spec(value);
}

static void read_term(struct spf *spf, struct str term)
{
	struct str value = term, name;
	bool good;

	if (memchr(term.s, '=', term.len) &&
	    !memchr(term.s, ':',
		    (size_t)((const char *)memchr(term.s, '=', term.len) -
			     term.s))) {
		name = str_cut(&value, '=');
		good = read_modifier(spf, name, value);
	} else {
		good = read_mechanism(spf, term);
	}
	if (!good && !spf->bad_term)
		spf->bad_term = arena_str(spf->arena, term);
}

static const char *describe_good_spf(const struct spf *spf)
{
	if (!spf->has_all && !spf->redirects)
		return "there is a record, but it does not end with ~all or "
		       "-all: it says nothing of senders that it does not name";
	if (spf->all_neutral)
		return "there is a record, but with ?all it says nothing of "
		       "senders that it does not name: ~all or -all is better";
	if (!spf->relay_host)
		return "there is one record, and it is in order";
	return arena_printf(
		spf->arena,
		spf->names_relay
			? "there is one record, it is in order, and it names "
			  "%s"
			: "there is one record, and it is in order; it does "
			  "not name %s itself: ask who runs it what belongs "
			  "into the record",
		spf->relay_host);
}

static struct domain_fact judge_spf_record(const char *record,
					   const char *relay_host,
					   struct arena *arena)
{
	struct spf spf = { .arena = arena, .relay_host = relay_host };
	struct str rest = str_of(record + strlen("v=spf1"));

	while (rest.s) {
		struct str term = str_cut(&rest, ' ');

		if (term.len > 0)
			read_term(&spf, term);
	}
	if (spf.bad_term)
		return fact(DOMAIN_WRONG, record,
			    arena_printf(arena,
					 "\"%s\" is nothing that such a record "
					 "may hold: receivers pass over all of "
					 "it",
					 spf.bad_term));
	if (spf.all_pass)
		return fact(DOMAIN_WRONG, record,
			    "with +all anybody may send in the domain's name: "
			    "write ~all or -all");
	if (spf.lookups > SPF_LOOKUPS_MAX)
		return fact(DOMAIN_WRONG, record,
			    arena_printf(arena,
					 "it asks for %d more look-ups, and "
					 "receivers give up after 10",
					 spf.lookups));
	return fact(DOMAIN_GOOD, record, describe_good_spf(&spf));
}

struct domain_fact spf_judge(const struct dns_answer *answer,
			     const char *relay_host, struct arena *arena)
{
	struct domain_fact out;
	const char *record;

	if (!has_one_record(answer, is_spf,
			    "the domain does not say who may send for it: add "
			    "a TXT record that begins with v=spf1, with what "
			    "the operator of your relay gives for it",
			    arena, &record, &out))
		return out;
	return judge_spf_record(record, relay_host, arena);
}

/* --- DKIM and DMARC: tag=value; tag=value --- */

static bool find_tag(const char *record, const char *tag, struct str *out)
{
	struct str rest = str_of(record);

	while (rest.s) {
		struct str value = str_cut(&rest, ';');
		struct str name = str_trim(str_cut(&value, '='));

		if (value.s && str_is(name, tag)) {
			*out = str_trim(value);
			return true;
		}
	}
	return false;
}

static bool is_dkim(struct str s)
{
	struct str unused;

	return begins(s, "v=DKIM1") || find_tag(s.s, "p", &unused);
}

/* Base64, which may be folded by white space. */
static bool is_key(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx"
			    "yz0123456789+/= \t",
			    s.s[i]))
			return false;
	return true;
}

static struct domain_fact judge_key(const char *record)
{
	struct str version, key;

	if (find_tag(record, "v", &version) && !str_is(version, "DKIM1"))
		return fact(DOMAIN_WRONG, record,
			    "its version is not DKIM1: receivers do not take "
			    "the key");
	if (!find_tag(record, "p", &key))
		return fact(DOMAIN_WRONG, record, "it holds no key (p=)");
	if (key.len == 0)
		return fact(DOMAIN_WRONG, record,
			    "the key was withdrawn (p= is empty)");
	if (!is_key(key))
		return fact(DOMAIN_WRONG, record,
			    "its key is damaged: it has letters that no key "
			    "has");
	return fact(DOMAIN_GOOD, record, "the key is there");
}

struct domain_fact dkim_judge(const struct dns_answer *answer,
			      struct arena *arena)
{
	const char *first;
	size_t n;

	if (answer->found == DNS_UNKNOWN)
		return unheard(answer, arena);
	n = count_records(answer, is_dkim, &first);
	if (n == 0)
		return fact(DOMAIN_MISSING, NULL,
			    "the key that mails are signed with is not in the "
			    "DNS: receivers cannot check the signature");
	if (n > 1)
		return fact(DOMAIN_WRONG, first,
			    arena_printf(arena,
					 "there are %zu records, and "
					 "receivers take none of them: make "
					 "one of them",
					 n));
	return judge_key(first);
}

static bool is_dmarc(struct str s)
{
	return begins(s, "v=DMARC1") && (s.len == 8 || strchr("; \t", s.s[8]));
}

static bool is_policy(struct str s)
{
	return str_ieq(s, "none") || str_ieq(s, "quarantine") ||
	       str_ieq(s, "reject");
}

static struct domain_fact judge_policy(const char *record, bool is_above)
{
	struct str policy, sub;

	if (!find_tag(record, "p", &policy))
		return fact(DOMAIN_WRONG, record,
			    "it has no policy: add p=none, p=quarantine or "
			    "p=reject");
	if (is_above && find_tag(record, "sp", &sub))
		policy = sub;
	if (!is_policy(policy))
		return fact(DOMAIN_WRONG, record,
			    "its policy must be none, quarantine or reject");
	if (str_ieq(policy, "none"))
		return fact(DOMAIN_GOOD, record,
			    "there is a policy; it only watches (none): once "
			    "all your mails pass, quarantine protects the "
			    "domain");
	return fact(DOMAIN_GOOD, record,
		    is_above ? "the policy of the domain above holds"
			     : "there is a policy");
}

struct domain_fact dmarc_judge(const struct dns_answer *answer, bool is_above,
			       struct arena *arena)
{
	struct domain_fact out;
	const char *record;

	if (!has_one_record(answer, is_dmarc,
			    "there is no policy, which large receivers want "
			    "of who sends many mails: add a TXT record for "
			    "_dmarc with v=DMARC1; p=none",
			    arena, &record, &out))
		return out;
	return judge_policy(record, is_above);
}

/* --- all three --- */

static int check_spf(const struct dns_options *dns,
		     const struct sender_domain_question *q,
		     struct arena *arena, struct domain_fact *out,
		     struct err *err)
{
	struct dns_answer answer;

	if (dns_ask_texts(dns, q->domain, arena, &answer, err) < 0)
		return -1;
	*out = spf_judge(&answer, q->relay_host, arena);
	return 0;
}

static bool is_within(const char *domain, const char *above)
{
	size_t n = strlen(domain), m = strlen(above);

	return n >= m && strcasecmp(domain + n - m, above) == 0 &&
	       (n == m || domain[n - m - 1] == '.');
}

static int check_dkim(const struct dns_options *dns,
		      const struct sender_domain_question *q,
		      struct arena *arena, struct domain_fact *out,
		      struct err *err)
{
	struct dns_answer answer;

	if (!*q->dkim_selector || !*q->dkim_domain) {
		*out = fact(DOMAIN_UNKNOWN, NULL,
			    "mails are not signed here but, if at all, by the "
			    "relay, with a key whose name is not known here");
		return 0;
	}
	if (!is_within(q->domain, q->dkim_domain) &&
	    !is_within(q->dkim_domain, q->domain)) {
		*out = fact(DOMAIN_WRONG, NULL,
			    arena_printf(arena,
					 "mails are signed for %s, which is "
					 "not the sender's domain",
					 q->dkim_domain));
		return 0;
	}
	if (dns_ask_texts(dns,
			  arena_printf(arena, "%s._domainkey.%s",
				       q->dkim_selector, q->dkim_domain),
			  arena, &answer, err) < 0)
		return -1;
	*out = dkim_judge(&answer, arena);
	return 0;
}

/* The organisation's domain is taken to be one label up. */
static int check_dmarc(const struct dns_options *dns, const char *domain,
		       struct arena *arena, struct domain_fact *out,
		       struct err *err)
{
	const char *above = strchr(domain, '.');
	struct dns_answer answer;

	if (dns_ask_texts(dns, arena_printf(arena, "_dmarc.%s", domain), arena,
			  &answer, err) < 0)
		return -1;
	*out = dmarc_judge(&answer, false, arena);
	if (out->state != DOMAIN_MISSING || !above || !strchr(above + 1, '.'))
		return 0;
	if (dns_ask_texts(dns, arena_printf(arena, "_dmarc%s", above), arena,
			  &answer, err) < 0)
		return -1;
	*out = dmarc_judge(&answer, true, arena);
	return 0;
}

int sender_domain_check(const struct dns_options *dns,
			const struct sender_domain_question *question,
			struct arena *arena, struct sender_domain *out,
			struct err *err)
{
	if (check_spf(dns, question, arena, &out->spf, err) < 0 ||
	    check_dkim(dns, question, arena, &out->dkim, err) < 0)
		return -1;
	return check_dmarc(dns, question->domain, arena, &out->dmarc, err);
}

bool sender_domain_is_provider(const char *address)
{
	static const char *const names[] = {
		"gmail.com",   "googlemail.com", "yahoo.com", "ymail.com",
		"outlook.com", "hotmail.com",    "live.com",  "msn.com",
		"aol.com",     "icloud.com",     "me.com",    "gmx.de",
		"gmx.net",     "gmx.at",         "gmx.ch",    "web.de",
		"t-online.de", "freenet.de",     "mail.ru",   "yandex.ru",
		"proton.me",   "protonmail.com", "qq.com",    "163.com",
	};
	const char *at = address ? strrchr(address, '@') : NULL;

	for (size_t i = 0; at && i < ARRAY_SIZE(names); i++)
		if (strcasecmp(at + 1, names[i]) == 0)
			return true;
	return false;
}
