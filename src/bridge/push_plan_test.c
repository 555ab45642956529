/* Which plans are forgotten, and which pushes and rows stay. */
#include "bridge/bridge_fixture.h"

#include "base/clock.h"
#include "base/err.h"
#include "bridge/push_plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define PLAN "{\"group_id\":1,\"dry_run\":true}"

static void plan(struct bridge_fixture *f, int n)
{
	struct err err = ERR_INIT;

	while (n-- > 0)
		fake_must(fake_run(f, fake_add_job(f, "push", PLAN), &err),
			  &err);
}

static int forget(struct bridge_fixture *f, int64_t group_id, int64_t now_ms)
{
	struct err err = ERR_INIT;
	int forgotten = 0, found;

	while ((found = push_plan_forget(f->db, group_id, now_ms, &err)) > 0)
		forgotten++;
	fake_must(found, &err);
	return forgotten;
}

static void make_group(struct bridge_fixture *f)
{
	bridge_fixture_renew(f);
	(void)fake_person(f, "a@x.example");
	(void)fake_person(f, "b@x.example");
	assert_int_equal(fake_group(f, "G"), 1);
}

static void are_left(struct bridge_fixture *f, int plans, int pushes)
{
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM push WHERE "
					"dry_run = 1"),
			 plans);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM push WHERE "
					"dry_run = 0"),
			 pushes);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM push_row"),
			 2 * (plans + pushes));
}

static void plans_are_kept_for_seven_days(void **state)
{
	static const struct {
		int64_t age_ms;
		int left;
	} cases[] = {
		{ 0, 1 },
		{ PUSH_PLAN_DAYS * MS_DAY, 1 },
		{ PUSH_PLAN_DAYS * MS_DAY + 1, 0 },
		{ 400 * MS_DAY, 0 },
	};
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err err = ERR_INIT;

		make_group(f);
		plan(f, 1);
		assert_int_equal(fake_push(f, 1, &err), 0);
		fake_exec(f, "UPDATE push SET at_ms = 1000");
		assert_int_equal(forget(f, 0, 1000 + cases[i].age_ms),
				 1 - cases[i].left);
		are_left(f, cases[i].left, 1);
	}
}

static void the_newest_of_each_group_are_kept(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t now_ms = clock_now_ms();
	struct err err = ERR_INIT;

	make_group(f);
	plan(f, PUSH_PLANS_KEPT + 2);
	assert_int_equal(fake_push(f, 1, &err), 0);
	are_left(f, PUSH_PLANS_KEPT, 1); /* each made room for itself */
	assert_int_equal(fake_number(f, "SELECT MIN(id) FROM push"), 3);
	assert_int_equal(forget(f, 2, now_ms), 0); /* another group's */
	assert_int_equal(forget(f, 0, now_ms), 0);
	/* room for the next one */
	assert_int_equal(forget(f, 1, now_ms), 1);
	are_left(f, PUSH_PLANS_KEPT - 1, 1);
}

static void a_plan_that_is_being_made_stays(void **state)
{
	struct bridge_fixture *f = *state;

	make_group(f);
	plan(f, 1);
	fake_exec(f, "UPDATE push SET at_ms = 0");
	fake_exec(f, "UPDATE job SET state = 2 WHERE id = "
		     "(SELECT job_id FROM push)");
	assert_int_equal(forget(f, 0, clock_now_ms()), 0);
	are_left(f, 1, 0);
}

/* What happens between a plan and its push. */
enum meanwhile {
	NOTHING,
	OPTED_OUT,
	LEFT_AUDIENCE,
	HELD,
	DELETED,
	ERASED,
	RENAMED,
	JOINED_AUDIENCE,
	/* the plan is old: */
	CAME,
	LEFT_GROUP,
	NEVER_TAGGED_LEFT,
	MOVED,
	GONE_FROM_AUDIENCE,
};

static void happen(struct bridge_fixture *f, enum meanwhile what, int64_t a,
		   int64_t b)
{
	switch (what) {
	case NOTHING:
		break;
	case OPTED_OUT:
		fake_patch(f, a, "{\"opted_out\":true,\"reason\":\"phoned\"}");
		break;
	case LEFT_AUDIENCE:
		fake_set_status(f, "a@x.example", "unsubscribed");
		break;
	case HELD:
		fake_exec(f, "UPDATE email SET held = 1 WHERE folded = "
			     "'b@x.example'");
		break;
	case DELETED:
		fake_delete(f, b);
		break;
	case ERASED:
		fake_erase(f, b);
		break;
	case RENAMED:
		fake_patch(f, a, "{\"last_name\":\"New\"}");
		break;
	case JOINED_AUDIENCE:
		fake_subscribe(f, "b@x.example", "subscribed", "API");
		break;
	case CAME:
		(void)fake_person(f, "c@x.example");
		break;
	case LEFT_GROUP: /* of who has the tag */
		fake_patch(f, a, "{\"city\":\"Out\"}");
		break;
	case NEVER_TAGGED_LEFT:
		fake_patch(f, b, "{\"city\":\"Out\"}");
		break;
	case MOVED:
		fake_patch(f, b, "{\"email\":\"b2@x.example\"}");
		break;
	case GONE_FROM_AUDIENCE:
		fake_delete_permanently(f, "a@x.example");
		fake_exec(f, "DELETE FROM bridge_member");
		break;
	}
}

static int64_t make_plan(struct bridge_fixture *f)
{
	plan(f, 1);
	return fake_number(f, "SELECT MAX(id) FROM push WHERE dry_run = 1");
}

static int push_by(struct bridge_fixture *f, int64_t plan_id, struct err *err)
{
	char payload[80];

	snprintf(payload, sizeof(payload),
		 "{\"group_id\":1,\"dry_run\":false,\"plan_id\":%lld}",
		 (long long)plan_id);
	return fake_run(f, fake_add_job(f, "push", payload), err);
}

/* Less than it showed, for their sake; never more, nor to others. */
static void a_push_does_what_its_plan_shows(void **state)
{
	struct bridge_fixture *f = *state;

	for (int what = NOTHING; what <= GONE_FROM_AUDIENCE; what++) {
		struct err err = ERR_INIT;
		int64_t a, b, plan_id;
		bool is_old = what >= CAME;
		int ret;

		bridge_fixture_renew(f);
		a = fake_person(f, "a@x.example").id;
		assert_int_equal(fake_group(f, "G"), 1);
		fake_exec(f, "UPDATE crm_group SET criteria = "
			     "'{\"match\":\"all\",\"conditions\":[{\"field\":"
			     "\"city\",\"op\":\"blank\"}]}'");
		assert_int_equal(fake_push(f, 1, &err), 0);
		b = fake_person(f, "b@x.example").id;
		plan_id = make_plan(f);
		happen(f, (enum meanwhile)what, a, b);
		ret = push_by(f, plan_id, &err);
		if (ret != (is_old ? -1 : 0))
			fail_msg("case %d: %d %s", what, ret, err.text);
		if (is_old)
			assert_int_equal(err.code, ERR_CONFLICT);
		assert_int_equal(fake_member(f, "b@x.example") != NULL,
				 what == JOINED_AUDIENCE ||
					 (!is_old && what != HELD &&
					  what != DELETED && what != ERASED));
	}
}

#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, bridge_fixture_open, \
					bridge_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(plans_are_kept_for_seven_days),
		TEST(the_newest_of_each_group_are_kept),
		TEST(a_plan_that_is_being_made_stays),
		TEST(a_push_does_what_its_plan_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
