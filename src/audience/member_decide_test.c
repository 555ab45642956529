/* What the API may make of a member: each transition, and ways around them. */
#include "audience/member_private.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOW 1700000000000

static const enum member_status all[] = {
	MEMBER_SUBSCRIBED, MEMBER_UNSUBSCRIBED,  MEMBER_CLEANED,
	MEMBER_PENDING,    MEMBER_TRANSACTIONAL, MEMBER_ARCHIVED,
};

static const struct email no_email = { .folded = NULL };

static struct member_entry member_of(enum member_status status,
				     enum unsubscribed_by by)
{
	return (struct member_entry){
		.exists = true,
		.now = { .address = "a@x.example",
			 .email_hash = "hash",
			 .status = status,
			 .unsubscribed_by = by,
			 .unsubscribe_reason = "",
			 .merge = "{}",
			 .language = "en",
			 .ip_signup = "",
			 .ip_opt = "" },
	};
}

/* One change through the API: 0 or -1. */
static int ask(struct member_entry *entry, enum member_mode mode,
	       const char *body, struct err *why)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(json_free) json_t *json = NULL;
	struct member_actor actor = { .source = SOURCE_API, .now_ms = NOW };
	struct member_run run = { .actor = &actor, .arena = arena };
	struct member_op op = { .mode = mode, .address = "a@x.example" };
	struct err err = ERR_INIT;
	int result;

	assert_int_equal(json_parse(str_of(body), &json, &err), 0);
	op.body = json;
	result = member_decide(&run, &op, entry, &no_email, ADDRESS_NEW);
	*why = op.err;
	if (result < 0)
		assert_int_equal(op.outcome, MEMBER_REFUSED);
	member_op_release(&op);
	return result;
}

static int ask_status(struct member_entry *entry, enum member_mode mode,
		      enum member_status to)
{
	char body[64];
	struct err why = ERR_INIT;

	snprintf(body, sizeof(body), "{\"status\":\"%s\"}",
		 member_status_name(to));
	return ask(entry, mode, body, &why);
}

/* What PATCH makes of a member: `s` subscribed ... `-` refused, `.` as it was.
 */
static void each_status_goes_where_it_may(void **state)
{
	static const struct {
		enum member_status from;
		enum unsubscribed_by by;
		const char *to; /* for s u c p t a */
	} cases[] = {
		{ MEMBER_SUBSCRIBED, UNSUBSCRIBED_NOT, ".ucp--" },
		{ MEMBER_UNSUBSCRIBED, UNSUBSCRIBED_BY_API, "s.cp--" },
		{ MEMBER_UNSUBSCRIBED, UNSUBSCRIBED_BY_CONTACT, "-.cp--" },
		{ MEMBER_UNSUBSCRIBED, UNSUBSCRIBED_BY_COMPLAINT, "-.cp--" },
		{ MEMBER_UNSUBSCRIBED, UNSUBSCRIBED_WAS_CLEANED, "-.cp--" },
		{ MEMBER_CLEANED, UNSUBSCRIBED_NOT, "-u.p--" },
		{ MEMBER_PENDING, UNSUBSCRIBED_NOT, "suc.--" },
		{ MEMBER_PENDING, UNSUBSCRIBED_BY_CONTACT, "-uc.--" },
		{ MEMBER_TRANSACTIONAL, UNSUBSCRIBED_NOT, "sucp--" },
		{ MEMBER_ARCHIVED, UNSUBSCRIBED_NOT, "sucp--" },
		{ MEMBER_ARCHIVED, UNSUBSCRIBED_BY_COMPLAINT, "-ucp--" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		for (size_t k = 0; k < ARRAY_SIZE(all); k++) {
			struct member_entry e =
				member_of(cases[i].from, cases[i].by);
			int ret = ask_status(&e, MEMBER_PATCH, all[k]);
			char got =
				ret < 0 ? '-'
				: e.now.status == cases[i].from
					? '.'
					: member_status_name(e.now.status)[0];

			if (got != cases[i].to[k])
				fail_msg("case %zu to %s: %c", i,
					 member_status_name(all[k]), got);
		}
}

static void try_all(struct member_entry e, int depth)
{
	static const enum member_mode modes[] = { MEMBER_POST, MEMBER_PUT,
						  MEMBER_PATCH,
						  MEMBER_BATCH_UPDATE };

	assert_int_not_equal(e.now.status, MEMBER_SUBSCRIBED);
	if (depth == 0)
		return;
	for (size_t m = 0; m < ARRAY_SIZE(modes); m++)
		for (size_t k = 0; k < ARRAY_SIZE(all); k++) {
			struct member_entry next = e;

			if (ask_status(&next, modes[m], all[k]) == 0 &&
			    next.now.status != e.now.status)
				try_all(next, depth - 1);
		}
	/* DELETE, see member_archive */
	if (e.now.status != MEMBER_ARCHIVED && e.now.status != MEMBER_PENDING &&
	    e.now.status != MEMBER_CLEANED) {
		e.now.status = MEMBER_ARCHIVED;
		try_all(e, depth - 1);
	}
}

/* Who left by themselves, complained or bounced: no sequence of calls gets
 * mail to them again. */
static void no_way_around_a_no(void **state)
{
	(void)state;
	try_all(member_of(MEMBER_UNSUBSCRIBED, UNSUBSCRIBED_BY_CONTACT), 4);
	try_all(member_of(MEMBER_UNSUBSCRIBED, UNSUBSCRIBED_BY_COMPLAINT), 4);
	try_all(member_of(MEMBER_CLEANED, UNSUBSCRIBED_NOT), 4);
}

static void what_is_refused_changes_nothing(void **state)
{
	static const char *const bodies[] = {
		"{\"status\":\"unsubscribed\",\"ip_opt\":\"nonsense\"}",
		"{\"status\":\"unsubscribed\",\"timestamp_opt\":\"soon\"}",
		"{\"vip\":true,\"language\":\"much too long\"}",
		"{\"vip\":true,\"email_type\":\"pdf\"}",
		"{\"vip\":1}",
		"{\"vip\":true,\"status\":\"archived\"}",
		"{\"vip\":true,\"status\":\"nonsense\"}",
		"{\"vip\":true,\"merge_fields\":3}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		struct member_entry before =
			member_of(MEMBER_SUBSCRIBED, UNSUBSCRIBED_NOT);
		struct member_entry e = before;
		struct err why = ERR_INIT;

		assert_int_equal(ask(&e, MEMBER_PATCH, bodies[i], &why), -1);
		assert_memory_equal(&e, &before, sizeof(e));
		assert_int_equal(why.code, ERR_INVALID);
	}
}

/* POST takes who is archived for new, and nobody else who is there. */
static void a_post_is_for_who_is_not_there(void **state)
{
	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(all); k++) {
		struct member_entry e = member_of(all[k], UNSUBSCRIBED_NOT);
		struct err why = ERR_INIT;
		int ret = ask(&e, MEMBER_POST, "{\"status\":\"subscribed\"}",
			      &why);

		assert_int_equal(ret, all[k] == MEMBER_ARCHIVED ? 0 : -1);
		if (ret < 0)
			assert_string_equal(why.title, "Member Exists");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_status_goes_where_it_may),
		cmocka_unit_test(no_way_around_a_no),
		cmocka_unit_test(what_is_refused_changes_nothing),
		cmocka_unit_test(a_post_is_for_who_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
