#include "delivery/outbox/outbox_private.h"

#include "base/arena.h"
#include "base/email.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "mail/mail_view.h"
#include "store/store.h"

#include "sql/outbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

#define SEGMENT_BYTES ((int64_t)256 << 20)

struct outbox {
	struct store *store;
	char *folder;
	pthread_mutex_t lock; /* of what stands below */
	int fd;               /* of the segment being written; -1: none */
	int64_t file, offset;
};

void outbox_segment_path(const struct outbox *o, int64_t file,
			 struct strbuf *out)
{
	strbuf_addf(out, "%s/%06lld.mail", o->folder, (long long)file);
}

struct store *outbox_store(const struct outbox *o)
{
	return o->store;
}

/* The highest number of a segment in the folder. */
static int last_segment(const char *folder, int64_t *out, struct err *err)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	if (!dir)
		return err_errno(err, "%s", folder);
	*out = 0;
	while ((entry = readdir(dir))) {
		struct str name = str_of(entry->d_name);
		int64_t n;

		if (!str_ends(name, ".mail"))
			continue;
		name.len -= strlen(".mail");
		if (str_to_int(name, &n) && n > *out)
			*out = n;
	}
	closedir(dir);
	return 0;
}

int outbox_open(struct store *store, const char *folder, struct outbox **out,
		struct err *err)
{
	struct outbox *o;
	int64_t last = 0;

	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return err_errno(err, "folder %s", folder);
	if (last_segment(folder, &last, err) < 0)
		return -1;
	o = calloc(1, sizeof(*o));
	BUG_ON(!o);
	o->store = store;
	o->folder = strdup(folder);
	BUG_ON(!o->folder);
	o->fd = -1;
	o->file = last;
	pthread_mutex_init(&o->lock, NULL);
	*out = o;
	return 0;
}

void outbox_free(struct outbox **outbox)
{
	struct outbox *o = *outbox;

	if (!o)
		return;
	fd_release(&o->fd);
	pthread_mutex_destroy(&o->lock);
	free(o->folder);
	free(o);
	*outbox = NULL;
}

/* --- adding --- */

/* All processes of a database take different numbers, whatever their folders
 * are: a row would be looked up in the file of another one. */
static int next_number(struct outbox *o, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t n = 0;

	if (store_get(o->store, STORE_EVENTS, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0)
		return -1;
	do {
		if (sequence_take(&tx, "outbox_segment", 1, &n, err) < 0)
			return -1;
	} while (n <= o->file); /* of before there was a sequence */
	o->file = n;
	return tx_commit(&tx, err);
}

/* O_EXCL: as do those that were restored from a backup. */
static int next_segment(struct outbox *o, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	fd_release(&o->fd);
	do {
		if (next_number(o, err) < 0)
			return -1;
		strbuf_reset(&path);
		outbox_segment_path(o, o->file, &path);
		o->fd = open(path.buf, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			     0600);
	} while (o->fd < 0 && errno == EEXIST);
	if (o->fd < 0)
		return err_errno(err, "%s", path.buf);
	o->offset = 0;
	return 0;
}

/* mbox's line between messages; rows know where a message starts and how long
 * it is, so its lines need no escape. */
static void add_framed(const struct outbox_new *m, struct strbuf *out)
{
	strbuf_addstr(out, "From MUSTER\n");
	strbuf_addslice(out, m->source);
	strbuf_addstr(out, "\n");
}

static int write_files(struct outbox *o, const struct outbox_new *messages,
		       size_t n, int64_t *offsets, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf data = STRBUF_INIT;

	if ((o->fd < 0 || o->offset >= SEGMENT_BYTES) &&
	    next_segment(o, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		offsets[i] = o->offset + (int64_t)data.len +
			     (int64_t)strlen("From MUSTER\n");
		add_framed(&messages[i], &data);
	}
	if (fd_write_all(o->fd, strbuf_str(&data)) < 0 ||
	    fdatasync(o->fd) < 0) {
		fd_release(&o->fd); /* go on in a new one */
		return err->code ? -1 : err_errno(err, "outbox");
	}
	o->offset += (int64_t)data.len;
	return 0;
}

/* Single mails come as they are: what they are about is read from them. */
static const char *subject_of(const struct outbox_new *m, struct arena *arena)
{
	struct mail_view view = { .subject = NULL };
	struct err ignored = ERR_INIT;

	if (m->subject)
		return m->subject;
	(void)mail_view_read(m->source, arena, &view, &ignored); /* or none */
	return view.subject;
}

/* A test has the id below zero. */
static struct sql_value campaign_value(const struct outbox_new *m)
{
	return sql_id_or_null(m->is_test ? -m->campaign_id : m->campaign_id);
}

static int add_rows(struct tx *tx, const struct outbox *o,
		    const struct outbox_new *messages, size_t n,
		    const int64_t *offsets, int64_t now_ms, struct arena *arena,
		    struct err *err)
{
	struct batch b;

	batch_begin(tx, &b);
	for (size_t i = 0; i < n; i++) {
		const struct outbox_new *m = &messages[i];

		if (batch_add(&b, SQL_OUTBOX_ADD,
			      SQL_ARGS(sql_int(now_ms), campaign_value(m),
				       sql_text(m->sender), sql_text(m->rcpt),
				       sql_text(subject_of(m, arena)),
				       sql_int(o->file), sql_int(offsets[i]),
				       sql_int((int64_t)m->source.len)),
			      err) < 0)
			return -1;
	}
	return batch_end(&b, err) < 0 ? -1 : 0;
}

static int add_locked(struct outbox *o, const struct outbox_new *messages,
		      size_t n, int64_t now_ms, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	int64_t *offsets = arena_array(arena, int64_t, n);

	if (write_files(o, messages, n, offsets, err) < 0 ||
	    store_get(o->store, STORE_EVENTS, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    add_rows(&tx, o, messages, n, offsets, now_ms, arena, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int outbox_add(struct outbox *o, const struct outbox_new *messages, size_t n,
	       int64_t now_ms, struct err *err)
{
	int rc;

	if (n == 0)
		return 0;
	pthread_mutex_lock(&o->lock);
	rc = add_locked(o, messages, n, now_ms, err);
	pthread_mutex_unlock(&o->lock);
	return rc < 0 ? err_prefix(err, "outbox") : 0;
}

/* --- reading --- */

void outbox_read_row(const struct rows *rows, struct arena *arena, void *out)
{
	int64_t campaign = rows_int(rows, 2);

	*(struct outbox_message *)out = (struct outbox_message){
		.id = rows_int(rows, 0),
		.at_ms = rows_int(rows, 1),
		.campaign_id = campaign < 0 ? -campaign : campaign,
		.is_test = campaign < 0,
		.sender = rows_dup(rows, 3, arena),
		.rcpt = rows_dup(rows, 4, arena),
		.subject = rows_dup(rows, 5, arena),
		.file = rows_int(rows, 6),
		.file_offset = rows_int(rows, 7),
		.size_bytes = rows_int(rows, 8),
	};
}

static int query_page(struct db *db, const struct outbox_query *query,
		      struct rows **rows, int64_t *total_out, struct err *err)
{
	struct sql_value below =
		sql_int(query->before_id ? query->before_id : INT64_MAX);

	if (!query->rcpt)
		return db_find_int(db, SQL_OUTBOX_COUNT, SQL_NO_ARGS, total_out,
				   err) < 0
			       ? -1
			       : db_query(
					 db, SQL_OUTBOX_LIST,
					 SQL_ARGS(below, sql_int(query->limit)),
					 rows, err);
	if (db_find_int(db, SQL_OUTBOX_COUNT_OF,
			SQL_ARGS(sql_text(query->rcpt)), total_out, err) < 0)
		return -1;
	return db_query(
		db, SQL_OUTBOX_LIST_OF,
		SQL_ARGS(sql_text(query->rcpt), below, sql_int(query->limit)),
		rows, err);
}

/* --- by a part of what stands there --- */

#define SCANNED 2000 /* rows at a time */

static bool holds(const char *text, const char *folded)
{
	CLEANUP(strbuf_release) struct strbuf all = STRBUF_INIT;

	if (!text)
		return false;
	utf8_fold(str_of(text), &all);
	return strstr(all.buf, folded);
}

struct search {
	const struct outbox_query *query;
	const char *folded;
	struct outbox_message *found;
	int64_t n, total;
	int64_t last_id; /* looked at */
};

static void look_at(struct search *s, const struct outbox_message *m)
{
	s->last_id = m->id;
	if (!holds(m->rcpt, s->folded) && !holds(m->subject, s->folded))
		return;
	s->total++;
	if (s->n < s->query->limit &&
	    (!s->query->before_id || m->id < s->query->before_id))
		s->found[s->n++] = *m;
}

/* Databases do not agree on what letters are the same: looked through here, a
 * page of rows at a time. How many were looked at, or -1. */
static int64_t look_through(struct db *db, struct search *s,
			    struct arena *arena, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct outbox_query page = { .rcpt = s->query->rcpt,
				     .before_id = s->last_id,
				     .limit = SCANNED };
	struct outbox_message m;
	int64_t n = 0, ignored;
	int more;

	if (query_page(db, &page, &rows, &ignored, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		outbox_read_row(rows, arena, &m);
		look_at(s, &m);
		n++;
	}
	return more < 0 ? -1 : n;
}

static int64_t search(struct db *db, const struct outbox_query *query,
		      struct arena *arena, struct outbox_message **out,
		      int64_t *total_out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;
	struct search s = { .query = query };
	int64_t n;

	if (!utf8_is_valid(str_of(query->q)))
		return err_field(err, "q", "is no text");
	utf8_fold(str_trim(str_of(query->q)), &folded);
	s.folded = folded.buf;
	s.found =
		arena_array(arena, struct outbox_message, (size_t)query->limit);
	do
		n = look_through(db, &s, arena, err);
	while (n == SCANNED);
	*out = s.found;
	*total_out = s.total;
	return n < 0 ? -1 : s.n;
}

int64_t outbox_list(struct outbox *o, const struct outbox_query *query,
		    struct arena *arena, struct outbox_message **out,
		    int64_t *total_out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct outbox_query wanted = *query;
	struct err ignored = ERR_INIT;
	struct email rcpt;
	int64_t n = 0;
	int more;

	if (wanted.rcpt &&
	    email_parse(wanted.rcpt, arena, &rcpt, &ignored) == 0)
		wanted.rcpt = rcpt.folded;
	if (store_get(o->store, STORE_EVENTS, &db, err) < 0)
		return -1;
	if (wanted.q && *wanted.q)
		return search(db, &wanted, arena, out, total_out, err);
	if (query_page(db, &wanted, &rows, total_out, err) < 0)
		return -1;
	*out = arena_array(arena, struct outbox_message, (size_t)query->limit);
	while (n < query->limit && (more = rows_next(rows, err)) != 0) {
		if (more < 0)
			return -1;
		outbox_read_row(rows, arena, &(*out)[n++]);
	}
	return n;
}

int outbox_get(struct outbox *o, int64_t id, struct arena *arena,
	       struct outbox_message *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	int found;

	if (store_get(o->store, STORE_EVENTS, &db, err) < 0)
		return -1;
	found = db_get(db, SQL_OUTBOX_GET, SQL_ARGS(sql_int(id)),
		       outbox_read_row, arena, out, err);
	if (found == 0)
		return err_set(err, ERR_NOT_FOUND,
			       "no message %lld in the outbox", (long long)id);
	return found < 0 ? -1 : 0;
}

int outbox_read(struct outbox *o, const struct outbox_message *message,
		struct strbuf *source_out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(fd_release) int fd = -1;
	size_t size = (size_t)message->size_bytes;
	size_t begin = source_out->len;

	outbox_segment_path(o, message->file, &path);
	fd = open(path.buf, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return err_set(
			err, ERR_NOT_FOUND,
			"the mail is not in the outbox of this process: "
			"another one with a folder of its own has caught "
			"it, or its file was removed");
	if (fd < 0)
		return err_errno(err, "%s", path.buf);
	strbuf_reserve(source_out, size);
	while (source_out->len - begin < size) {
		char part[16384];
		size_t left = size - (source_out->len - begin);
		ssize_t n = pread(fd, part,
				  left < sizeof(part) ? left : sizeof(part),
				  (off_t)(message->file_offset +
					  (int64_t)(source_out->len - begin)));

		if (n <= 0)
			return err_set(err, ERR_IO, "%s is cut short",
				       path.buf);
		strbuf_add(source_out, part, (size_t)n);
	}
	return 0;
}

int outbox_view(struct str source, struct arena *arena, struct outbox_view *out,
		struct err *err)
{
	struct outbox_field *fields;
	struct mail_view view;

	if (mail_view_read(source, arena, &view, err) < 0)
		return -1;
	*out = (struct outbox_view){ .from = view.from,
				     .to = view.to,
				     .html = view.html,
				     .text = view.text };
	fields = arena_array(arena, struct outbox_field, view.fields_n + 1);
	for (size_t i = 0; i < view.fields_n; i++)
		fields[i] = (struct outbox_field){ view.fields[i].name,
						   view.fields[i].value };
	out->fields = fields;
	out->fields_n = view.fields_n;
	return 0;
}
