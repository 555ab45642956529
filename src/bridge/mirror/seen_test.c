/*
 * What a push has written is not read a second time; what anybody changes
 * after it is.
 */
#include "bridge/bridge_fixture.h"

#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ADDRESS "a@x.example"

/* Of members, since they were set to 0; whole: with their fields. */
static int pages, whole_pages;

static void count_pages(struct bridge_fixture *f, const struct mc_request *rq,
			bool done)
{
	(void)f;
	if (done || !strstr(rq->path, "/members?since_last_changed="))
		return;
	pages += strstr(rq->path, "fields=members.id") != NULL;
	whole_pages += strstr(rq->path, "members.merge_fields") != NULL;
}

static void look(struct bridge_fixture *f)
{
	struct err err = ERR_INIT;
	int64_t job = fake_add_job(f, "watch", "{}");

	pages = whole_pages = 0;
	for (int i = 0; i < 2; i++) /* the first says when to begin */
		assert_true(fake_run_once(f, job, &err) >= 0);
	fake_exec(f, "DELETE FROM job WHERE kind = 'watch'");
	fake_run_all(f);
}

static void begin(struct bridge_fixture *f, bool inside)
{
	struct err err = ERR_INIT;

	bridge_fixture_renew(f);
	f->bridge.setup.inside = inside;
	fake_person(f, ADDRESS);
	fake_person(f, "b@x.example");
	f->during = count_pages;
	assert_true(fake_push(f, fake_group(f, "Everybody"), &err) >= 0);
}

static void set_field(struct bridge_fixture *f)
{
	fake_say(json_object_get(fake_member(f, ADDRESS), "merge_fields"),
		 "FNAME", "Somebody else's");
	fake_set_status(f, ADDRESS, "subscribed");
}

static void leave(struct bridge_fixture *f)
{
	fake_set_status(f, ADDRESS, "unsubscribed");
}

static void be_cleaned(struct bridge_fixture *f)
{
	fake_set_status(f, ADDRESS, "cleaned");
}

static void move(struct bridge_fixture *f)
{
	fake_rename(f, ADDRESS, "moved@x.example");
}

static void be_replaced(struct bridge_fixture *f)
{
	fake_delete_permanently(f, ADDRESS);
	fake_subscribe(f, ADDRESS, "subscribed", "API - Generic");
}

static void do_nothing(struct bridge_fixture *f)
{
	(void)f;
}

static void what_we_wrote_is_not_read_again(void **state)
{
	static const struct {
		void (*change)(struct bridge_fixture *f);
		bool inside, is_read;
	} cases[] = {
		{ do_nothing, true, false }, { do_nothing, false, true },
		{ set_field, true, true },   { leave, true, true },
		{ be_cleaned, true, true },  { move, true, true },
		{ be_replaced, true, true },
	};
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		begin(f, cases[i].inside);
		cases[i].change(f);
		look(f);
		if ((whole_pages > 0) != cases[i].is_read)
			fail_msg("case %zu: %d pages were read whole", i,
				 whole_pages);
		look(f); /* jobs that followed may have touched it */
		look(f);
		if (cases[i].inside)
			assert_int_equal(pages, 0); /* the sums tell */
	}
}

static void what_others_did_reaches_the_crm(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;

	begin(f, true);
	look(f);
	leave(f);
	look(f);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM person WHERE "
					"opted_out = 1"),
			 1);
	begin(f, true);
	set_field(f);
	look(f);
	assert_true(fake_push(f, 1, &err) >= 0);
	assert_string_not_equal(json_string_value(json_object_get(
					json_object_get(fake_member(f, ADDRESS),
							"merge_fields"),
					"FNAME")),
				"Somebody else's");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_we_wrote_is_not_read_again,
						bridge_fixture_open,
						bridge_fixture_close),
		cmocka_unit_test_setup_teardown(what_others_did_reaches_the_crm,
						bridge_fixture_open,
						bridge_fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
