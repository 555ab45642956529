/*
 * Rows of the schemas to lines of the file, in the order that journal.h gives.
 * Called by the thread of the journal.
 */
#include "base/clock.h"
#include "base/err.h"
#include "journal/journal_private.h"

#define BATCH 500
#define TICK_MS (10 * MS_SECOND)

static int reserve_numbers(struct journal *j, struct db *db, int side,
			   int64_t last, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct side_state *s = &j->state[side];

	if (tx_begin(db, &tx, err) < 0 ||
	    journal_put_state(&tx, j->file->header.id, last, s->written, err) <
		    0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	s->reserved = last;
	return 0;
}

static int note_written(struct journal *j, struct db *db, int side,
			const struct journal_entries *entries, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct side_state *s = &j->state[side];
	int64_t written = j->file->last[side];

	if (tx_begin(db, &tx, err) < 0 ||
	    j->setup.sides[side]->done(&tx, entries, err) < 0 ||
	    journal_put_state(&tx, j->file->header.id, s->reserved, written,
			      err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	s->written = written;
	return 0;
}

/* Gives numbers to those that are for the file; returns how many. */
static size_t number_entries(const struct journal_entries *entries,
			     int64_t next, struct journal_entries *out)
{
	vec_each (entries, e) {
		if (e->kind == JOURNAL_NOTHING)
			continue;
		e->seq = next++;
		vec_push(out, *e);
	}
	return out->n;
}

static int64_t write_entries(struct journal *j, struct db *db, int side,
			     const struct journal_entries *entries,
			     struct err *err)
{
	CLEANUP(vec_release)
	struct journal_entries numbered = VEC_INIT;
	int64_t last = journal_last_number(j, side);

	last += (int64_t)number_entries(entries, last + 1, &numbered);
	if (numbered.n > 0 &&
	    (reserve_numbers(j, db, side, last, err) < 0 ||
	     journal_file_append(j->file, (enum journal_side_id)side,
				 numbered.v, numbered.n, err) < 0))
		return -1;
	if (note_written(j, db, side, entries, err) < 0)
		return -1;
	return (int64_t)numbered.n;
}

static int64_t drain_side(struct journal *j, int side, struct err *err)
{
	const struct journal_side *of = j->setup.sides[side];
	CLEANUP(store_put) struct db *db = NULL;
	int64_t total = 0;
	size_t n;

	if (store_get(j->setup.store, of->schema, &db, err) < 0)
		return -1;
	do {
		CLEANUP(vec_release)
		struct journal_entries entries = VEC_INIT;
		int64_t written;

		if (of->read(db, j->state[side].key, BATCH, &entries, err) < 0)
			return -1;
		n = entries.n;
		if (n == 0)
			break;
		written = write_entries(j, db, side, &entries, err);
		if (written < 0)
			return -1;
		total += written;
	} while (n >= BATCH && !j->stopping);
	return total;
}

static int mark_side(struct journal *j, int side, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release)
	struct journal_entries entries = VEC_INIT;
	struct journal_entry mark = { .kind = JOURNAL_MARK,
				      .at_ms = clock_now_ms() };

	vec_push(&entries, mark);
	if (store_get(j->setup.store, j->setup.sides[side]->schema, &db, err) <
	    0)
		return -1;
	return write_entries(j, db, side, &entries, err) < 0 ? -1 : 0;
}

static int mark_all(struct journal *j, struct err *err)
{
	for (int i = 0; i < JOURNAL_SIDES; i++)
		if (mark_side(j, i, err) < 0)
			return -1;
	return 0;
}

static int is_any_busy(struct journal *j, struct err *err)
{
	for (int i = 0; i < JOURNAL_SIDES; i++) {
		const struct journal_side *of = j->setup.sides[i];
		CLEANUP(store_put) struct db *db = NULL;
		int busy;

		if (store_get(j->setup.store, of->schema, &db, err) < 0)
			return -1;
		busy = of->is_busy(db, err);
		if (busy != 0)
			return busy;
	}
	return 0;
}

/* A mark while campaigns are under way, and one after. */
static int mark_if_busy(struct journal *j, struct err *err)
{
	int64_t now_us = clock_monotonic_us();
	int busy;

	if (now_us < j->next_tick_us)
		return 0;
	busy = is_any_busy(j, err);
	if (busy < 0 || ((busy || j->was_busy) && mark_all(j, err) < 0))
		return -1;
	j->was_busy = busy;
	j->next_tick_us = now_us + TICK_MS * 1000;
	return 0;
}

/* Others may have written; or the database was restored under us. */
static int look_again(struct journal *j, struct err *err)
{
	if (journal_load_sides(j, err) < 0)
		return -1;
	for (int i = 0; i < JOURNAL_SIDES; i++)
		if (!journal_is_of_side(j, i) || journal_is_older(j, i) ||
		    j->file->last[i] < j->state[i].written)
			return 1;
	return 0;
}

static int64_t drain_locked(struct journal *j, struct err *err)
{
	int64_t total = 0;

	for (int i = 0; i < JOURNAL_SIDES; i++) {
		int64_t n = drain_side(j, i, err);

		if (n < 0)
			return -1;
		total += n;
	}
	return mark_if_busy(j, err) < 0 ? -1 : total;
}

int64_t journal_write(struct journal *j, struct err *err)
{
	int64_t total = 0;
	int other;

	if (!j->fits)
		return 0;
	if (journal_file_lock(j->file, err) < 0)
		return -1;
	other = look_again(j, err);
	if (other == 0)
		total = drain_locked(j, err);
	journal_file_unlock(j->file);
	if (other > 0)
		return journal_check(j, err);
	return other < 0 ? -1 : total;
}

int journal_write_marks(struct journal *j, struct err *err)
{
	int ret;

	if (!j->fits)
		return 0;
	if (journal_file_lock(j->file, err) < 0)
		return -1;
	ret = look_again(j, err);
	if (ret == 0)
		ret = mark_all(j, err);
	journal_file_unlock(j->file);
	return ret < 0 ? -1 : 0;
}
