#include "bridge/push/ahead.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/thread/queue.h"
#include "base/thread/stop.h"
#include "base/thread/thread.h"
#include "mcapi/mc_client.h"

#include <stdlib.h>
#include <string.h>

#define LOOK_MS 200 /* is the job to end? */

struct call {
	char *path;
	struct strbuf body;
	bool once;
	int returned;
	json_t *reply;
	struct err err;
};

struct ahead {
	struct mc_client *client; /* the thread's */
	pthread_t thread;
	struct queue *todo, *done; /* of calls, in their order */
	size_t sent;               /* and not taken */
	atomic_bool stop;
};

static void call_free(struct call **call)
{
	if (!*call)
		return;
	free((*call)->path);
	strbuf_release(&(*call)->body);
	json_free(&(*call)->reply);
	free(*call);
	*call = NULL;
}

static void *send_calls(void *arg)
{
	struct ahead *a = arg;
	void *item;

	stop_bind(&a->stop);
	while (queue_take(a->todo, &item, 1, -1) > 0) {
		struct call *call = item;

		call->returned = (call->once ? mc_call_once : mc_call)(
			a->client, "POST", call->path, call->body.buf,
			&call->reply, &call->err);
		BUG_ON(!queue_try_push(a->done, call));
	}
	stop_bind(NULL);
	return NULL;
}

struct ahead *ahead_new(struct mc_client *client)
{
	struct ahead *a = calloc(1, sizeof(*a));

	BUG_ON(!a);
	a->client = client;
	a->todo = queue_new(AHEAD_MOST);
	a->done = queue_new(AHEAD_MOST);
	if (thread_start(&a->thread, "push call", send_calls, a) == 0)
		return a;
	queue_free(&a->todo);
	queue_free(&a->done);
	mc_client_free(&a->client);
	free(a);
	return NULL;
}

static void empty(struct queue *q)
{
	void *item;

	while (queue_take(q, &item, 1, 0) > 0) {
		CLEANUP(call_free) struct call *call = item;
	}
}

void ahead_free(struct ahead **a)
{
	if (!*a)
		return;
	atomic_store(&(*a)->stop, true);
	queue_close((*a)->todo);
	pthread_join((*a)->thread, NULL);
	empty((*a)->done);
	queue_free(&(*a)->todo);
	queue_free(&(*a)->done);
	mc_client_free(&(*a)->client);
	free(*a);
	*a = NULL;
}

void ahead_send(struct ahead *a, const char *path, struct strbuf *body,
		bool once)
{
	struct call *call = calloc(1, sizeof(*call));

	BUG_ON(!call || a->sent == AHEAD_MOST);
	*call = (struct call){ .path = strdup(path),
			       .body = *body,
			       .once = once };
	BUG_ON(!call->path);
	*body = (struct strbuf)STRBUF_INIT;
	a->sent++;
	BUG_ON(!queue_try_push(a->todo, call));
}

int ahead_take(struct ahead *a, json_t **out, struct err *err)
{
	CLEANUP(call_free) struct call *call = NULL;
	void *item;

	BUG_ON(a->sent == 0);
	while (queue_take(a->done, &item, 1, LOOK_MS) == 0)
		if (stop_check(err) < 0)
			return -1;
	call = item;
	a->sent--;
	if (call->returned < 0) {
		*err = call->err;
		return -1;
	}
	json_free(out);
	*out = TAKE(call->reply);
	return 0;
}

void ahead_drop(struct ahead *a)
{
	struct err ignored = ERR_INIT; /* it is done again, or it stops */

	while (a->sent > 0) {
		CLEANUP(json_free) json_t *reply = NULL;

		if (ahead_take(a, &reply, &ignored) < 0 && stop_is_asked())
			return;
	}
}
