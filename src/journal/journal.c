#include "journal/journal.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/thread/patience.h"
#include "base/thread/thread.h"
#include "base/thread/wait.h"
#include "journal/journal_private.h"

#include <string.h>

#define LOOK_MS 250

/* --- the service --- */

static struct journal *journal_new(const struct journal_setup *setup)
{
	struct journal *j = calloc(1, sizeof(*j));

	BUG_ON(!j);
	j->setup = *setup;
	j->path = strdup(setup->path);
	BUG_ON(!j->path);
	j->trouble = (struct strbuf)STRBUF_INIT;
	pthread_mutex_init(&j->lock, NULL);
	pthread_mutex_init(&j->told, NULL);
	wait_init(&j->wake);
	return j;
}

int journal_open(const struct journal_setup *setup, struct journal **out,
		 struct err *err)
{
	CLEANUP(journal_free) struct journal *j = journal_new(setup);

	if (journal_check(j, err) < 0)
		return -1;
	*out = TAKE(j);
	return 0;
}

int journal_probe(const struct journal_setup *setup, struct err *err)
{
	CLEANUP(journal_free) struct journal *j = journal_new(setup);

	return journal_look(j, err);
}

/* A trouble is logged when it comes and when it goes. */
static void note_trouble(struct journal *j, const struct err *err)
{
	if (err && j->trouble.len == 0)
		log_error("the suppression journal cannot be written",
			  LOG_TEXT("file", j->path), LOG_ERR(err));
	if (!err && j->trouble.len > 0)
		log_info("the suppression journal is written again",
			 LOG_TEXT("file", j->path));
	pthread_mutex_lock(&j->told);
	strbuf_reset(&j->trouble);
	if (err)
		strbuf_addstr(&j->trouble, err->text);
	pthread_mutex_unlock(&j->told);
}

static void write_once(struct journal *j)
{
	struct err err = ERR_INIT;

	patience_begin(); /* requests ask for the counts meanwhile */
	if (journal_write(j, &err) < 0) {
		if (err.code != ERR_RETRY)
			note_trouble(j, &err);
		return;
	}
	note_trouble(j, NULL);
}

static void wait_a_while(struct journal *j)
{
	int64_t until_us = clock_monotonic_us() + LOOK_MS * 1000;

	while (!j->stopping && wait_until(&j->wake, &j->lock, until_us))
		;
}

static void *journal_main(void *journal)
{
	struct journal *j = journal;

	pthread_mutex_lock(&j->lock);
	while (!j->stopping) {
		write_once(j);
		wait_a_while(j);
	}
	pthread_mutex_unlock(&j->lock);
	return NULL;
}

int journal_start(struct journal *j, struct err *err)
{
	struct err of_file = ERR_INIT;

	if (journal_mark(j, &of_file) < 0)
		note_trouble(j, &of_file);
	if (thread_start(&j->thread, "journal", journal_main, j) != 0)
		return err_set(err, ERR_IO, "no thread for the journal");
	j->runs = true;
	return 0;
}

void journal_stop(struct journal *j)
{
	struct err err = ERR_INIT;

	if (!j->runs)
		return;
	pthread_mutex_lock(&j->lock);
	j->stopping = true;
	pthread_cond_signal(&j->wake);
	pthread_mutex_unlock(&j->lock);
	pthread_join(j->thread, NULL);
	j->runs = false;
	if (journal_drain(j, &err) < 0 || journal_mark(j, &err) < 0)
		log_error("the suppression journal did not end well",
			  LOG_ERR(&err));
}

void journal_free(struct journal **journal)
{
	struct journal *j = *journal;

	if (!j)
		return;
	journal_stop(j);
	journal_file_free(&j->file);
	strbuf_release(&j->trouble);
	pthread_mutex_destroy(&j->lock);
	pthread_mutex_destroy(&j->told);
	pthread_cond_destroy(&j->wake);
	free(j->path);
	free(j);
	*journal = NULL;
}

/* --- what is known --- */

struct journal_counts journal_counts(struct journal *j)
{
	struct journal_counts counts;

	pthread_mutex_lock(&j->lock);
	counts = j->counts;
	pthread_mutex_unlock(&j->lock);
	return counts;
}

bool journal_was_restored(struct journal *j)
{
	bool was;

	pthread_mutex_lock(&j->lock);
	was = j->was_restored;
	pthread_mutex_unlock(&j->lock);
	return was;
}

void journal_trouble(struct journal *j, struct strbuf *out)
{
	pthread_mutex_lock(&j->told);
	strbuf_addslice(out, strbuf_str(&j->trouble));
	pthread_mutex_unlock(&j->told);
}

int journal_note_restore(const char *path, int64_t now_ms, struct err *err)
{
	CLEANUP(journal_file_free) struct journal_file *f = NULL;
	int found = journal_file_open(path, &f, err);

	if (found == 0)
		return journal_file_can_create(path, err);
	if (found < 0)
		return -1;
	if (journal_file_lock(f, err) < 0)
		return -1;
	for (int i = 0; i < JOURNAL_SIDES; i++) {
		struct journal_entry mark = { .seq = f->last[i] + 1,
					      .kind = JOURNAL_MARK,
					      .at_ms = now_ms };

		if (journal_file_append(f, (enum journal_side_id)i, &mark, 1,
					err) < 0)
			return -1;
	}
	journal_file_unlock(f);
	return 1;
}

/* --- one step, from any thread --- */

int64_t journal_drain(struct journal *j, struct err *err)
{
	int64_t n;

	pthread_mutex_lock(&j->lock);
	n = journal_write(j, err);
	pthread_mutex_unlock(&j->lock);
	return n;
}

int journal_mark(struct journal *j, struct err *err)
{
	int ret;

	pthread_mutex_lock(&j->lock);
	ret = journal_write_marks(j, err);
	pthread_mutex_unlock(&j->lock);
	return ret;
}

int journal_save_all(struct journal *j, struct err *err)
{
	int ret;

	pthread_mutex_lock(&j->lock);
	if (j->fits)
		ret = journal_write(j, err) < 0 ? -1 : 0;
	else
		ret = journal_write_anew(j, err) < 0 ? -1 : 1;
	pthread_mutex_unlock(&j->lock);
	return ret;
}

int journal_confirm(struct journal *j, struct err *err)
{
	int ret;

	pthread_mutex_lock(&j->lock);
	ret = journal_settle_confirmed(j, err);
	pthread_mutex_unlock(&j->lock);
	return ret;
}
