#include "delivery/outbox/outbox_forget.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/email.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "delivery/outbox/outbox_private.h"
#include "store/store.h"

#include "sql/outbox.h"
#include "sql/recipient.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 200

/* What there is of the message: a crash may have cut its file short. */
static int overwrite(int fd, const struct outbox_message *m)
{
	char blank[16384];
	off_t at = (off_t)m->file_offset, end = at + (off_t)m->size_bytes;
	struct stat st;

	memset(blank, '\n', sizeof(blank));
	if (fstat(fd, &st) < 0)
		return -1;
	if (end > st.st_size)
		end = st.st_size;
	while (at < end) {
		size_t left = (size_t)(end - at);
		ssize_t n =
			pwrite(fd, blank,
			       left < sizeof(blank) ? left : sizeof(blank), at);

		if (n < 0 && errno != EINTR)
			return -1;
		at += n > 0 ? n : 0;
	}
	return fdatasync(fd);
}

static int blank(const struct outbox *o, const struct outbox_message *m,
		 struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(fd_release) int fd = -1;

	outbox_segment_path(o, m->file, &path);
	fd = open(path.buf, O_WRONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return 0; /* emptied by hand */
	if (fd < 0 || overwrite(fd, m) < 0)
		return err_errno(err, "%s", path.buf);
	return 0;
}

static int remove_rows(struct db *db, const struct outbox_messages *list,
		       struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct batch b;

	if (tx_begin(db, &tx, err) < 0)
		return -1;
	batch_begin(&tx, &b);
	vec_each (list, m) {
		if (batch_add(&b, SQL_OUTBOX_REMOVE, SQL_ARGS(sql_int(m->id)),
			      err) < 0)
			return -1;
	}
	return batch_end(&b, err) < 0 ? -1 : tx_commit(&tx, err);
}

/* The next page: how many there were, or -1. */
static int64_t forget_page(struct outbox *o, struct db *db, const char *rcpt,
			   struct err *err)
{
	CLEANUP(vec_release) struct outbox_messages list = VEC_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();

	if (db_list(db, SQL_OUTBOX_LIST_OF,
		    SQL_ARGS(sql_text(rcpt), sql_int(INT64_MAX), sql_int(PAGE)),
		    outbox_read_row, arena, &list, err) < 0)
		return -1;
	vec_each (&list, m) {
		if (blank(o, m, err) < 0)
			return -1;
	}
	if (list.n > 0 && remove_rows(db, &list, err) < 0)
		return -1;
	return (int64_t)list.n;
}

/* Single mails that wait: tests, confirmations. */
static int forget_waiting(struct outbox *o, const char *rcpt, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;

	if (store_get(outbox_store(o), STORE_AUDIENCE, &db, err) < 0)
		return -1;
	return db_write(db, SQL_OUTGOING_FORGET, SQL_ARGS(sql_text(rcpt)), err);
}

int outbox_forget(struct outbox *o, const char *rcpt, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	int64_t n;

	/* first what may get there yet */
	if (forget_waiting(o, rcpt, err) < 0 ||
	    store_get(outbox_store(o), STORE_EVENTS, &db, err) < 0)
		return -1;
	do
		n = forget_page(o, db, rcpt, err);
	while (n == PAGE);
	return n < 0 ? err_prefix(err, "outbox") : 0;
}

/* --- by hash --- */

/* From one schema, appended. */
static int list_recipients(struct outbox *o, enum store_schema schema,
			   const struct sql *query, struct sql_args args,
			   struct arena *arena, struct texts *out,
			   struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;

	if (store_get(outbox_store(o), schema, &db, err) < 0)
		return -1;
	return db_list_texts(db, query, args, arena, out, err);
}

static bool is_one_of(const json_t *hashes, const char *rcpt)
{
	char hash[MD5_HEX + 1];
	const json_t *one;
	size_t i;

	email_hash(rcpt, hash);
	json_array_foreach (hashes, i, one) {
		if (strcmp(json_string_value(one), hash) == 0)
			return true;
	}
	return false;
}

int outbox_forget_hashed(struct outbox *o, const json_t *hashes,
			 int64_t since_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct texts all = VEC_INIT;

	if (json_array_size(hashes) == 0)
		return 0;
	if (list_recipients(o, STORE_AUDIENCE, SQL_OUTGOING_RECIPIENTS,
			    SQL_NO_ARGS, arena, &all, err) < 0 ||
	    list_recipients(o, STORE_EVENTS, SQL_OUTBOX_RECIPIENTS,
			    SQL_ARGS(sql_int(since_ms)), arena, &all, err) < 0)
		return -1;
	vec_each (&all, rcpt) {
		if (is_one_of(hashes, *rcpt) &&
		    outbox_forget(o, *rcpt, err) < 0)
			return -1;
	}
	return 0;
}

int outbox_forget_job(struct job_run *run, struct err *err)
{
	CLEANUP(json_free) json_t *payload = NULL;
	const json_t *addresses = NULL, *hashes = NULL;
	json_t *address;
	size_t i;

	if (json_parse(str_of(run->job->payload), &payload, err) < 0 ||
	    json_get_array(payload, "addresses", &addresses, err) < 0 ||
	    json_get_array(payload, "hashes", &hashes, err) < 0)
		return -1;
	json_array_foreach (addresses, i, address) {
		if (job_is_stopping(run))
			return job_again(run, clock_now_ms());
		if (outbox_forget(run->context, json_string_value(address),
				  err) < 0)
			return -1;
	}
	return outbox_forget_hashed(run->context, hashes,
				    run->job->created_ms - MS_MINUTE, err);
}
