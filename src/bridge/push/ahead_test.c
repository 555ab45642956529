#include "bridge/push/ahead.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "mcapi/mc_client.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* An audience that answers with the body of the call, as soon as it may. */
struct audience {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool is_held; /* nothing is answered */
	int calls;
	bool was_once;
};

static void audience_init(struct audience *a, bool held)
{
	*a = (struct audience){ .is_held = held };
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, NULL);
}

static int answer(void *context, const struct mc_request *request,
		  struct mc_reply *reply, struct err *err)
{
	struct audience *a = context;

	pthread_mutex_lock(&a->lock);
	a->calls++;
	a->was_once = request->once;
	pthread_cond_broadcast(&a->changed);
	while (a->is_held)
		pthread_cond_wait(&a->changed, &a->lock);
	pthread_mutex_unlock(&a->lock);
	if (strcmp(request->path, "/lost") == 0)
		return err_set(err, ERR_RETRY, "no answer");
	reply->status = 200;
	strbuf_addstr(&reply->body, request->body);
	return 0;
}

static void let_go(struct audience *a)
{
	pthread_mutex_lock(&a->lock);
	a->is_held = false;
	pthread_cond_broadcast(&a->changed);
	pthread_mutex_unlock(&a->lock);
}

static void wait_for_call(struct audience *a)
{
	pthread_mutex_lock(&a->lock);
	while (a->calls == 0)
		pthread_cond_wait(&a->changed, &a->lock);
	pthread_mutex_unlock(&a->lock);
}

static struct ahead *open_ahead(struct audience *a)
{
	struct mc_options options = {
		.url = "", .key = "", .tries = 1, .send = answer, .context = a
	};
	struct ahead *ahead = ahead_new(mc_client_new(&options));

	assert_non_null(ahead);
	return ahead;
}

static void send_number(struct ahead *ahead, const char *path, int n, bool once)
{
	struct strbuf body = STRBUF_INIT;

	strbuf_addf(&body, "{\"n\":%d}", n);
	ahead_send(ahead, path, &body, once);
	assert_int_equal(body.len, 0);
}

static int take_number(struct ahead *ahead)
{
	CLEANUP(json_free) json_t *reply = NULL;
	struct err err = ERR_INIT;

	if (ahead_take(ahead, &reply, &err) < 0)
		fail_msg("%s", err.text);
	return (int)json_integer_value(json_object_get(reply, "n"));
}

static void calls_are_on_their_way_and_answered_in_order(void **state)
{
	CLEANUP(ahead_free) struct ahead *ahead = NULL;
	struct audience a;

	(void)state;
	audience_init(&a, true);
	ahead = open_ahead(&a);
	for (int i = 0; i < AHEAD_MOST; i++)
		send_number(ahead, "/x", i, i % 2 == 1);
	wait_for_call(&a); /* before anybody asked for the answer */
	let_go(&a);
	for (int i = 0; i < AHEAD_MOST; i++)
		assert_int_equal(take_number(ahead), i);
	assert_int_equal(a.calls, AHEAD_MOST);
	assert_true(a.was_once);
	send_number(ahead, "/x", 7, false);
	assert_int_equal(take_number(ahead), 7);
	assert_false(a.was_once);
}

static void a_lost_answer_is_that_of_its_call(void **state)
{
	CLEANUP(ahead_free) struct ahead *ahead = NULL;
	CLEANUP(json_free) json_t *reply = NULL;
	struct audience a;
	struct err err = ERR_INIT;

	(void)state;
	audience_init(&a, false);
	ahead = open_ahead(&a);
	send_number(ahead, "/x", 1, true);
	send_number(ahead, "/lost", 2, true);
	send_number(ahead, "/x", 3, true);
	assert_int_equal(take_number(ahead), 1);
	assert_int_equal(ahead_take(ahead, &reply, &err), -1);
	assert_true(mc_is_lost(&err));
	assert_null(reply);
	assert_int_equal(take_number(ahead), 3);
}

static void what_is_dropped_is_answered_and_forgotten(void **state)
{
	CLEANUP(ahead_free) struct ahead *ahead = NULL;
	struct audience a;

	(void)state;
	audience_init(&a, false);
	ahead = open_ahead(&a);
	send_number(ahead, "/x", 1, true);
	send_number(ahead, "/lost", 2, true);
	ahead_drop(ahead);
	assert_int_equal(a.calls, 2);
	send_number(ahead, "/x", 3, true);
	assert_int_equal(take_number(ahead), 3);
}

/* The one that is on its way is answered; those behind it are not sent. */
static void its_end_is_that_of_what_was_not_sent(void **state)
{
	struct ahead *ahead;
	struct audience a;

	(void)state;
	audience_init(&a, false);
	ahead = open_ahead(&a);
	for (int i = 0; i < AHEAD_MOST; i++)
		send_number(ahead, "/x", i, true);
	ahead_free(&ahead);
	assert_null(ahead);
	assert_in_range(a.calls, 0, AHEAD_MOST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_are_on_their_way_and_answered_in_order),
		cmocka_unit_test(a_lost_answer_is_that_of_its_call),
		cmocka_unit_test(what_is_dropped_is_answered_and_forgotten),
		cmocka_unit_test(its_end_is_that_of_what_was_not_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
