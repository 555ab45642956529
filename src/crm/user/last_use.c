#include "crm/user/last_use.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/vec.h"
#include "crm/user/session_private.h"
#include "sql/user.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define PACE_MS MS_MINUTE
#define URGENT_MS MS_HOUR
/* Who finds no room is noted when used again, after the next writing. */
#define MARKS_MAX 2000

struct mark {
	int64_t key_id;            /* 0: a session */
	char hash[SHA256_HEX + 1]; /* of a session */
	int64_t created_ms;        /* same */
	int64_t used_ms;
};
struct marks VEC_FIELDS(struct mark);

struct last_use {
	pthread_mutex_t lock;
	struct marks marks;
	int64_t due_ms; /* for the marks that are there */
};

struct last_use *last_use_new(void)
{
	struct last_use *last = calloc(1, sizeof(*last));

	BUG_ON(!last);
	(void)pthread_mutex_init(&last->lock, NULL);
	return last;
}

void last_use_free(struct last_use **last)
{
	if (!*last)
		return;
	vec_release(&(*last)->marks);
	(void)pthread_mutex_destroy(&(*last)->lock);
	free(*last);
	*last = NULL;
}

static struct mark *find_mark(struct last_use *last, const struct mark *wanted)
{
	vec_each (&last->marks, m)
		if (m->key_id == wanted->key_id &&
		    strcmp(m->hash, wanted->hash) == 0)
			return m;
	return NULL;
}

/* Under lock, as the two below. */
static void add_mark(struct last_use *last, const struct mark *mark)
{
	struct mark *known = find_mark(last, mark);

	if (known && known->used_ms < mark->used_ms)
		known->used_ms = mark->used_ms;
	if (known || last->marks.n >= MARKS_MAX)
		return;
	if (last->marks.n == 0)
		last->due_ms = mark->used_ms + PACE_MS;
	vec_push(&last->marks, *mark);
}

void last_use_key(struct last_use *last, int64_t key_id, int64_t now_ms)
{
	struct mark mark = { .key_id = key_id, .used_ms = now_ms };

	(void)pthread_mutex_lock(&last->lock);
	add_mark(last, &mark);
	(void)pthread_mutex_unlock(&last->lock);
}

static struct mark session_mark(const char *hash)
{
	struct mark mark = { .key_id = 0 };

	memcpy(mark.hash, hash, SHA256_HEX + 1);
	return mark;
}

void last_use_session(struct last_use *last, const char *hash,
		      int64_t created_ms, int64_t expires_ms, int64_t now_ms)
{
	struct mark mark = session_mark(hash);

	mark.created_ms = created_ms;
	mark.used_ms = now_ms;
	(void)pthread_mutex_lock(&last->lock);
	add_mark(last, &mark);
	if (expires_ms - now_ms < URGENT_MS)
		last->due_ms = now_ms;
	(void)pthread_mutex_unlock(&last->lock);
}

int64_t last_use_of_session(struct last_use *last, const char *hash)
{
	struct mark wanted = session_mark(hash);
	const struct mark *known;
	int64_t used_ms;

	(void)pthread_mutex_lock(&last->lock);
	known = find_mark(last, &wanted);
	used_ms = known ? known->used_ms : 0;
	(void)pthread_mutex_unlock(&last->lock);
	return used_ms;
}

bool last_use_is_due(struct last_use *last, int64_t now_ms)
{
	bool is_due;

	(void)pthread_mutex_lock(&last->lock);
	is_due = last->marks.n > 0 && last->due_ms <= now_ms;
	(void)pthread_mutex_unlock(&last->lock);
	return is_due;
}

static int write_mark(struct tx *tx, const struct mark *m, struct err *err)
{
	if (m->key_id)
		return db_exec(tx, SQL_API_KEY_USE,
			       SQL_ARGS(sql_int(m->used_ms), sql_int(m->key_id),
					sql_int(m->used_ms)),
			       err);
	return db_exec(tx, SQL_SESSION_USE,
		       SQL_ARGS(sql_int(m->used_ms),
				sql_int(session_end(m->created_ms, m->used_ms)),
				sql_text(m->hash), sql_int(m->used_ms)),
		       err);
}

static int write_marks(struct db *db, const struct marks *marks,
		       struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (marks->n == 0)
		return 0;
	if (tx_begin(db, &tx, err) < 0)
		return -1;
	vec_each (marks, m)
		if (write_mark(&tx, m, err) < 0)
			return -1;
	return tx_commit(&tx, err);
}

/* In the order of all processes, so that two never wait for each other. */
static int by_row(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;

	if (x->key_id != y->key_id)
		return x->key_id < y->key_id ? -1 : 1;
	return strcmp(x->hash, y->hash);
}

/* What was written and not used again meanwhile. Under lock. */
static void forget_written(struct last_use *last, const struct marks *written)
{
	vec_each (written, w) {
		struct mark *m = find_mark(last, w);

		if (m && m->used_ms == w->used_ms)
			*m = last->marks.v[--last->marks.n];
	}
}

int last_use_write(struct last_use *last, struct db *db, int64_t now_ms,
		   struct err *err)
{
	struct marks marks = VEC_INIT;
	int ret;

	/* they stay until they are written: a session lives by them */
	(void)pthread_mutex_lock(&last->lock);
	vec_each (&last->marks, m)
		vec_push(&marks, *m);
	last->due_ms = now_ms + PACE_MS;
	(void)pthread_mutex_unlock(&last->lock);
	if (marks.n > 0)
		qsort(marks.v, marks.n, sizeof(*marks.v), by_row);
	ret = write_marks(db, &marks, err);
	if (ret == 0) {
		(void)pthread_mutex_lock(&last->lock);
		forget_written(last, &marks);
		(void)pthread_mutex_unlock(&last->lock);
	}
	vec_release(&marks);
	return ret;
}
