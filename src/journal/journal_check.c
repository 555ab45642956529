/*
 * Do database and file belong together, and what is done if not: the first half
 * of journal.h. Called at the start, and when the numbers stop to fit.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/random.h"
#include "journal/gate.h"
#include "journal/journal_private.h"

#include <errno.h>
#include <string.h>

#define SETTING "suppression.journal"
#define MISSING "the suppression journal %s is missing"

/* --- what the schemas know --- */

static int read_state(const char *text, struct side_state *s, struct err *err)
{
	struct str rest = str_of(text);
	struct str id = str_cut(&rest, ' ');

	if (id.len != JOURNAL_ID_HEX ||
	    !str_to_int(str_cut(&rest, ' '), &s->reserved) ||
	    !str_to_int(rest, &s->written))
		return err_set(err, ERR_BUG, "the setting %s is damaged",
			       SETTING);
	memcpy(s->id, id.s, JOURNAL_ID_HEX);
	return 0;
}

/* The key is made once, if it is to be kept, and stays; the numbers are read
 * again and again. */
static int load_key(struct journal *j, int side, bool keep, struct err *err)
{
	const struct journal_side *of = j->setup.sides[side];
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct side_state *s = &j->state[side];
	unsigned char digest[SHA256_BYTES];

	if (store_get(j->setup.store, of->schema, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 || of->key(&tx, s->key, err) < 0 ||
	    (keep && tx_commit(&tx, err) < 0))
		return -1;
	sha256((struct str){ (const char *)s->key, sizeof(s->key) }, digest);
	hex_encode(digest, JOURNAL_ID_HEX / 2, s->key_digest);
	return 0;
}

static int load_side(struct journal *j, int side, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(store_put) struct db *db = NULL;
	struct side_state *s = &j->state[side];
	const char *text = NULL;

	s->id[0] = '\0';
	s->reserved = s->written = 0;
	if (store_get(j->setup.store, j->setup.sides[side]->schema, &db, err) <
		    0 ||
	    setting_find(db, SETTING, arena, &text, err) < 0)
		return -1;
	return text ? read_state(text, s, err) : 0;
}

int journal_load_sides(struct journal *j, struct err *err)
{
	for (int i = 0; i < JOURNAL_SIDES; i++)
		if (load_side(j, i, err) < 0)
			return -1;
	return 0;
}

static int load_keys(struct journal *j, bool keep, struct err *err)
{
	for (int i = 0; i < JOURNAL_SIDES; i++)
		if (load_key(j, i, keep, err) < 0)
			return -1;
	return 0;
}

int64_t journal_last_number(const struct journal *j, int side)
{
	int64_t written = j->file->last[side];
	int64_t reserved = j->state[side].reserved;

	return written > reserved ? written : reserved;
}

int journal_put_state(struct tx *tx, const char *id, int64_t reserved,
		      int64_t written, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "%s %lld %lld", id, (long long)reserved,
		    (long long)written);
	return setting_put(tx, SETTING, text.buf, err);
}

/* The schema is as far as the file. */
static int adopt_side(struct journal *j, int side, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (store_get(j->setup.store, j->setup.sides[side]->schema, &db, err) <
		    0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    journal_put_state(&tx, j->file->header.id,
			      journal_last_number(j, side), j->file->last[side],
			      err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int put_gate(struct journal *j, const char *why, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (store_get(j->setup.store, STORE_AUDIENCE, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 || gate_put(&tx, why, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* --- do they belong together? --- */

static bool is_first_start(const struct journal *j)
{
	return !j->setup.restored && !*j->state[JOURNAL_CRM].id &&
	       !*j->state[JOURNAL_AUDIENCE].id;
}

static int read_all_again(struct journal *j, struct err *err)
{
	for (int i = 0; i < JOURNAL_SIDES; i++) {
		const struct journal_side *of = j->setup.sides[i];
		CLEANUP(store_put) struct db *db = NULL;
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		if (store_get(j->setup.store, of->schema, &db, err) < 0 ||
		    tx_begin(db, &tx, err) < 0 || of->again(&tx, err) < 0 ||
		    tx_commit(&tx, err) < 0)
			return -1;
	}
	return 0;
}

/* It will hold all that the database knows. */
static int begin_file(struct journal *j, struct err *err)
{
	struct journal_header h = { .id = "" };

	random_hex(h.id, JOURNAL_ID_HEX);
	for (int i = 0; i < JOURNAL_SIDES; i++) {
		memcpy(h.side[i].key, j->state[i].key_digest,
		       sizeof(h.side[i].key));
		h.side[i].first = 1;
	}
	if (read_all_again(j, err) < 0)
		return -1;
	return journal_file_create(j->path, &h, &j->file, err);
}

static bool has_key_of_side(const struct journal *j, int i)
{
	return strcmp(j->state[i].key_digest, j->file->header.side[i].key) == 0;
}

bool journal_is_of_side(const struct journal *j, int i)
{
	const struct side_state *s = &j->state[i];

	return (!*s->id || strcmp(s->id, j->file->header.id) == 0) &&
	       has_key_of_side(j, i);
}

/* `muster restore` saw to it that all is in the file that the replaced database
 * knew, of which this one is an older state. */
static bool has_all_for_side(const struct journal *j, int i)
{
	return j->setup.restored && has_key_of_side(j, i) &&
	       j->file->header.side[i].first == 1 && !journal_is_of_side(j, i);
}

bool journal_is_older(const struct journal *j, int i)
{
	return j->file->last[i] > j->state[i].reserved;
}

static void judge_side(const struct journal *j, int i, struct strbuf *why)
{
	const struct side_state *s = &j->state[i];
	const struct journal_file *f = j->file;

	if (has_all_for_side(j, i))
		return;
	if (*s->id && strcmp(s->id, f->header.id) != 0)
		strbuf_addf(why, "%s is the journal of another database",
			    j->path);
	else if (!journal_is_of_side(j, i))
		strbuf_addf(why, "%s was made with another key of the %s",
			    j->path, journal_side_name(i));
	else if (f->last[i] < s->written)
		strbuf_addf(why,
			    "%s is older than the database: entries of the %s "
			    "are missing at its end",
			    j->path, journal_side_name(i));
	else if (journal_is_older(j, i) &&
		 s->reserved < f->header.side[i].first - 1)
		strbuf_addf(why,
			    "%s was begun after this state of the database: "
			    "earlier entries of the %s are missing",
			    j->path, journal_side_name(i));
}

/* Empty: they belong together. */
static void judge_sides(const struct journal *j, struct strbuf *why)
{
	for (int i = 0; i < JOURNAL_SIDES && why->len == 0; i++)
		judge_side(j, i, why);
	if (why->len == 0 && j->file->damaged > 0)
		strbuf_addf(why, "%lld lines of %s are damaged",
			    (long long)j->file->damaged, j->path);
}

static bool any_older(const struct journal *j)
{
	for (int i = 0; i < JOURNAL_SIDES; i++)
		if (journal_is_of_side(j, i) && journal_is_older(j, i))
			return true;
	return false;
}

/* --- what is done about it --- */

static int pause_all(struct journal *j, struct err *err)
{
	for (int i = 0; i < JOURNAL_SIDES; i++) {
		const struct journal_side *of = j->setup.sides[i];
		CLEANUP(store_put) struct db *db = NULL;
		int paused;

		if (store_get(j->setup.store, of->schema, &db, err) < 0)
			return -1;
		paused = of->pause(db, clock_now_ms(), err);
		if (paused < 0)
			return err_prefix(err, "pausing campaigns");
		if (paused > j->counts.paused) /* both know the same ones */
			j->counts.paused = paused;
	}
	return 0;
}

static int apply_side(struct journal *j, int i, struct err *err)
{
	CLEANUP(vec_release)
	struct journal_entries entries = VEC_INIT;
	CLEANUP(store_put) struct db *db = NULL;
	const struct journal_side *of = j->setup.sides[i];
	bool all = has_all_for_side(j, i);

	if (!all && (!journal_is_of_side(j, i) || !journal_is_older(j, i)))
		return 0;
	if (journal_file_read(j->file, (enum journal_side_id)i,
			      all ? 0 : j->state[i].reserved, &entries,
			      err) < 0 ||
	    store_get(j->setup.store, of->schema, &db, err) < 0 ||
	    of->apply(db, j->state[i].key, &entries, clock_now_ms(), &j->counts,
		      err) < 0)
		return err_prefix(err, "applying the suppression journal");
	return 0;
}

static void log_restored(const struct journal *j, const char *why)
{
	log_warn("the database was restored: campaigns are paused",
		 LOG_INT("paused", j->counts.paused),
		 LOG_INT("opt_outs", j->counts.of[JOURNAL_OPT_OUT]),
		 LOG_INT("unsubscribes", j->counts.of[JOURNAL_UNSUBSCRIBE]),
		 LOG_INT("complaints", j->counts.of[JOURNAL_COMPLAINT]),
		 LOG_INT("cleans", j->counts.of[JOURNAL_CLEAN]),
		 LOG_INT("erasures", j->counts.of[JOURNAL_ERASURE]));
	if (*why)
		log_error("sending is off", LOG_TEXT("why", why));
}

/* Older than the file, or the file does not fit. */
static int recover(struct journal *j, const struct strbuf *why, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	strbuf_addstr(&text, why->len ? why->buf
				      : "the database was restored; the "
					"suppression journal is being applied");
	if (why->len)
		strbuf_addstr(&text,
			      "; put the newest journal in its place and "
			      "start again, or an administrator can confirm "
			      "that this database may send as it is (muster "
			      "confirm-restore)");
	if (put_gate(j, text.buf, err) < 0 || pause_all(j, err) < 0)
		return -1;
	for (int i = 0; j->file && i < JOURNAL_SIDES; i++)
		if (apply_side(j, i, err) < 0)
			return -1;
	j->was_restored = true;
	log_restored(j, why->len ? why->buf : "");
	return 0;
}

static int adopt_all(struct journal *j, struct err *err)
{
	for (int i = 0; i < JOURNAL_SIDES; i++)
		if (adopt_side(j, i, err) < 0)
			return -1;
	return 0;
}

/* A side without an id: a kill came between file and schema. */
static int adopt_ids(struct journal *j, struct err *err)
{
	for (int i = 0; i < JOURNAL_SIDES; i++)
		if (!*j->state[i].id && adopt_side(j, i, err) < 0)
			return -1;
	return 0;
}

static int settle_sides(struct journal *j, struct strbuf *why, struct err *err)
{
	bool older = j->setup.restored;

	if (j->file) {
		older = older || any_older(j);
		judge_sides(j, why);
	}
	j->fits = why->len == 0;
	j->counts = (struct journal_counts){ .paused = 0 };
	if ((older || !j->fits) && recover(j, why, err) < 0)
		return -1;
	if (!j->fits)
		return 0;
	if ((older ? adopt_all(j, err) : adopt_ids(j, err)) < 0 ||
	    journal_load_sides(j, err) < 0)
		return -1;
	return put_gate(j, NULL, err);
}

/* Another process may have been quicker to begin it. */
static int open_file(struct journal *j, struct strbuf *why, struct err *err)
{
	struct err of_file = ERR_INIT;
	int found;

	journal_file_free(&j->file);
	found = journal_file_open(j->path, &j->file, &of_file);
	if (found == 0 && is_first_start(j)) {
		found = begin_file(j, &of_file) < 0 ? -1 : 1;
		if (found < 0 && of_file.code == ERR_CONFLICT)
			found = journal_file_open(j->path, &j->file, &of_file);
	}
	if (found < 0 && of_file.code != ERR_INVALID) {
		*err = of_file;
		return -1;
	}
	if (found < 0)
		strbuf_addstr(why, of_file.text);
	else if (found == 0)
		strbuf_addf(why, MISSING, j->path);
	return 0;
}

/* The numbers of schemas and file are compared under the file's lock. */
int journal_check(struct journal *j, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf why = STRBUF_INIT;
	int ret;

	j->fits = false;
	if (load_keys(j, true, err) < 0 || journal_load_sides(j, err) < 0 ||
	    open_file(j, &why, err) < 0)
		return -1;
	if (!j->file)
		return settle_sides(j, &why, err);
	if (journal_file_lock(j->file, err) < 0)
		return -1;
	ret = journal_load_sides(j, err) < 0 ? -1 : settle_sides(j, &why, err);
	journal_file_unlock(j->file);
	return ret;
}

int journal_look(struct journal *j, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf why = STRBUF_INIT;
	int found, ret;

	if (load_keys(j, false, err) < 0 || journal_load_sides(j, err) < 0)
		return -1;
	found = journal_file_open(j->path, &j->file, err);
	if (found == 0 && is_first_start(j))
		return journal_file_can_create(j->path, err);
	if (found == 0)
		return err_set(err, ERR_CONFLICT, MISSING, j->path);
	if (found < 0 || journal_file_lock(j->file, err) < 0)
		return -1;
	ret = journal_load_sides(j, err);
	judge_sides(j, &why);
	journal_file_unlock(j->file);
	if (ret == 0 && why.len > 0)
		return err_set(err, ERR_CONFLICT, "%s", why.buf);
	return ret;
}

/* --- confirming --- */

static int put_aside(struct journal *j, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf aside = STRBUF_INIT;

	journal_file_free(&j->file);
	strbuf_addf(&aside, "%s.%lld.old", j->path, (long long)clock_now_ms());
	if (rename(j->path, aside.buf) < 0)
		return errno == ENOENT
			       ? 0
			       : err_errno(err, "putting %s aside", j->path);
	log_warn("the suppression journal was put aside",
		 LOG_TEXT("file", aside.buf));
	return 0;
}

/* Only its beginning is missing: it can go on. */
static bool can_go_on(const struct journal *j)
{
	if (!j->file || j->file->damaged > 0)
		return false;
	for (int i = 0; i < JOURNAL_SIDES; i++)
		if (!journal_is_of_side(j, i) ||
		    j->file->last[i] < j->state[i].written)
			return false;
	return true;
}

int journal_settle_confirmed(struct journal *j, struct err *err)
{
	if (j->fits)
		return err_set(err, ERR_CONFLICT,
			       "sending is not off: there is nothing to "
			       "confirm");
	if (journal_load_sides(j, err) < 0)
		return -1;
	if (!can_go_on(j) && (put_aside(j, err) < 0 || begin_file(j, err) < 0))
		return -1;
	if (adopt_all(j, err) < 0 || journal_load_sides(j, err) < 0 ||
	    put_gate(j, NULL, err) < 0)
		return -1;
	j->fits = true;
	log_warn("sending was confirmed after a restore");
	return 0;
}

/* --- before the database is replaced --- */

/* It does not fit the file that was written for what replaces it. */
static int put_states(struct journal *j, const struct side_state *states,
		      struct err *err)
{
	for (int i = 0; i < JOURNAL_SIDES; i++) {
		CLEANUP(store_put) struct db *db = NULL;
		CLEANUP(tx_release) struct tx tx = TX_INIT;
		const struct side_state *s = &states[i];

		if (!*s->id)
			continue;
		if (store_get(j->setup.store, j->setup.sides[i]->schema, &db,
			      err) < 0 ||
		    tx_begin(db, &tx, err) < 0 ||
		    journal_put_state(&tx, s->id, s->reserved, s->written,
				      err) < 0 ||
		    tx_commit(&tx, err) < 0)
			return -1;
	}
	return journal_load_sides(j, err);
}

int journal_write_anew(struct journal *j, struct err *err)
{
	struct side_state before[JOURNAL_SIDES];
	int64_t written;

	if (journal_load_sides(j, err) < 0)
		return -1;
	memcpy(before, j->state, sizeof(before));
	if (put_aside(j, err) < 0 || begin_file(j, err) < 0 ||
	    adopt_all(j, err) < 0 || journal_load_sides(j, err) < 0)
		return -1;
	j->fits = true;
	written = journal_write(j, err);
	j->fits = false;
	if (written < 0 || put_states(j, before, err) < 0)
		return -1;
	return 0;
}
