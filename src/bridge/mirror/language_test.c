#include "bridge/bridge_fixture.h"
#include "bridge/bridge_private.h"

#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, bridge_fixture_open, \
					bridge_fixture_close)

#define LANGUAGE_OF_ALL "SELECT COALESCE(MAX(language), '-') FROM person"

static const char *language_at(struct bridge_fixture *f, const char *address)
{
	const char *language = json_string_value(
		json_object_get(fake_member(f, address), "language"));

	return language ? language : "-";
}

static const char *language_there(struct bridge_fixture *f)
{
	return language_at(f, "a@x.example");
}

/* As on the page of their preferences. */
static void choose_at(struct bridge_fixture *f, const char *address,
		      const char *language)
{
	fake_say(fake_member(f, address), "language", language);
	fake_set_status(f, address, "subscribed");
}

static void choose_there(struct bridge_fixture *f, const char *language)
{
	choose_at(f, "a@x.example", language);
}

static void assert_both(struct bridge_fixture *f, const char *here,
			const char *there)
{
	fake_sync(f);
	fake_run_all(f);
	assert_string_equal(fake_text(f, LANGUAGE_OF_ALL), here);
	assert_string_equal(language_there(f), there);
}

static void a_language_goes_there_and_comes_back(void **state)
{
	struct bridge_fixture *f = *state;
	struct record p = fake_person(f, "a@x.example");
	int64_t group = fake_group(f, "G");
	struct err err = ERR_INIT;
	int before;

	fake_patch(f, p.id, "{\"language\":\"Deutsch\"}");
	assert_int_equal(fake_push(f, group, &err), 0);
	fake_run_all(f);
	assert_string_equal(language_there(f), "de");
	assert_both(f, "Deutsch", "de"); /* as somebody wrote it */
	fake_patch(f, p.id, "{\"language\":\"pt-PT\"}");
	assert_both(f, "pt-PT", "pt_PT");
	choose_there(f, "fr");
	assert_both(f, "fr", "fr");
	/* who changed it last is heard, whoever that is */
	fake_patch(f, p.id, "{\"language\":\"es\"}");
	fake_run_all(f);
	choose_there(f, "it");
	assert_both(f, "it", "it");
	/* one that there is no code for is nobody else's business */
	fake_patch(f, p.id, "{\"language\":\"Klingon\"}");
	assert_both(f, "Klingon", "it");
	/* nor is that it is not known */
	fake_patch(f, p.id, "{\"language\":null}");
	assert_both(f, "-", "it");
	choose_there(f, "nl");
	assert_both(f, "nl", "nl");
	before = f->requests;
	assert_int_equal(fake_push(f, group, &err), 0);
	fake_run_all(f);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM push_row WHERE "
					"action IN (1, 2) AND push_id = "
					"(SELECT MAX(id) FROM push)"),
			 0);
	assert_true(f->requests > before);
}

/* The CRM had none, and the audience has since before it was looked at. */
static void a_language_is_taken_where_there_is_none(void **state)
{
	struct bridge_fixture *f = *state;
	struct record p = fake_person(f, "a@x.example");

	fake_subscribe(f, "a@x.example", "subscribed", "Form");
	choose_there(f, "de");
	assert_both(f, "de", "de");
	bridge_fixture_renew(f);
	p = fake_person(f, "a@x.example");
	fake_subscribe(f, "a@x.example", "subscribed", "Form");
	choose_there(f, "de");
	fake_patch(f, p.id, "{\"language\":\"fr\"}");
	assert_both(f, "fr", "fr"); /* that of the CRM, which was said here */
	/* whose it is of two who share the address, nobody knows */
	(void)fake_person(f, "a@x.example");
	choose_there(f, "nl");
	assert_both(f, "fr", "nl");
}

/* Both sides know German of a@x.example. */
static int64_t agreed(struct bridge_fixture *f, int64_t *group)
{
	struct err err = ERR_INIT;
	struct record p = fake_person(f, "a@x.example");

	*group = fake_group(f, "G");
	fake_patch(f, p.id, "{\"language\":\"de\"}");
	assert_int_equal(fake_push(f, *group, &err), 0);
	assert_both(f, "de", "de");
	return p.id;
}

/* Whatever tells the audience of it first: a change here (of whatever), or a
 * push. */
static void who_reads_is_heard_before_they_are_told(void **state)
{
	static const struct {
		const char *here, *there; /* both chosen, in that order */
		const char *both;
	} ways[] = {
		{ "{\"language\":\"es\"}", "fr", "fr" },
		{ "{\"language\":null}", "fr", "fr" },
		{ "{\"language\":\"Klingon\"}", "fr", "fr" },
		{ "{\"first_name\":\"Ann\"}", "fr", "fr" },
		{ "{\"language\":\"es\"}", NULL, "es" },
	};
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < 2 * ARRAY_SIZE(ways); i++) {
		bool by_push = i % 2;
		int64_t group, id = agreed(f, &group);
		struct err err = ERR_INIT;

		fake_patch(f, id, ways[i / 2].here);
		if (ways[i / 2].there)
			choose_there(f, ways[i / 2].there);
		if (by_push)
			assert_int_equal(fake_push(f, group, &err), 0);
		fake_run_all(f);
		assert_both(f, ways[i / 2].both, ways[i / 2].both);
		/* and who changes it here after that is the last */
		fake_patch(f, id, "{\"language\":\"nl\"}");
		fake_run_all(f);
		assert_both(f, "nl", "nl");
		bridge_fixture_renew(f);
	}
}

static void choose_during_push(struct bridge_fixture *f,
			       const struct mc_request *request, bool done)
{
	if (done || strcmp(request->method, "POST") != 0 ||
	    !strstr(request->path, "skip_merge_validation"))
		return;
	f->during = NULL;
	choose_there(f, "fr");
}

/* What changes names does not write the language of before. */
static void a_choice_during_a_push_is_kept(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t group, id = agreed(f, &group);
	struct err err = ERR_INIT;

	fake_exec(f, "UPDATE person SET first_name = 'Ann'");
	(void)id;
	f->during = choose_during_push;
	assert_int_equal(fake_push(f, group, &err), 0);
	assert_null(f->during);
	fake_run_all(f);
	assert_both(f, "fr", "fr");
}

/* The language is that of who reads, by whichever address. */
static void a_choice_goes_along_with_an_address(void **state)
{
	struct bridge_fixture *f = *state;
	static const bool both[] = { false, true };

	for (size_t heard = 0; heard < 2; heard++) {
		for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
			int64_t group, id = agreed(f, &group);

			if (both[i])
				fake_subscribe(f, "b@x.example", "subscribed",
					       "Form");
			choose_there(f, "fr");
			if (heard)
				fake_sync(f);
			fake_patch(f, id, "{\"email\":\"b@x.example\"}");
			fake_run_all(f);
			fake_sync(f);
			fake_run_all(f);
			assert_string_equal(fake_text(f, LANGUAGE_OF_ALL),
					    "fr");
			assert_string_equal(language_at(f, "b@x.example"),
					    "fr");
			bridge_fixture_renew(f);
		}
	}
}

/* What is no language bars none. */
static void a_text_that_is_none_keeps_nobody_out(void **state)
{
	struct bridge_fixture *f = *state;
	struct record p = fake_person(f, "a@x.example");

	fake_patch(f, p.id, "{\"language\":\"Klingon\"}");
	fake_subscribe(f, "a@x.example", "subscribed", "Form");
	choose_there(f, "de");
	assert_both(f, "de", "de");
}

/* Nobody knows whose it is: what was chosen there stays. */
static void of_several_readers_the_choice_stays_there(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t group, id = agreed(f, &group);
	struct err err = ERR_INIT;

	fake_patch(f, fake_person(f, "a@x.example").id,
		   "{\"language\":\"it\"}");
	choose_there(f, "fr");
	fake_sync(f);
	fake_patch(f, id, "{\"language\":\"es\"}");
	fake_run_all(f);
	assert_int_equal(fake_push(f, group, &err), 0);
	fake_run_all(f);
	assert_string_equal(language_there(f), "fr");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_language_goes_there_and_comes_back),
		TEST(a_language_is_taken_where_there_is_none),
		TEST(who_reads_is_heard_before_they_are_told),
		TEST(a_choice_during_a_push_is_kept),
		TEST(a_choice_goes_along_with_an_address),
		TEST(a_text_that_is_none_keeps_nobody_out),
		TEST(of_several_readers_the_choice_stays_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
