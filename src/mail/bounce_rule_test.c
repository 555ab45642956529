#include "mail/bounce_rule.h"

#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void tells_bounces_apart(void **state)
{
	static const struct {
		int code;
		const char *enhanced, *text;
		enum bounce_rule rule;
	} cases[] = {
		{ 550, "5.1.1",
		  "The email account that you tried to reach "
		  "does not exist.",
		  BOUNCE_RULE_HARD },
		{ 550, "5.1.1", "No such user", BOUNCE_RULE_HARD },
		{ 550, "5.1.1",
		  "<nospam@blocked.example>: Recipient address "
		  "rejected: User unknown in local table",
		  BOUNCE_RULE_HARD },
		{ 550, "5.1.10", "RESOLVER.ADR.RecipientNotFound",
		  BOUNCE_RULE_HARD },
		{ 550, "5.1.2", "Host unknown", BOUNCE_RULE_HARD },
		{ 550, "", "", BOUNCE_RULE_HARD },
		{ 550, NULL, NULL, BOUNCE_RULE_HARD },
		{ 550, "", "mailbox unavailable", BOUNCE_RULE_HARD },
		{ 554, "5.7.1", "user unknown", BOUNCE_RULE_HARD },
		{ 0, "5.1.1", "", BOUNCE_RULE_HARD },
		{ 0, "", "", BOUNCE_RULE_SOFT },
		{ 450, "4.1.1", "user unknown", BOUNCE_RULE_SOFT },
		{ 0, "4.1.1", "user unknown", BOUNCE_RULE_SOFT },
		{ 452, "4.2.2", "mailbox full", BOUNCE_RULE_SOFT },
		{ 552, "5.2.2", "over quota", BOUNCE_RULE_SOFT },
		{ 550, "", "Mailbox is full", BOUNCE_RULE_SOFT },
		{ 552, "5.3.4", "too big", BOUNCE_RULE_SOFT },
		{ 554, "5.4.14", "hop count", BOUNCE_RULE_SOFT },
		{ 451, "", "greylisted, try later", BOUNCE_RULE_SOFT },
		{ 421, "", "try again", BOUNCE_RULE_SOFT },
		{ 550, "5.7.1", "refused", BOUNCE_RULE_POLICY },
		{ 550, "5.7.26", "not authenticated", BOUNCE_RULE_POLICY },
		{ 550, "5.1.1", "blocked using zen.spamhaus.org",
		  BOUNCE_RULE_POLICY },
		{ 554, "", "rejected due to spam", BOUNCE_RULE_POLICY },
		{ 554, "", "no", BOUNCE_RULE_POLICY },
		{ 550, "5.1.8", "bad sender", BOUNCE_RULE_POLICY },
		{ 421, "4.7.0", "rate limited", BOUNCE_RULE_POLICY },
		{ 550, "x.y", "no", BOUNCE_RULE_HARD },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		if (bounce_rule_find(cases[i].code, cases[i].enhanced,
				     cases[i].text) != cases[i].rule)
			fail_msg("%d %s %s", cases[i].code, cases[i].enhanced,
				 cases[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_bounces_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
