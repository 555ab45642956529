/*
 * The ledger as a file: one line a recipient, in the order of the ledger. What
 * a spreadsheet would take for a formula is made text. Any thread.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/csv/csv.h"
#include "crm/campaign/recipient.h"

#define PAGE 2000

static const char *const header[] = {
	"person_id",
	"kind",
	"name",
	"address",
	"state",
	"reason",
	"detail",
	"at",
	"opened_at",
	"opens",
	"clicked_at",
	"clicks",
	"opened_by_machine",
	"bounced_at",
	"unsubscribed_at",
	"taken_back_at",
	"complained_at",
	"caught",
};

static void add_line(const char *const *cells, size_t n, struct strbuf *out)
{
	for (size_t i = 0; i < n; i++)
		csv_add_field(out, str_of(cells[i]), i ? ',' : 0, true);
	csv_end_row(out);
}

static const char *time_text(int64_t ms, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	if (!ms)
		return NULL;
	time_format_iso(ms, &text);
	return arena_str(arena, strbuf_str(&text));
}

static const char *number_text(int64_t n, struct arena *arena)
{
	return arena_printf(arena, "%lld", (long long)n);
}

static void add_recipient(const struct recipient *r, struct arena *arena,
			  struct strbuf *out)
{
	const char *const cells[] = {
		r->kind == RECIPIENT_UNKNOWN ? NULL
					     : number_text(r->person_id, arena),
		recipient_kind_name(r->kind),
		r->name,
		r->address,
		crm_recipient_state_name(r->state),
		r->reason,
		r->detail,
		time_text(r->at_ms, arena),
		time_text(r->opened_ms, arena),
		number_text(r->opens, arena),
		time_text(r->clicked_ms, arena),
		number_text(r->clicks, arena),
		r->machine_opened_ms ? "true" : "false",
		time_text(r->bounced_ms, arena),
		time_text(r->unsubscribed_ms, arena),
		time_text(r->taken_back_ms, arena),
		time_text(r->complained_ms, arena),
		r->is_caught ? "true" : "false",
	};

	_Static_assert(ARRAY_SIZE(cells) == ARRAY_SIZE(header), "columns");
	add_line(cells, ARRAY_SIZE(cells), out);
}

int recipient_csv(struct db *db, struct recipient_query *query,
		  struct arena *arena, struct strbuf *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *page = arena_new();
	CLEANUP(vec_release) struct recipients list = VEC_INIT;
	const char *next;
	int64_t total;

	query->limit = PAGE;
	if (recipient_list(db, query, page, &list, &total, &next, err) < 0)
		return -1;
	if (!query->cursor)
		add_line(header, ARRAY_SIZE(header), out);
	vec_each (&list, r)
		add_recipient(r, page, out);
	query->cursor = arena_strdup(arena, next);
	return next != NULL;
}
