#include "campaign/content_archive.h"

#include "base/archive/unpack.h"
#include "base/arena.h"
#include "base/charset.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/text/html_entity.h"
#include "base/utf8.h"
#include "campaign/content.h"
#include "campaign/file/file.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FIELD "archive.archive_content"
#define NAME_MAX_BYTES 1000
#define PATH_MAX_BYTES 200
#define PLACES_MAX 5000
#define DEPTH_MAX 40

struct picture {
	const char *path;
	struct str source;
	struct image image;
};

/* Where the page names a picture, in its HTML. */
struct place {
	size_t start, end;
	size_t picture;
};

struct content_archive {
	struct arena *arena;
	struct unpacked files; /* their names: paths, see path_of */
	struct strbuf html;
	const char *page; /* its path */
	VEC(struct picture) pictures;
	VEC(struct place) places;
	int64_t work; /* of all pictures, see struct image */
	int named;    /* pictures that the page names, there or not */
};

void content_archive_free(struct content_archive **archive)
{
	struct content_archive *a = *archive;

	if (!a)
		return;
	vec_each (&a->pictures, picture)
		image_release(&picture->image);
	vec_release(&a->pictures);
	vec_release(&a->places);
	vec_release(&a->files);
	strbuf_release(&a->html);
	free(a);
	*archive = NULL;
}

/* --- paths --- */

/* "a/./b/../c.png", with slashes of either kind, as "a/c.png". What leads out
 * of the archive ends at its top. */
static const char *path_of(const char *name, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	size_t ends[DEPTH_MAX];
	int depth = 0;

	while (*name) {
		size_t len = strcspn(name, "/\\");

		if (len == 2 && name[0] == '.' && name[1] == '.') {
			if (depth > 0)
				strbuf_truncate(&out, ends[--depth]);
		} else if (len > 0 && !(len == 1 && name[0] == '.')) {
			if (depth == DEPTH_MAX)
				return "";
			ends[depth++] = out.len;
			if (out.len > 0)
				strbuf_addch(&out, '/');
			strbuf_add(&out, name, len);
		}
		name += len + (name[len] != '\0');
	}
	return arena_str(arena, strbuf_str(&out));
}

static const char *last_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int depth_of(const char *path)
{
	int depth = 0;

	for (; *path; path++)
		depth += *path == '/';
	return depth;
}

static bool ends_as(const char *path, const char *const endings[])
{
	const char *dot = strrchr(last_of(path), '.');

	for (; dot && *endings; endings++)
		if (strcasecmp(dot + 1, *endings) == 0)
			return true;
	return false;
}

static bool is_page(const char *path)
{
	static const char *const endings[] = { "html", "htm", NULL };

	/* What macOS and editors leave behind begins with a dot. */
	return ends_as(path, endings) && *last_of(path) != '.' &&
	       strncmp(path, "__MACOSX/", 9) != 0;
}

static bool is_picture(const char *path)
{
	static const char *const endings[] = {
		"png", "jpg",  "jpeg", "gif",  "webp", "svg",
		"bmp", "tiff", "tif",  "avif", "heic", NULL,
	};

	return ends_as(path, endings);
}

/* --- the page --- */

/* <0: a is the page rather than b. */
static int compare_pages(const char *a, const char *b)
{
	int by_depth = depth_of(a) - depth_of(b);
	bool a_is_index = strncasecmp(last_of(a), "index.", 6) == 0;
	bool b_is_index = strncasecmp(last_of(b), "index.", 6) == 0;

	return by_depth != 0 ? by_depth : (int)b_is_index - (int)a_is_index;
}

static int find_page(struct content_archive *a, struct str *out,
		     struct err *err)
{
	bool is_only = true;

	vec_each (&a->files, file) {
		int order;

		if (!is_page(file->name))
			continue;
		order = a->page ? compare_pages(file->name, a->page) : -1;
		if (order <= 0) {
			is_only = order < 0;
			a->page = file->name;
			*out = file->bytes;
		}
	}
	if (!a->page)
		return err_field(err, FIELD, "The archive holds no HTML file");
	if (!is_only)
		return err_field(err, FIELD,
				 "The archive holds several HTML files; name "
				 "the one that is meant index.html");
	return 0;
}

static int read_page(struct content_archive *a, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf html = STRBUF_INIT;
	struct err why = ERR_INIT;
	struct str bytes = { NULL, 0 };

	if (find_page(a, &bytes, err) < 0)
		return -1;
	if (bytes.len > CONTENT_MAX)
		return err_field(err, FIELD, "%s is longer than %u bytes",
				 a->page, CONTENT_MAX);
	if (charset_decode(bytes, &html, &why) < 0)
		return err_field(err, FIELD, "%s: %s", a->page, why.text);
	charset_mend(strbuf_str(&html), &a->html);
	if (a->html.len == 0 || memchr(a->html.buf, '\0', a->html.len))
		return err_field(err, FIELD, "%s is no HTML", a->page);
	return 0;
}

/* --- what it shows --- */

static void add_percent_decoded(const char *s, struct strbuf *out)
{
	for (; *s; s++) {
		int high = *s == '%' ? hex_value(s[1]) : -1;
		int low = high >= 0 ? hex_value(s[2]) : -1;

		if (low < 0) {
			strbuf_addch(out, *s);
			continue;
		}
		strbuf_addch(out, (char)(high * 16 + low));
		s += 2;
	}
}

/* Where a value of the page leads to; NULL: not into the archive. */
static const char *path_of_value(const struct content_archive *a,
				 struct str value)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	html_decode(str_trim(value), &text);
	if (text.len == 0 || text.len > NAME_MAX_BYTES ||
	    memchr(text.buf, '\0', text.len) || strchr(text.buf, ':') ||
	    strncmp(text.buf, "//", 2) == 0)
		return NULL;
	strbuf_truncate(&text, strcspn(text.buf, "?#"));
	if (*text.buf != '/')
		strbuf_add(&path, a->page,
			   (size_t)(last_of(a->page) - a->page));
	add_percent_decoded(text.buf, &path);
	return path_of(path.buf, a->arena);
}

/* Windows does not mind capitals. */
static const struct unpacked_file *find_file(const struct content_archive *a,
					     const char *path)
{
	vec_each (&a->files, file)
		if (strcasecmp(file->name, path) == 0)
			return file;
	return NULL;
}

static int add_picture(struct content_archive *a,
		       const struct unpacked_file *file, struct err *err)
{
	struct picture picture = { .path = file->name,
				   .source = file->bytes,
				   .image.bytes = STRBUF_INIT };
	struct err why = ERR_INIT;

	if (a->pictures.n == CONTENT_ARCHIVE_PICTURES)
		return err_field(err, FIELD,
				 "The page shows more than %d pictures",
				 CONTENT_ARCHIVE_PICTURES);
	if (a->work > CONTENT_ARCHIVE_PIXELS)
		return err_field(err, FIELD,
				 "The pictures are too large: together at most "
				 "%d million pixels are taken",
				 CONTENT_ARCHIVE_PIXELS / 1000000);
	if (image_make(file->bytes, &picture.image, &why) < 0) {
		image_release(&picture.image);
		if (why.code == ERR_INVALID)
			return err_field(err, FIELD, "%s: %s", file->name,
					 why.text);
		*err = why;
		return -1;
	}
	a->work += picture.image.work;
	vec_push(&a->pictures, picture);
	return 0;
}

static int note_value(struct content_archive *a, size_t start, size_t end,
		      struct err *err)
{
	struct str value = { a->html.buf + start, end - start };
	const char *path = path_of_value(a, value);
	const struct unpacked_file *file;
	struct place place = { .start = start, .end = end };

	if (!path || !is_picture(path))
		return 0;
	if (a->named++ == PLACES_MAX)
		return err_field(err, FIELD,
				 "The page names pictures more than %d times",
				 PLACES_MAX);
	file = find_file(a, path);
	if (!file)
		return 0;
	while (place.picture < a->pictures.n &&
	       a->pictures.v[place.picture].path != file->name)
		place.picture++;
	if (place.picture == a->pictures.n && add_picture(a, file, err) < 0)
		return -1;
	vec_push(&a->places, place);
	return 0;
}

/* Does a value begin behind `at`? In attributes and styles alike, also in
 * comments, which Outlook reads; what it is then decides whether it counts. */
static size_t value_begins(const char *at)
{
	static const char *const starts[] = { "src=", "background=", "href=",
					      "poster=", "url(" };

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (strncasecmp(at, starts[i], strlen(starts[i])) == 0)
			return strlen(starts[i]);
	return 0;
}

/* How long the quote is that stands there; its end is the same again. */
static size_t quote_length(const char *at)
{
	static const char *const quotes[] = { "\"",    "'",      "&quot;",
					      "&#39;", "&apos;", "&#34;" };

	for (size_t i = 0; i < ARRAY_SIZE(quotes); i++)
		if (strncmp(at, quotes[i], strlen(quotes[i])) == 0)
			return strlen(quotes[i]);
	return 0;
}

/* *at: behind what a value begins with; becomes where it begins. */
static size_t value_length(const char **at, bool is_style)
{
	size_t quote;
	const char *end;

	*at += strspn(*at, " \t\r\n");
	quote = quote_length(*at);
	if (quote == 0)
		return strcspn(*at, is_style ? ")\"'<>" : " \t\r\n>\"'");
	end = memmem(*at + quote, strnlen(*at + quote, NAME_MAX_BYTES), *at,
		     quote);
	*at += quote;
	return end ? (size_t)(end - *at) : 0;
}

static int find_places(struct content_archive *a, struct err *err)
{
	const char *html = a->html.buf;

	for (const char *at = html; *at; at++) {
		size_t start = value_begins(at), len;

		if (start == 0)
			continue;
		at += start;
		len = value_length(&at, at[-1] == '(');
		if (note_value(a, (size_t)(at - html),
			       (size_t)(at - html) + len, err) < 0)
			return -1;
		at += len;
		if (!*at)
			break;
	}
	return 0;
}

/* --- opening --- */

static int read_given(const json_t *o, const char **content, const char **type,
		      struct err *err)
{
	const json_t *archive = NULL;

	*type = NULL;
	*content = NULL;
	if (json_get_object(o, "archive", &archive, err) < 0)
		return -1;
	if (json_get_text(archive, "archive_content", content, err) < 0 ||
	    json_get_text(archive, "archive_type", type, err) < 0) {
		struct err inner = *err;

		return err_field(err, "archive", "%s", inner.text);
	}
	if (!*content || !**content)
		return err_field(err, FIELD, "This value should not be blank.");
	if (!*type || !**type)
		*type = "zip";
	if (!unpack_is_type(*type))
		return err_field(err, "archive.archive_type",
				 "not one of zip, tar.gz, tar.bz2, tar, tgz, "
				 "tbz");
	return 0;
}

/* "": nobody can mean it. */
static const char *name_of(const char *name, struct arena *arena)
{
	const char *path = path_of(name, arena);

	return strlen(path) <= PATH_MAX_BYTES && utf8_is_valid(str_of(path))
		       ? path
		       : "";
}

static int open_files(struct content_archive *a, const char *content,
		      const char *type, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf packed = STRBUF_INIT;
	struct err why = ERR_INIT;

	if (!base64_decode_lines(content, &packed))
		return err_field(err, FIELD, "should be the archive in base64");
	if (unpack(strbuf_str(&packed), type, a->arena, &a->files, &why) < 0)
		return err_field(err, FIELD, "The archive cannot be taken: %s",
				 why.text);
	vec_each (&a->files, file)
		file->name = name_of(file->name, a->arena);
	return 0;
}

static const json_t *content_of(const json_t *body, size_t content)
{
	const json_t *several = json_object_get(body, "variate_contents");
	const json_t *o = json_array_size(several) > 0
				  ? json_array_get(several, content)
			  : content == 0 ? body
					 : NULL;

	return content_gives(o, "archive") ? o : NULL;
}

int content_archive_open(const json_t *body, size_t content,
			 struct arena *arena, struct content_archive **out,
			 struct err *err)
{
	CLEANUP(content_archive_free) struct content_archive *a = NULL;
	const json_t *o = content_of(body, content);
	const char *packed, *type;

	if (!o)
		return 0;
	if (read_given(o, &packed, &type, err) < 0)
		return -1;
	a = calloc(1, sizeof(*a));
	BUG_ON(!a);
	a->arena = arena;
	a->html = (struct strbuf)STRBUF_INIT;
	if (open_files(a, packed, type, err) < 0 || read_page(a, err) < 0 ||
	    find_places(a, err) < 0)
		return -1;
	*out = TAKE(a);
	return 1;
}

/* --- storing --- */

static int store_picture(struct tx *tx, const struct picture *p, int64_t now_ms,
			 struct arena *arena, struct file *out, struct err *err)
{
	int found = file_find(tx->db, p->source, arena, out, err);

	if (found != 0)
		return found < 0 ? -1 : 0;
	return file_add(tx, p->source, &p->image, p->path, now_ms, arena, out,
			err);
}

int content_archive_store(const struct content_archive *archive, struct tx *tx,
			  const char *public_url, int64_t now_ms,
			  struct arena *arena, const char **html_out,
			  struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf html = STRBUF_INIT;
	struct file *files =
		arena_array(arena, struct file, archive->pictures.n + 1);
	size_t at = 0;

	for (size_t i = 0; i < archive->pictures.n; i++)
		if (store_picture(tx, &archive->pictures.v[i], now_ms, arena,
				  &files[i], err) < 0)
			return -1;
	vec_each (&archive->places, place) {
		strbuf_add(&html, archive->html.buf + at, place->start - at);
		strbuf_addstr(&html, public_url ? public_url : "");
		file_path(&files[place->picture], &html);
		at = place->end;
	}
	strbuf_add(&html, archive->html.buf + at, archive->html.len - at);
	*html_out = arena_str(arena, strbuf_str(&html));
	return 0;
}
