#include "api/mc30/account/export_job.h"

#include "api/mc30/account/export_tables.h"
#include "base/archive/zip.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/thread/stop.h"
#include "store/db.h"

#define PIECE_BYTES ((size_t)256 << 10)
#define NAME_BYTES 60 /* of a list's name in that of a file */
#define LISTS_MAX 1000

struct work {
	struct job_run *run;
	struct account_export export;
	struct zip *zip;
	struct strbuf out;  /* of the file, not written yet */
	struct strbuf text; /* of a table, not in the zip yet */
	int64_t nr, size_bytes;
};

static int write_out(struct work *w, size_t least, struct err *err)
{
	if (w->out.len == 0 || w->out.len < least)
		return 0;
	if (account_export_write(w->run, w->export.id, w->nr,
				 strbuf_str(&w->out), err) < 0)
		return -1;
	w->nr++;
	w->size_bytes += (int64_t)w->out.len;
	strbuf_reset(&w->out);
	return 0;
}

static void begin_file(struct work *w, const char *name)
{
	zip_begin_file(w->zip, name, w->export.started_ms, &w->out);
}

/* What of a table has come. */
static int add_text(struct work *w, struct err *err)
{
	if (stop_check(err) < 0)
		return -1;
	zip_add(w->zip, strbuf_str(&w->text), &w->out);
	strbuf_reset(&w->text);
	if (zip_is_full(w->zip))
		return err_set(err, ERR_LIMIT,
			       "the export would be longer than 4 GB");
	return write_out(w, PIECE_BYTES, err);
}

/* Letters of any script stay; what paths and shells know does not. */
static const char *file_of_list(const struct list *list, struct arena *arena)
{
	char *name = arena_strdup(arena, list->name);
	size_t n = 0;

	for (; name[n] && n < NAME_BYTES; n++) {
		char c = name[n], lower = (char)(c | 32);
		bool plain = (c >= '0' && c <= '9') ||
			     (lower >= 'a' && lower <= 'z') || c & 0x80;

		if (!plain)
			name[n] = '_';
	}
	while (n > 0 && ((unsigned char)name[n] & 0xc0) == 0x80)
		n--; /* not within a letter */
	name[n] = '\0';
	return arena_printf(arena, "lists/%s-%s.csv", name, list->hex);
}

static int add_list(struct work *w, const struct list *list,
		    struct arena *arena, struct err *err)
{
	struct export_place at = { .after = 0 };
	int more;

	begin_file(w, file_of_list(list, arena));
	while ((more = export_members(w->run->db, list, &at, &w->text, err)) >
	       0)
		if (add_text(w, err) < 0)
			return -1;
	zip_end_file(w->zip, &w->out);
	return more;
}

static int add_lists(struct work *w, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct lists lists = VEC_INIT;
	struct list_filter filter = { .count = LISTS_MAX };
	int64_t total;

	if (list_list(w->run->db, &filter, arena, &lists, &total, err) < 0)
		return -1;
	vec_each (&lists, list)
		if (add_list(w, list, arena, err) < 0)
			return -1;
	return 0;
}

typedef int (*table_fn)(struct db *db, int64_t since_ms,
			struct export_place *at, struct strbuf *out,
			struct err *err);

static int add_table(struct work *w, const char *name, table_fn table,
		     struct err *err)
{
	struct export_place at = { .after = 0 };
	int more;

	begin_file(w, name);
	while ((more = table(w->run->db, w->export.since_ms, &at, &w->text,
			     err)) > 0)
		if (add_text(w, err) < 0)
			return -1;
	zip_end_file(w->zip, &w->out);
	return more;
}

static int add_all(struct work *w, struct err *err)
{
	unsigned stages = w->export.stages;

	if (stages & EXPORT_AUDIENCES && add_lists(w, err) < 0)
		return -1;
	if (stages & EXPORT_CAMPAIGNS &&
	    add_table(w, "campaigns.csv", export_campaigns, err) < 0)
		return -1;
	if (stages & EXPORT_REPORTS &&
	    add_table(w, "reports.csv", export_reports, err) < 0)
		return -1;
	zip_end(w->zip, &w->out);
	if (write_out(w, 0, err) < 0)
		return -1;
	return account_export_finish(w->run, w->export.id, w->size_bytes,
				     clock_now_ms(), err);
}

int export_job(struct job_run *run, struct err *err)
{
	struct work w = { .run = run, .out = STRBUF_INIT, .text = STRBUF_INIT };
	int ret = account_export_begin(run, &w.export, err);

	if (ret <= 0)
		return ret;
	w.zip = zip_new();
	ret = add_all(&w, err);
	zip_free(&w.zip);
	strbuf_release(&w.out);
	strbuf_release(&w.text);
	return ret;
}
