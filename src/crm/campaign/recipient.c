#include "crm/campaign/recipient.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/email.h"
#include "base/err.h"
#include "crm/campaign/report_parts.h"
#include "crm/consent/consent.h"
#include "crm/field.h"
#include "crm/record.h"
#include "store/sqlbuild.h"

#include "sql/crm_campaign.h"

#include <string.h>

#define DIGEST_DIGITS 16

/* What is looked at beside the ledger's rows. */
#define WITH_ADDRESS " LEFT JOIN email a ON a.id = r.email_id"
#define WITH_NAME                                   \
	" LEFT JOIN person p ON p.id = r.person_id" \
	" LEFT JOIN person s ON s.id = p.merged_into_id"

/* Who was merged into another person is gone as well. */
#define ERASED "CASE WHEN s.id IS NULL THEN p.erased_ms ELSE s.erased_ms END"

const char *recipient_kind_name(enum recipient_kind kind)
{
	static const char *const names[] = { "person", "erased", "unknown" };

	return names[kind];
}

/* --- what is looked for --- */

/* As the figures of the report count: see sql/campaign_figures.sql. Who shares
 * the address of another one was left out as a duplicate: what came of that
 * mail is counted once. The negation is of those who were sent it. */
#define NOT_LEFT_OUT " AND r.state <> 7"
#define WAS_SENT " AND r.state IN (" SQL_SET_CRM_RECIPIENT_SENT ")"
_Static_assert(CRM_RECIPIENT_LEFT_OUT == 7, "NOT_LEFT_OUT");
_Static_assert(CRM_RECIPIENT_CANCELED == 6, "not_sent");
_Static_assert(CRM_BOUNCE_NONE == 0, "delivered");
_Static_assert(CRM_BOUNCE_HARD == 1 && CRM_BOUNCE_SOFT == 2, "responses");
_Static_assert(RECIPIENT_DOMAINS_MAX == REPORT_DOMAINS_MAX, "not_domains");

/* As sql/crm_report.sql puts them into steps. */
#define SENT_AT "COALESCE(r.accepted_ms,r.at_ms)"
#define BOUNCED_AT "COALESCE(r.bounced_ms,r.at_ms)"

struct named_condition {
	const char *name, *condition;
	const char *moment; /* NULL: it has none */
};

static const struct named_condition several_states[] = {
	{ "sent", WAS_SENT, SENT_AT },
	{ "delivered", WAS_SENT " AND r.bounced = 0 AND r.caught = 0",
	  SENT_AT },
	{ "caught", WAS_SENT " AND r.caught <> 0", SENT_AT },
	{ "waiting", " AND r.state IN (" SQL_SET_CRM_RECIPIENT_WAITING ")",
	  NULL },
	{ "not_sent", " AND r.state IN (6, 7)", NULL },
	{ "unknown", " AND r.person_id < 0", NULL },
};

static const struct named_condition responses[] = {
	{ "opened", NOT_LEFT_OUT " AND r.opened_ms IS NOT NULL",
	  "r.opened_ms" },
	{ "clicked", NOT_LEFT_OUT " AND r.clicked_ms IS NOT NULL",
	  "r.clicked_ms" },
	{ "bounced", " AND r.bounced <> 0", BOUNCED_AT },
	{ "bounced_hard", " AND r.bounced = 1", BOUNCED_AT },
	{ "bounced_soft", " AND r.bounced = 2", BOUNCED_AT },
	{ "unsubscribed", NOT_LEFT_OUT " AND r.unsubscribed_ms IS NOT NULL",
	  "r.unsubscribed_ms" },
	{ "complained", NOT_LEFT_OUT " AND r.complained_ms IS NOT NULL",
	  "r.complained_ms" },
	{ "machine_opened", NOT_LEFT_OUT " AND r.machine_opened_ms IS NOT NULL",
	  "r.machine_opened_ms" },
	{ "machine_clicked",
	  NOT_LEFT_OUT " AND r.machine_clicked_ms IS NOT NULL",
	  "r.machine_clicked_ms" },
	{ "not_opened", WAS_SENT " AND r.opened_ms IS NULL", NULL },
	{ "not_clicked", WAS_SENT " AND r.clicked_ms IS NULL", NULL },
};

/* One of nothing: there is none of that name. */
static struct named_condition condition_of(const char *name,
					   const struct named_condition *known,
					   size_t n)
{
	for (size_t i = 0; name && i < n; i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i];
	return (struct named_condition){ NULL, NULL, NULL };
}

static int read_response(struct recipient_filter *f, struct err *err)
{
	struct named_condition found =
		condition_of(f->response, responses, ARRAY_SIZE(responses));

	f->condition = found.condition;
	if (f->response)
		f->moment = found.moment;
	return !f->response || f->condition
		       ? 0
		       : err_field(err, "response", "there is no response %s",
				   f->response);
}

/* Whether who waits was tried already changes by the minute, and is told by
 * the audience: see delivery/recipient.h. */
static bool is_of_waiting(const struct recipient_filter *f)
{
	return f->state_read == CRM_RECIPIENT_QUEUED ||
	       f->state_read == CRM_RECIPIENT_DEFERRED;
}

static int read_state(struct recipient_filter *f, struct err *err)
{
	struct named_condition found;
	bool waits;

	for (int i = CRM_RECIPIENT_QUEUED; i <= CRM_RECIPIENT_LEFT_OUT; i++)
		if (f->state &&
		    strcmp(f->state, crm_recipient_state_name(
					     (enum crm_recipient_state)i)) == 0)
			f->state_read = (enum crm_recipient_state)i;
	waits = is_of_waiting(f);
	if (waits)
		f->state_read = 0;
	found = condition_of(waits ? "waiting" : f->state, several_states,
			     ARRAY_SIZE(several_states));
	f->state_condition = found.condition;
	f->moment = found.moment;
	return !f->state || f->state_read || f->state_condition
		       ? 0
		       : err_field(err, "state", "there is no state %s",
				   f->state);
}

/* Domains are compared in A-labels, as addresses are kept. */
static int read_domain(const char *field, struct str domain,
		       struct arena *arena, const char **out, struct err *err)
{
	struct err why = ERR_INIT;
	struct email email;
	const char *name = arena_str(arena, domain);

	if (strchr(name, '@') || email_parse(arena_printf(arena, "x@%s", name),
					     arena, &email, &why) < 0)
		return err_field(err, field,
				 "not the domain of an address, such as "
				 "example.org");
	*out = arena_printf(arena, "@%s", email.domain);
	return 0;
}

static int read_domains(struct recipient_filter *f, struct arena *arena,
			struct err *err)
{
	struct str rest = str_of(f->not_domains);

	if (f->domain && read_domain("domain", str_of(f->domain), arena,
				     &f->at_domain, err) < 0)
		return -1;
	for (f->not_at_n = 0; rest.len > 0; f->not_at_n++) {
		if (f->not_at_n == RECIPIENT_DOMAINS_MAX)
			return err_field(err, "not_domains",
					 "must be at most %d",
					 RECIPIENT_DOMAINS_MAX);
		if (read_domain("not_domains", str_cut(&rest, ','), arena,
				&f->not_at[f->not_at_n], err) < 0)
			return -1;
	}
	return 0;
}

static int read_moment(const struct recipient_filter *f, const char *field,
		       const char *text, int64_t *out, struct err *err)
{
	if (!text)
		return 0;
	if (!time_parse_iso(text, out))
		return err_field(err, field, "not a time (ISO 8601)");
	return f->moment ? 0
			 : err_field(err, field,
				     "is the time of a response, or of the "
				     "state sent");
}

int recipient_filter_read(struct recipient_filter *f, struct arena *arena,
			  struct err *err)
{
	if (read_state(f, err) < 0 || read_response(f, err) < 0 ||
	    read_domains(f, arena, err) < 0 ||
	    read_moment(f, "from", f->from, &f->from_ms, err) < 0 ||
	    read_moment(f, "until", f->until, &f->until_ms, err) < 0)
		return -1;
	return f->q ? search_words_read(f->q, arena, f->words, &f->words_n, err)
		    : 0;
}

static const char *digest_of(const struct recipient_filter *f,
			     struct arena *arena)
{
	const char *const texts[] = { f->state,       f->reason,
				      f->response,    f->domain,
				      f->not_domains, f->from,
				      f->until,       f->q };
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	char hex[SHA256_HEX + 1];

	strbuf_addf(&text, "%lld/%lld", (long long)f->campaign_id,
		    (long long)f->link_id);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		strbuf_addch(&text, '\n');
		strbuf_addstr(&text, texts[i] ? texts[i] : "");
	}
	sha256_hex(strbuf_str(&text), hex);
	return arena_strndup(arena, hex, DIGEST_DIGITS);
}

/* --- SQL --- */

static void add_link(const struct recipient_filter *f, struct sqlbuild *b)
{
	sqlbuild_add(b, NOT_LEFT_OUT
		     " AND r.person_id IN (SELECT v.person_id FROM"
		     " campaign_activity v WHERE v.campaign_id = ");
	sqlbuild_bind_int(b, f->campaign_id);
	sqlbuild_add(b, " AND v.link_id = ");
	sqlbuild_bind_int(b, f->link_id);
	sqlbuild_add(b, " AND v.machine = 0 AND v.kind = ");
	sqlbuild_bind_int(b, CRM_ACTIVITY_CLICK);
	sqlbuild_add(b, ")");
}

static void add_word(const struct search_word *word, struct sqlbuild *b)
{
	sqlbuild_add(b, " AND (");
	search_word_sql(word, "COALESCE(s.plain,p.plain)",
			"COALESCE(s.name_folded,p.name_folded)", b);
	sqlbuild_add(b, " OR ");
	search_word_sql(word, "a.plain", "a.folded", b);
	sqlbuild_add(b, ")");
}

static void add_moment(const struct recipient_filter *f, struct sqlbuild *b)
{
	if (f->from) {
		sqlbuild_add(b, " AND ");
		sqlbuild_add(b, f->moment);
		sqlbuild_add(b, " >= ");
		sqlbuild_bind_int(b, f->from_ms);
	}
	if (f->until) {
		sqlbuild_add(b, " AND ");
		sqlbuild_add(b, f->moment);
		sqlbuild_add(b, " < ");
		sqlbuild_bind_int(b, f->until_ms);
	}
}

/* Of an address that nobody knows any more, neither. */
static void add_not_domains(const struct recipient_filter *f,
			    struct sqlbuild *b)
{
	sqlbuild_add(b, " AND (a.folded IS NULL OR NOT (");
	for (size_t i = 0; i < f->not_at_n; i++) {
		sqlbuild_add(b, i ? " OR a.folded " : "a.folded ");
		sqlbuild_like(b, true, f->not_at[i], false);
	}
	sqlbuild_add(b, "))");
}

/* Nobody knows a reason of those who need none: who was left out or refused is
 * meant, unless others are asked for. */
static void add_reason(const struct recipient_filter *f, struct sqlbuild *b)
{
	if (!f->state)
		sqlbuild_add(
			b, " AND r.state IN (" SQL_SET_CRM_RECIPIENT_WITH_REASON
			   ")");
	sqlbuild_add(b, " AND COALESCE(r.reason, 'other') = ");
	sqlbuild_bind_text(b, f->reason);
}

static void add_where(const struct recipient_filter *f, struct sqlbuild *b)
{
	sqlbuild_add(b, " WHERE r.campaign_id = ");
	sqlbuild_bind_int(b, f->campaign_id);
	if (f->state_read) {
		sqlbuild_add(b, " AND r.state = ");
		sqlbuild_bind_int(b, f->state_read);
	}
	if (f->state_condition)
		sqlbuild_add(b, f->state_condition);
	if (f->reason)
		add_reason(f, b);
	if (f->condition)
		sqlbuild_add(b, f->condition);
	if (f->link_id)
		add_link(f, b);
	if (f->at_domain) {
		sqlbuild_add(b, " AND a.folded ");
		sqlbuild_like(b, true, f->at_domain, false);
	}
	if (f->not_at_n > 0)
		add_not_domains(f, b);
	add_moment(f, b);
	for (size_t i = 0; i < f->words_n; i++)
		add_word(&f->words[i], b);
}

static void add_from(const struct recipient_filter *f, bool by_name,
		     struct sqlbuild *b)
{
	sqlbuild_add(b, " FROM campaign_recipient r");
	if (f->at_domain || f->not_at_n > 0 || f->words_n > 0)
		sqlbuild_add(b, WITH_ADDRESS);
	if (by_name || f->words_n > 0)
		sqlbuild_add(b, WITH_NAME);
}

/* --- a page --- */

static const struct page_sort by_ledger = { "", "r.person_id", false };
static const struct page_sort sorts[] = {
	{ "name", "COALESCE(s.name_folded,p.name_folded,'')", true },
	{ "at", "r.at_ms", false },
	{ "opens", "r.opens", false },
	{ "clicks", "r.clicks", false },
};

struct page {
	const struct recipient_filter *filter;
	const struct page_sort *sort;
	bool down;
	int64_t limit;
	struct page_place place;
	bool walks;  /* along the names of all people */
	bool counts; /* the total, in the same look */
};

static int read_sort(const char *name, struct page *p, struct err *err)
{
	p->sort = &by_ledger;
	if (!name)
		return 0;
	p->sort = page_sort_find(sorts, ARRAY_SIZE(sorts), name, &p->down);
	if (p->sort)
		return 0;
	return err_field(err, "sort",
			 "not one of name, at, opens, clicks (with - before "
			 "it: downwards)");
}

static void add_order(const struct page *p, const char *column, const char *id,
		      struct sqlbuild *b)
{
	const char *way = p->down ? " DESC" : "";

	sqlbuild_add(b, " ORDER BY ");
	sqlbuild_add(b, column);
	sqlbuild_add(b, way);
	sqlbuild_add(b, ", ");
	sqlbuild_add(b, id);
	sqlbuild_add(b, way);
	sqlbuild_add(b, " LIMIT ");
	sqlbuild_bind_int(b, p->limit);
}

/* What is counted is found apart from the page, or PostgreSQL goes the way that
 * has a few rows soon, and looks each up alone. */
static void scan_sql(const struct page *p, struct sqlbuild *b)
{
	if (p->counts)
		sqlbuild_add(b, "WITH fit AS MATERIALIZED (");
	sqlbuild_add(b, "SELECT r.person_id AS id, ");
	sqlbuild_add(b, p->sort->column);
	sqlbuild_add(b, " AS place, 0 AS total");
	add_from(p->filter, p->sort == &sorts[0], b);
	add_where(p->filter, b);
	page_place_sql(p->sort, "r.person_id", p->down, &p->place, b);
	if (p->counts)
		sqlbuild_add(b, ") SELECT id, place, (SELECT COUNT(*) FROM fit)"
				" AS total FROM fit");
	add_order(p, "2", "1", b);
}

/*
 * A campaign that went to many of all people has a page of them soon, whoever
 * walks along their names. Who has another name than the row of person says is
 * looked for apart: who was merged, and who is nobody in the CRM.
 */
static const struct walk {
	const char *from, *where;
	struct page_sort sort;
	const char *id;
} walks[] = {
	{ " FROM person p CROSS JOIN campaign_recipient r",
	  " AND r.person_id = p.id AND p.merged_into_id IS NULL",
	  { "name", "p.name_folded", true },
	  "p.id" },
	{ " FROM person p CROSS JOIN campaign_recipient r",
	  " AND r.person_id = p.id AND p.merged_into_id IS NOT NULL",
	  { "name", "COALESCE(s.name_folded,p.name_folded)", true },
	  "p.id" },
	{ " FROM campaign_recipient r LEFT JOIN person p ON p.id = r.person_id",
	  " AND r.person_id < 0",
	  { "name", "COALESCE(s.name_folded,p.name_folded,'')", true },
	  "r.person_id" },
};

static void add_walk(const struct page *p, const struct walk *w,
		     struct sqlbuild *b)
{
	sqlbuild_add(b, "SELECT y.id, y.place, 0 AS total FROM (SELECT ");
	sqlbuild_add(b, w->id);
	sqlbuild_add(b, " AS id, ");
	sqlbuild_add(b, w->sort.column);
	sqlbuild_add(b, " AS place");
	sqlbuild_add(b, w->from);
	sqlbuild_add(b, WITH_ADDRESS
		     " LEFT JOIN person s ON s.id = p.merged_into_id");
	add_where(p->filter, b);
	sqlbuild_add(b, w->where);
	page_place_sql(&w->sort, w->id, p->down, &p->place, b);
	add_order(p, w->sort.column, w->id, b);
	sqlbuild_add(b, ") y");
}

static void walk_sql(const struct page *p, struct sqlbuild *b)
{
	for (size_t i = 0; i < ARRAY_SIZE(walks); i++) {
		if (i > 0)
			sqlbuild_add(b, " UNION ALL ");
		add_walk(p, &walks[i], b);
	}
	add_order(p, "2", "1", b);
}

/* Of who unsubscribed: when, if their last word because of this campaign is
 * that it was a mistake (crm-report-taken-back). */
static void add_taken_back(struct sqlbuild *b)
{
	sqlbuild_add(b, "CASE WHEN r.unsubscribed_ms IS NOT NULL THEN (SELECT"
			" CASE WHEN o.state = ");
	sqlbuild_bind_int(b, CONSENT_OPTED_IN);
	sqlbuild_add(b, " THEN o.at_ms END FROM consent o WHERE o.record_id ="
			" r.person_id AND o.entity = ");
	sqlbuild_bind_int(b, ENTITY_PERSON);
	sqlbuild_add(b, " AND o.campaign_id = r.campaign_id ORDER BY"
			" o.at_ms DESC, o.id DESC LIMIT 1) END");
}

/* Which rows stand on the page is found by keys; what they say is read for
 * those only. */
static void page_sql(const struct page *p, struct sqlbuild *b)
{
	const char *way = p->down ? " DESC" : "";

	sqlbuild_add(b, "SELECT r.person_id, x.place, r.state, r.reason,"
			" r.detail, r.at_ms, r.opens, r.clicks, r.opened_ms,"
			" r.clicked_ms, r.bounced_ms, r.unsubscribed_ms,"
			" r.complained_ms, r.machine_opened_ms,"
			" NULLIF(a.address, ''), p.id, p.merged_into_id,"
			" " ERASED ","
			" CASE WHEN s.id IS NULL THEN p.first_name"
			" ELSE s.first_name END,"
			" CASE WHEN s.id IS NULL THEN p.last_name"
			" ELSE s.last_name END, x.total, r.caught, ");
	add_taken_back(b);
	sqlbuild_add(b, " FROM (");
	(p->walks ? walk_sql : scan_sql)(p, b);
	sqlbuild_add(b, ") x JOIN campaign_recipient r ON r.person_id = x.id"
			" AND r.campaign_id = ");
	sqlbuild_bind_int(b, p->filter->campaign_id);
	sqlbuild_add(b, WITH_ADDRESS WITH_NAME " ORDER BY 2");
	sqlbuild_add(b, way);
	sqlbuild_add(b, ", 1");
	sqlbuild_add(b, way);
}

static enum recipient_kind kind_of(const struct rows *rows)
{
	if (rows_int(rows, 0) < 0)
		return RECIPIENT_UNKNOWN;
	return rows_is_null(rows, 15) || !rows_is_null(rows, 17)
		       ? RECIPIENT_ERASED
		       : RECIPIENT_PERSON;
}

static void read_recipient(const struct rows *rows, struct arena *arena,
			   void *out)
{
	int64_t id = rows_int(rows, 0), merged_into = rows_int(rows, 16);

	*(struct recipient *)out = (struct recipient){
		.row_id = id,
		.person_id = merged_into ? merged_into : id,
		.kind = kind_of(rows),
		.state = (enum crm_recipient_state)rows_int(rows, 2),
		.reason = rows_dup(rows, 3, arena),
		.detail = rows_dup(rows, 4, arena),
		.at_ms = rows_int(rows, 5),
		.opens = rows_int(rows, 6),
		.clicks = rows_int(rows, 7),
		.opened_ms = rows_int(rows, 8),
		.clicked_ms = rows_int(rows, 9),
		.bounced_ms = rows_int(rows, 10),
		.unsubscribed_ms = rows_int(rows, 11),
		.complained_ms = rows_int(rows, 12),
		.machine_opened_ms = rows_int(rows, 13),
		.address = rows_dup(rows, 14, arena),
		.is_caught = rows_int(rows, 21) != 0,
		.taken_back_ms = rows_int(rows, 22),
		.name = field_full_name(rows_dup(rows, 18, arena),
					rows_dup(rows, 19, arena), arena),
	};
}

/* *last: the last row that is on the page; returns 1 if there are more. */
static int read_page(struct db *db, const struct page *p, struct arena *arena,
		     struct recipients *out, struct page_place *last,
		     struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, arena);
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct recipient r;
	int64_t n = 0;
	int more;

	page_sql(p, &b);
	if (sqlbuild_query(&b, db, &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		last->total = rows_int(rows, 20);
		if (++n == p->limit)
			return 1;
		read_recipient(rows, arena, &r);
		vec_push(out, r);
		last->id = r.row_id;
		if (p->sort->is_text)
			last->text = rows_dup(rows, 1, arena);
		else
			last->number = rows_int(rows, 1);
	}
	return more;
}

static int count(struct db *db, const struct recipient_filter *f,
		 struct arena *arena, int64_t *out, struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, arena);

	sqlbuild_add(&b, "SELECT COUNT(*)");
	add_from(f, false, &b);
	add_where(f, &b);
	return sqlbuild_find_int(&b, db, out, err) < 0 ? -1 : 0;
}

/* Names and addresses of all recipients are read: once is enough. */
static bool looks_beside(const struct recipient_filter *f)
{
	return f->at_domain || f->words_n > 0;
}

/* Of all people, n fit: a page of them takes all / n times as many names; to
 * put them in order takes n. */
static int choose_way(struct db *db, struct page *p, struct err *err)
{
	double n = (double)p->place.total;
	int64_t all;

	if (p->counts || p->sort != &sorts[0])
		return 0;
	if (record_count(db, ENTITY_PERSON, &all, err) < 0)
		return -1;
	p->walks = n * n > (double)all * (double)p->limit;
	return 0;
}

int recipient_list(struct db *db, const struct recipient_query *query,
		   struct arena *arena, struct recipients *out, int64_t *total,
		   const char **next, struct err *err)
{
	const char *digest = digest_of(&query->filter, arena);
	struct page p = { .filter = &query->filter, .limit = query->limit + 1 };
	struct page_place last = { .given = true };
	int more;

	*next = NULL;
	if (read_sort(query->sort, &p, err) < 0 ||
	    page_cursor_read(query->cursor, p.sort, digest, arena, &p.place,
			     err) < 0)
		return -1;
	p.counts = !p.place.given && looks_beside(p.filter);
	if ((!p.place.given && !p.counts &&
	     count(db, p.filter, arena, &p.place.total, err) < 0) ||
	    choose_way(db, &p, err) < 0)
		return -1;
	more = read_page(db, &p, arena, out, &last, err);
	if (more < 0)
		return -1;
	if (!p.counts)
		last.total = p.place.total;
	*total = last.total;
	if (more > 0)
		*next = page_cursor_write(p.sort, &last, digest, arena);
	return 0;
}

/* --- people --- */

int recipient_people(struct db *db, const struct recipient_filter *f,
		     struct ids *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, arena);
	CLEANUP(rows_free) struct rows *rows = NULL;

	sqlbuild_add(&b, "SELECT DISTINCT COALESCE(s.id, p.id)");
	add_from(f, true, &b);
	add_where(f, &b);
	sqlbuild_add(&b,
		     " AND p.id IS NOT NULL AND " ERASED " IS NULL ORDER BY 1");
	if (sqlbuild_query(&b, db, &rows, err) < 0)
		return -1;
	return rows_ids(rows, out, err) < 0 ? -1 : 0;
}

bool recipient_criteria(const struct recipient_filter *f, json_t **out)
{
	static const char *const kept_up[] = { "opened",       "clicked",
					       "not_opened",   "not_clicked",
					       "unsubscribed", "bounced" };
	bool is_alone = f->response && !f->state && !f->reason && !f->link_id &&
			!f->domain && !f->not_domains && !f->from &&
			!f->until && !f->q;

	for (size_t i = 0; is_alone && i < ARRAY_SIZE(kept_up); i++) {
		if (strcmp(f->response, kept_up[i]) != 0)
			continue;
		*out = json_pack("{s:s, s:[{s:s, s:s, s:I}]}", "match", "all",
				 "conditions", "field", "response", "op",
				 f->response, "campaign_id",
				 (json_int_t)f->campaign_id);
		return true;
	}
	return false;
}
