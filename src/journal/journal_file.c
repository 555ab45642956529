#include "journal/journal_file.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "muster-suppression-journal"
#define CHECK_HEX 12
#define READ_AT_ONCE 65536
#define LINE_MAX_BYTES 512
#define COLUMNS 6 /* of an entry, without the check */

static const char *const side_names[] = {
	[JOURNAL_CRM] = "crm",
	[JOURNAL_AUDIENCE] = "audience",
};

static const char *const kind_names[] = {
	[JOURNAL_NOTHING] = "nothing",
	[JOURNAL_MARK] = "mark",
	[JOURNAL_OPT_OUT] = "opt_out",
	[JOURNAL_UNSUBSCRIBE] = "unsubscribe",
	[JOURNAL_COMPLAINT] = "complaint",
	[JOURNAL_CLEAN] = "clean",
	[JOURNAL_ERASURE] = "erasure",
	[JOURNAL_OPT_IN] = "opt_in",
};

const char *journal_side_name(enum journal_side_id side)
{
	return side_names[side];
}

/* --- lines --- */

static void add_check(struct strbuf *out, size_t start)
{
	char hex[SHA256_HEX + 1];

	sha256_hex((struct str){ out->buf + start, out->len - start }, hex);
	hex[CHECK_HEX] = '\0';
	strbuf_addf(out, " %s\n", hex);
}

/* The line without its check; false: it does not fit. */
static bool check_line(struct str *line)
{
	char hex[SHA256_HEX + 1];
	struct str body = { line->s, 0 };

	if (line->len < CHECK_HEX + 1 ||
	    line->s[line->len - CHECK_HEX - 1] != ' ')
		return false;
	body.len = line->len - CHECK_HEX - 1;
	sha256_hex(body, hex);
	if (memcmp(hex, line->s + body.len + 1, CHECK_HEX) != 0)
		return false;
	*line = body;
	return true;
}

static const char *or_dash(const char *text)
{
	return *text ? text : "-";
}

static void format_entry(enum journal_side_id side,
			 const struct journal_entry *e, struct strbuf *out)
{
	size_t start = out->len;

	strbuf_addf(out, "%s %lld %s %s %s %lld", side_names[side],
		    (long long)e->seq, kind_names[e->kind], or_dash(e->hash),
		    or_dash(e->ref), (long long)e->at_ms);
	add_check(out, start);
}

static void format_header(const struct journal_header *h, struct strbuf *out)
{
	size_t start = out->len;

	strbuf_addf(out, MAGIC " 1 %s", h->id);
	for (int i = 0; i < JOURNAL_SIDES; i++)
		strbuf_addf(out, " %s %lld", h->side[i].key,
			    (long long)h->side[i].first);
	add_check(out, start);
}

static bool copy_column(struct str column, char *out, size_t size)
{
	if (str_is(column, "-"))
		column.len = 0;
	if (column.len >= size)
		return false;
	memcpy(out, column.s, column.len);
	out[column.len] = '\0';
	return true;
}

static int place_of(struct str name, const char *const *names, int n)
{
	for (int i = 0; i < n; i++)
		if (str_is(name, names[i]))
			return i;
	return -1;
}

static bool parse_entry(struct str line, int *side, struct journal_entry *e)
{
	struct str column[COLUMNS];
	int kind;

	for (int i = 0; i < COLUMNS; i++)
		column[i] = str_cut(&line, ' ');
	if (line.s)
		return false;
	*e = (struct journal_entry){ 0 };
	*side = place_of(column[0], side_names, JOURNAL_SIDES);
	kind = place_of(column[2], kind_names, JOURNAL_KINDS);
	e->kind = (enum journal_kind)kind;
	return *side >= 0 && kind > JOURNAL_NOTHING &&
	       str_to_int(column[1], &e->seq) &&
	       copy_column(column[3], e->hash, sizeof(e->hash)) &&
	       copy_column(column[4], e->ref, sizeof(e->ref)) &&
	       str_to_int(column[5], &e->at_ms);
}

static bool parse_header(struct str line, struct journal_header *h)
{
	struct str magic = str_cut(&line, ' ');
	struct str version = str_cut(&line, ' ');

	if (!str_is(magic, MAGIC) || !str_is(version, "1") ||
	    !copy_column(str_cut(&line, ' '), h->id, sizeof(h->id)))
		return false;
	for (int i = 0; i < JOURNAL_SIDES; i++)
		if (!copy_column(str_cut(&line, ' '), h->side[i].key,
				 sizeof(h->side[i].key)) ||
		    !str_to_int(str_cut(&line, ' '), &h->side[i].first))
			return false;
	return line.s == NULL;
}

/* --- reading --- */

/* Walks over the lines from an offset on. */
struct walk {
	struct journal_file *file;
	struct strbuf rest; /* what was read and is not worked on */
	int64_t offset;     /* of the next read */
	int64_t good;       /* behind the last good line */
	int64_t at;         /* behind the last line */
	int64_t bad;        /* lines since then */
	/* entries that are wanted; out NULL: none */
	int side;
	int64_t after;
	struct journal_entries *out;
};

static void take_line(struct walk *w, struct str line)
{
	struct journal_file *f = w->file;
	struct journal_entry e;
	int side;

	if (!check_line(&line) || !parse_entry(line, &side, &e)) {
		w->bad++;
		return;
	}
	f->damaged += w->out ? 0 : w->bad;
	w->bad = 0;
	w->good = w->at;
	if (e.seq > f->last[side])
		f->last[side] = e.seq;
	if (w->out && side == w->side && e.seq > w->after &&
	    e.kind != JOURNAL_MARK)
		vec_push(w->out, e);
}

static void take_lines(struct walk *w)
{
	struct str rest = { w->rest.buf, w->rest.len };
	const char *end;

	while (rest.len > 0 && (end = memchr(rest.s, '\n', rest.len))) {
		struct str line = { rest.s, (size_t)(end - rest.s) };

		rest = (struct str){ end + 1, rest.len - line.len - 1 };
		w->at += (int64_t)line.len + 1;
		take_line(w, line);
	}
	if (rest.len > 0)
		memmove(w->rest.buf, rest.s, rest.len);
	strbuf_truncate(&w->rest, rest.len);
}

static void walk_release(struct walk *w)
{
	strbuf_release(&w->rest);
}

static int walk_lines(struct walk *w, struct err *err)
{
	ssize_t n;

	do {
		strbuf_reserve(&w->rest, READ_AT_ONCE);
		n = pread(w->file->fd, w->rest.buf + w->rest.len, READ_AT_ONCE,
			  w->offset);
		if (n < 0)
			return err_errno(err, "reading %s", w->file->path);
		w->rest.len += (size_t)n;
		w->offset += n;
		take_lines(w);
	} while (n > 0);
	return 0;
}

/* What a crash or a full disk left behind the last good line goes. */
static int cut_torn(struct journal_file *f, int64_t end, struct err *err)
{
	if (f->size == end)
		return 0;
	if (ftruncate(f->fd, f->size) < 0 || fdatasync(f->fd) < 0)
		return err_errno(err, "cutting off the torn end of %s",
				 f->path);
	return 0;
}

static int read_on(struct journal_file *f, struct err *err)
{
	CLEANUP(walk_release)
	struct walk w = { .file = f,
			  .rest = STRBUF_INIT,
			  .offset = f->size,
			  .good = f->size,
			  .at = f->size };

	if (walk_lines(&w, err) < 0)
		return -1;
	f->size = w.good;
	return cut_torn(f, w.offset, err);
}

int journal_file_read(struct journal_file *f, enum journal_side_id side,
		      int64_t after, struct journal_entries *out,
		      struct err *err)
{
	CLEANUP(walk_release)
	struct walk w = { .file = f,
			  .rest = STRBUF_INIT,
			  .side = (int)side,
			  .after = after,
			  .out = out };

	return walk_lines(&w, err);
}

/* --- opening --- */

static int read_header(struct journal_file *f, struct err *err)
{
	char line[LINE_MAX_BYTES];
	ssize_t n = pread(f->fd, line, sizeof(line), 0);
	const char *end = n > 0 ? memchr(line, '\n', (size_t)n) : NULL;
	struct str text = { line, end ? (size_t)(end - line) : 0 };

	if (n < 0)
		return err_errno(err, "reading %s", f->path);
	if (!end || !check_line(&text) || !parse_header(text, &f->header))
		return err_set(err, ERR_INVALID,
			       "%s is no suppression journal of Muster",
			       f->path);
	f->size = end + 1 - line;
	for (int i = 0; i < JOURNAL_SIDES; i++)
		f->last[i] = f->header.side[i].first - 1;
	return 0;
}

int journal_file_open(const char *path, struct journal_file **out,
		      struct err *err)
{
	CLEANUP(journal_file_free)
	struct journal_file *f = calloc(1, sizeof(*f));
	int ret;

	BUG_ON(!f);
	f->path = strdup(path);
	BUG_ON(!f->path);
	f->fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC);
	if (f->fd < 0 && errno == ENOENT)
		return 0;
	if (f->fd < 0)
		return err_errno(err, "opening %s", path);
	if (read_header(f, err) < 0)
		return -1;
	ret = journal_file_lock(f, err);
	if (ret < 0)
		return -1;
	journal_file_unlock(f);
	*out = TAKE(f);
	return 1;
}

static int sync_folder_of(const char *path, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf folder = STRBUF_INIT;
	CLEANUP(fd_release) int fd = -1;
	const char *slash = strrchr(path, '/');

	strbuf_addf(&folder, "%.*s", slash ? (int)(slash - path) : 1,
		    slash ? path : ".");
	fd = open(folder.len ? folder.buf : "/", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0)
		return err_errno(err, "syncing the folder of %s", path);
	return 0;
}

static int write_new(const char *temporary, const struct journal_header *header,
		     struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(fd_release)
	int fd =
		open(temporary, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

	format_header(header, &text);
	if (fd < 0 || fd_write_all(fd, strbuf_str(&text)) < 0 || fsync(fd) < 0)
		return err_errno(err, "writing %s", temporary);
	return 0;
}

int journal_file_can_create(const char *path, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf temporary = STRBUF_INIT;
	CLEANUP(fd_release) int fd = -1;

	strbuf_addf(&temporary, "%s.new", path);
	fd = open(temporary.buf, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0 || unlink(temporary.buf) < 0)
		return err_errno(err, "writing %s", temporary.buf);
	return 0;
}

int journal_file_create(const char *path, const struct journal_header *header,
			struct journal_file **out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf temporary = STRBUF_INIT;
	int opened;

	strbuf_addf(&temporary, "%s.new", path);
	if (write_new(temporary.buf, header, err) < 0)
		return -1;
	if (link(temporary.buf, path) < 0) {
		int why = errno;

		(void)unlink(temporary.buf); /* it is in nobody's way */
		errno = why;
		if (why == EEXIST)
			return err_set(err, ERR_CONFLICT, "%s exists already",
				       path);
		return err_errno(err, "making %s", path);
	}
	(void)unlink(temporary.buf); /* it is in nobody's way */
	if (sync_folder_of(path, err) < 0)
		return -1;
	opened = journal_file_open(path, out, err);
	if (opened == 0)
		return err_set(err, ERR_IO, "%s went away at once", path);
	return opened < 0 ? -1 : 0;
}

void journal_file_free(struct journal_file **file)
{
	struct journal_file *f = *file;

	if (!f)
		return;
	if (f->fd >= 0)
		close(f->fd);
	free(f->path);
	free(f);
	*file = NULL;
}

/* --- appending --- */

int journal_file_lock(struct journal_file *f, struct err *err)
{
	struct stat there, here;

	while (flock(f->fd, LOCK_EX) < 0)
		if (errno != EINTR)
			return err_errno(err, "locking %s", f->path);
	if (stat(f->path, &there) < 0 || fstat(f->fd, &here) < 0 ||
	    there.st_ino != here.st_ino || there.st_dev != here.st_dev) {
		journal_file_unlock(f);
		return err_set(err, ERR_IO,
			       "%s was removed or replaced while it was in use",
			       f->path);
	}
	if (read_on(f, err) == 0)
		return 0;
	journal_file_unlock(f);
	return -1;
}

void journal_file_unlock(struct journal_file *f)
{
	(void)flock(f->fd, LOCK_UN); /* cannot fail for a lock that is held */
}

static int write_whole(struct journal_file *f, const struct strbuf *text,
		       struct err *err)
{
	if (fd_write_all(f->fd, strbuf_str(text)) < 0 || fdatasync(f->fd) < 0)
		return err_errno(err, "writing %s", f->path);
	return 0;
}

int journal_file_append(struct journal_file *f, enum journal_side_id side,
			const struct journal_entry *entries, size_t n,
			struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < n; i++)
		format_entry(side, &entries[i], &text);
	if (write_whole(f, &text, err) < 0) {
		/* if that fails too, the next lock cuts it off */
		(void)!ftruncate(f->fd, f->size);
		return -1;
	}
	f->size += (int64_t)text.len;
	if (n > 0)
		f->last[side] = entries[n - 1].seq;
	return 0;
}
