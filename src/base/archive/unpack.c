#include "base/archive/unpack.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <string.h>

typedef int support_fn(struct archive *a);

static const struct archive_kind {
	const char *type;
	support_fn *format, *filter; /* NULL: it is not packed */
} kinds[] = {
	{ "zip", archive_read_support_format_zip, NULL },
	{ "tar", archive_read_support_format_tar, NULL },
	{ "tar.gz", archive_read_support_format_tar,
	  archive_read_support_filter_gzip },
	{ "tgz", archive_read_support_format_tar,
	  archive_read_support_filter_gzip },
	{ "tar.bz2", archive_read_support_format_tar,
	  archive_read_support_filter_bzip2 },
	{ "tbz", archive_read_support_format_tar,
	  archive_read_support_filter_bzip2 },
};

static const struct archive_kind *kind_of(const char *type)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].type, type) == 0)
			return &kinds[i];
	return NULL;
}

bool unpack_is_type(const char *type)
{
	return kind_of(type) != NULL;
}

static void archive_release(struct archive **a)
{
	if (*a)
		(void)archive_read_free(*a);
}

/* libarchive brings names into the letters of the locale; the program's is C.
 */
struct letters {
	locale_t ours, before;
};

static struct letters letters_begin(void)
{
	struct letters l = { .ours = newlocale(LC_CTYPE_MASK, "C.UTF-8",
					       (locale_t)0) };

	if (l.ours)
		l.before = uselocale(l.ours);
	return l;
}

static void letters_release(struct letters *l)
{
	if (!l->ours)
		return;
	(void)uselocale(l->before);
	freelocale(l->ours);
}

static int broken(const char *type, struct err *err)
{
	return err_set(err, ERR_INVALID,
		       "it is no %s file, or broken, or encrypted", type);
}

struct unpacking {
	struct archive *a;
	const char *type;
	struct arena *arena;
	size_t bytes;
	int entries;
};

/* Of one file, also of one that nobody wants: it is unpacked all the same. */
static int read_bytes(struct unpacking *u, struct strbuf *out, struct err *err)
{
	const void *block;
	size_t len;
	la_int64_t at;
	int rc;

	while ((rc = archive_read_data_block(u->a, &block, &len, &at)) ==
	       ARCHIVE_OK) {
		u->bytes += len;
		if (u->bytes > UNPACK_BYTES_MAX)
			return err_set(err, ERR_INVALID,
				       "its files are larger than %u MB",
				       UNPACK_BYTES_MAX / 1024 / 1024);
		if (at != (la_int64_t)out->len)
			return broken(u->type, err); /* has holes */
		strbuf_add(out, block, len);
	}
	return rc == ARCHIVE_EOF ? 0 : broken(u->type, err);
}

static int read_entry(struct unpacking *u, struct archive_entry *entry,
		      struct unpacked *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf bytes = STRBUF_INIT;
	const char *name = archive_entry_pathname(entry);
	struct unpacked_file file;

	if (++u->entries > UNPACK_ENTRIES_MAX)
		return err_set(err, ERR_INVALID, "it holds more than %d files",
			       UNPACK_ENTRIES_MAX);
	if (read_bytes(u, &bytes, err) < 0)
		return -1;
	if (!name || archive_entry_filetype(entry) != AE_IFREG ||
	    archive_entry_hardlink(entry))
		return 0;
	file.name = arena_strdup(u->arena, name);
	file.bytes.s = arena_str(u->arena, strbuf_str(&bytes));
	file.bytes.len = bytes.len;
	vec_push(out, file);
	return 0;
}

static int read_all(struct unpacking *u, struct unpacked *out, struct err *err)
{
	struct archive_entry *entry;
	int rc;

	while ((rc = archive_read_next_header(u->a, &entry)) == ARCHIVE_OK ||
	       rc == ARCHIVE_WARN)
		if (read_entry(u, entry, out, err) < 0)
			return -1;
	return rc == ARCHIVE_EOF ? 0 : broken(u->type, err);
}

int unpack(struct str archive, const char *type, struct arena *arena,
	   struct unpacked *out, struct err *err)
{
	CLEANUP(archive_release) struct archive *a = archive_read_new();
	CLEANUP(letters_release) struct letters letters = letters_begin();
	const struct archive_kind *kind = kind_of(type);
	struct unpacking u = { .a = a, .type = type, .arena = arena };

	BUG_ON(!a || !kind);
	(void)kind->format(a);
	if (kind->filter)
		(void)kind->filter(a);
	if (archive_read_open_memory(a, archive.s, archive.len) != ARCHIVE_OK)
		return broken(type, err);
	return read_all(&u, out, err);
}
