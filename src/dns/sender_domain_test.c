#include "dns/sender_domain.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "dns/dns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct judged {
	const char *texts[3]; /* the last of them: NULL */
	enum domain_state state;
	const char *about; /* part of it */
};

static struct dns_answer answer_of(const struct judged *j)
{
	struct dns_answer a = { .texts = (const char **)j->texts };

	while (a.n < 3 && j->texts[a.n])
		a.n++;
	a.found = a.n > 0 ? DNS_FOUND : DNS_NOTHING;
	return a;
}

static void compare(const struct judged *j, const struct domain_fact *f)
{
	if (f->state != j->state || !strstr(f->about, j->about))
		fail_msg("%s: %s: %s", j->texts[0] ? j->texts[0] : "nothing",
			 domain_state_name(f->state), f->about);
	if (f->state == DOMAIN_MISSING)
		assert_null(f->record);
	else
		assert_string_equal(f->record, j->texts[0]);
}

#define LOOKS_5 " include:a.b a:a.b mx:a.b exists:a.b include:c.d"

static void spf_records_are_judged(void **state)
{
	static const struct judged cases[] = {
		{ { NULL }, DOMAIN_MISSING, "who may send" },
		{ { "google-site-verification=x" },
		  DOMAIN_MISSING,
		  "who may send" },
		{ { "v=spf10 -all" }, DOMAIN_MISSING, "who may send" },
		{ { "v=spf1 -all" }, DOMAIN_GOOD, "in order" },
		{ { "V=SPF1 MX ~ALL" }, DOMAIN_GOOD, "in order" },
		{ { "v=spf1  mx/24 a:x.org/24//64 a//64 ip4:192.0.2.0/24 "
		    "ip6:2001:db8::/32 ptr exists:%{i}.x.org ?mx:y.org -all" },
		  DOMAIN_GOOD,
		  "in order" },
		{ { "v=spf1 redirect=_spf.x.org" }, DOMAIN_GOOD, "in order" },
		{ { "v=spf1 mx unknown=x -all exp=e.x.org" },
		  DOMAIN_GOOD,
		  "in order" },
		{ { "v=spf1 mx" }, DOMAIN_GOOD, "does not end" },
		{ { "v=spf1" }, DOMAIN_GOOD, "does not end" },
		{ { "v=spf1 mx ?all" }, DOMAIN_GOOD, "?all" },
		{ { "v=spf1 include:spf.relay.example -all" },
		  DOMAIN_GOOD,
		  "does not name out" },
		{ { "v=spf1 include:relay.test -all" },
		  DOMAIN_GOOD,
		  "names out.relay.test" },
		{ { "v=spf1 a:out.relay.test -all" },
		  DOMAIN_GOOD,
		  "names out.relay.test" },
		{ { "v=spf1 include:lay.test -all" },
		  DOMAIN_GOOD,
		  "does not name" },
		{ { "v=spf1 +all" }, DOMAIN_WRONG, "anybody" },
		{ { "v=spf1 mx all" }, DOMAIN_WRONG, "anybody" },
		{ { "v=spf1 -all", "v=spf1 mx -all" }, DOMAIN_WRONG, "2 rec" },
		{ { "v=spf1 ipv4:192.0.2.1 -all" },
		  DOMAIN_WRONG,
		  "\"ipv4:192.0.2.1\"" },
		{ { "v=spf1 ip4:192.0.2 -all" }, DOMAIN_WRONG, "192.0.2\"" },
		{ { "v=spf1 ip4:192.0.2.1/33 -all" }, DOMAIN_WRONG, "/33" },
		{ { "v=spf1 ip4:2001:db8::1 -all" }, DOMAIN_WRONG, "db8" },
		{ { "v=spf1 ip4 -all" }, DOMAIN_WRONG, "\"ip4\"" },
		{ { "v=spf1 include: -all" }, DOMAIN_WRONG, "include:" },
		{ { "v=spf1 include -all" }, DOMAIN_WRONG, "include" },
		{ { "v=spf1 include:x -all" }, DOMAIN_WRONG, "include:x" },
		{ { "v=spf1 mx; -all" }, DOMAIN_WRONG, "mx;" },
		{ { "v=spf1 mx,a -all" }, DOMAIN_WRONG, "mx,a" },
		{ { "v=spf1 - all" }, DOMAIN_WRONG, "\"-\"" },
		{ { "v=spf1 -all:x" }, DOMAIN_WRONG, "-all:x" },
		{ { "v=spf1 redirect=" }, DOMAIN_WRONG, "redirect=" },
		{ { "v=spf1 =x -all" }, DOMAIN_WRONG, "=x" },
		{ { "v=spf1" LOOKS_5 LOOKS_5 " ip4:192.0.2.1 -all" },
		  DOMAIN_GOOD,
		  "in order" },
		{ { "v=spf1" LOOKS_5 LOOKS_5 " mx -all" },
		  DOMAIN_WRONG,
		  "11 more" },
		{ { "v=spf1" LOOKS_5 LOOKS_5 " redirect=x.org" },
		  DOMAIN_WRONG,
		  "11 more" },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct dns_answer a = answer_of(&cases[i]);
		bool named = strstr(cases[i].about, "name");
		struct domain_fact f =
			spf_judge(&a, named ? "out.relay.test" : NULL, arena);

		compare(&cases[i], &f);
	}
}

static void dkim_keys_are_judged(void **state)
{
	static const struct judged cases[] = {
		{ { NULL }, DOMAIN_MISSING, "not in the DNS" },
		{ { "something else" }, DOMAIN_MISSING, "not in the DNS" },
		{ { "v=DKIM1; k=rsa; p=MIGf+/==" }, DOMAIN_GOOD, "there" },
		{ { "p=MIGf MA0G" }, DOMAIN_GOOD, "there" },
		{ { "v=DKIM1;p=AAAA;" }, DOMAIN_GOOD, "there" },
		{ { "v=DKIM1; p=" }, DOMAIN_WRONG, "withdrawn" },
		{ { "v=DKIM1; k=rsa" }, DOMAIN_WRONG, "no key" },
		{ { "v=DKIM2; p=AAAA" }, DOMAIN_WRONG, "version" },
		{ { "v=DKIM1; p=\"AAAA\"" }, DOMAIN_WRONG, "damaged" },
		{ { "v=DKIM1; p=AA", "v=DKIM1; p=BB" }, DOMAIN_WRONG, "2 rec" },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct dns_answer a = answer_of(&cases[i]);
		struct domain_fact f = dkim_judge(&a, arena);

		compare(&cases[i], &f);
	}
}

static void dmarc_policies_are_judged(void **state)
{
	static const struct judged cases[] = {
		{ { NULL }, DOMAIN_MISSING, "no policy" },
		{ { "v=spf1 -all" }, DOMAIN_MISSING, "no policy" },
		{ { "v=DMARC10; p=none" }, DOMAIN_MISSING, "no policy" },
		{ { "p=none; v=DMARC1" }, DOMAIN_MISSING, "no policy" },
		{ { "v=DMARC1; p=reject" }, DOMAIN_GOOD, "there is a policy" },
		{ { "v=DMARC1;p=Quarantine;" }, DOMAIN_GOOD, "policy" },
		{ { "v=DMARC1; p=none; rua=mailto:a@b.c" },
		  DOMAIN_GOOD,
		  "only watches" },
		{ { "v=DMARC1" }, DOMAIN_WRONG, "no policy" },
		{ { "v=DMARC1; rua=mailto:a@b.c" }, DOMAIN_WRONG, "no policy" },
		{ { "v=DMARC1; p=maybe" }, DOMAIN_WRONG, "must be none" },
		{ { "v=DMARC1; p=none", "v=DMARC1; p=reject" },
		  DOMAIN_WRONG,
		  "2 rec" },
	};
	static const struct judged above[] = {
		{ { "v=DMARC1; p=reject" }, DOMAIN_GOOD, "domain above" },
		{ { "v=DMARC1; p=reject; sp=none" },
		  DOMAIN_GOOD,
		  "only watches" },
		{ { "v=DMARC1; p=none; sp=x" }, DOMAIN_WRONG, "must be none" },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct dns_answer a = answer_of(&cases[i]);
		struct domain_fact f = dmarc_judge(&a, false, arena);

		compare(&cases[i], &f);
	}
	for (size_t i = 0; i < ARRAY_SIZE(above); i++) {
		struct dns_answer a = answer_of(&above[i]);
		struct domain_fact f = dmarc_judge(&a, true, arena);

		compare(&above[i], &f);
	}
}

static void what_was_not_heard_is_not_known(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct dns_answer a = { .found = DNS_UNKNOWN, .why = "silence" };
	struct domain_fact facts[] = { spf_judge(&a, "r.test", arena),
				       dkim_judge(&a, arena),
				       dmarc_judge(&a, false, arena) };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
		assert_int_equal(facts[i].state, DOMAIN_UNKNOWN);
		assert_non_null(strstr(facts[i].about, "silence"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spf_records_are_judged),
		cmocka_unit_test(dkim_keys_are_judged),
		cmocka_unit_test(dmarc_policies_are_judged),
		cmocka_unit_test(what_was_not_heard_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
