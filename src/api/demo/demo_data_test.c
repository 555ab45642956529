#include "api/demo/demo_private.h"

#include "base/arena.h"
#include "base/email.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HUMANS (DEMO_PEOPLE + DEMO_LEADS)

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* How many different ones there are. */
static size_t distinct(const char **texts, size_t n)
{
	size_t found = n > 0;

	qsort(texts, n, sizeof(*texts), compare);
	for (size_t i = 1; i < n; i++)
		found += strcmp(texts[i - 1], texts[i]) != 0;
	return found;
}

static void everybody_has_a_name_and_an_address_of_their_own(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *names[HUMANS], *addresses[HUMANS], *countries[HUMANS];

	(void)state;
	for (int n = 0; n < HUMANS; n++) {
		struct demo_human h;

		demo_human(n, arena, &h);
		names[n] = arena_printf(arena, "%s %s", h.first, h.last);
		addresses[n] = arena_printf(arena, "%s@%s", h.local, h.domain);
		countries[n] = h.country;
		assert_true(utf8_is_valid(str_of(names[n])));
		assert_true(email_is_valid(addresses[n]));
		assert_memory_equal(h.domain, "example.", 8);
		assert_true(h.company >= -1 && h.company < DEMO_COMPANIES);
		assert_true(*h.city && *h.language && *h.job_title);
	}
	assert_int_equal(distinct(names, HUMANS), HUMANS);
	assert_int_equal(distinct(addresses, HUMANS), HUMANS);
	assert_true(distinct(countries, HUMANS) >= 12);
}

static void every_company_is_another(void **state)
{
	const char *names[DEMO_COMPANIES], *sites[DEMO_COMPANIES];

	(void)state;
	for (int n = 0; n < DEMO_COMPANIES; n++) {
		struct demo_company c;

		demo_company(n, &c);
		names[n] = c.name;
		sites[n] = c.website;
		assert_true(utf8_is_valid(str_of(c.name)));
		assert_true(*c.city && *c.country && *c.industry);
	}
	assert_int_equal(distinct(names, DEMO_COMPANIES), DEMO_COMPANIES);
	assert_int_equal(distinct(sites, DEMO_COMPANIES), DEMO_COMPANIES);
}

/* Some leave and some bounce, so that the second campaign has fewer. */
static void a_few_have_left_after_the_first_campaign(void **state)
{
	int left = 0;

	(void)state;
	for (int n = 0; n < DEMO_PEOPLE; n++)
		left += demo_has_left(n);
	assert_int_equal(left, 7);
}

/* Whoever gets them can leave, and knows who writes. */
static void the_mails_have_what_the_law_wants(void **state)
{
	(void)state;
	for (int k = 0; k < DEMO_CAMPAIGNS; k++) {
		const struct demo_mail *mail = &demo_mails[k];

		assert_non_null(strstr(mail->html, "*|UNSUB|*"));
		assert_non_null(strstr(mail->html, "*|LIST:ADDRESSLINE|*"));
		assert_non_null(strstr(mail->html, "https://www.example.com/"));
		assert_null(strstr(mail->html, "<img"));
		assert_true(strlen(mail->html) < 102 * 1024);
		assert_true(mail->days_ago * 24 > 72); /* nothing is late */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			everybody_has_a_name_and_an_address_of_their_own),
		cmocka_unit_test(every_company_is_another),
		cmocka_unit_test(a_few_have_left_after_the_first_campaign),
		cmocka_unit_test(the_mails_have_what_the_law_wants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
