/*
 * The records of the demo: tag, companies, people, leads, what was said to
 * them, and the group. Steps of the job.
 */
#include "api/demo/demo_private.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/address.h"
#include "crm/communication.h"
#include "crm/consent/kept_opt_out.h"
#include "crm/group/group.h"
#include "crm/memo.h"
#include "crm/record_json.h"
#include "crm/tag.h"
#include "store/store.h"

#include "sql/demo.h"
#include "sql/demo_audience.h"

#include <string.h>

#define BATCH 20
#define TRIES 50 /* of names and addresses that are taken */

/* They came over some weeks, before the campaigns. */
#define FIRST_AGE_DAYS 60

static int64_t born_ms(const struct demo *d, int64_t n)
{
	return d->now_ms - FIRST_AGE_DAYS * MS_DAY + n * 4 * MS_HOUR;
}

/* --- tag --- */

/* The first of "Demo", "Demo 2" ... that nobody has; sql asks by the folded
 * name. */
static int free_name(struct demo *d, const struct sql *sql, const char *base,
		     const char **out, struct err *err)
{
	for (int i = 1; i <= TRIES; i++) {
		CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;
		int64_t one;
		int taken;

		*out = i == 1 ? base : arena_printf(d->arena, "%s %d", base, i);
		strbuf_addstr(&folded, *out);
		strbuf_tolower(&folded);
		taken = db_find_int(d->db, sql, SQL_ARGS(sql_text(folded.buf)),
				    &one, err);
		if (taken <= 0)
			return taken;
	}
	return err_set(err, ERR_CONFLICT, "all names like \"%s\" are taken",
		       base);
}

int demo_make_tag(struct demo *d, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct demo_row row;
	const char *name;
	int64_t id;
	int found = demo_row_find(d, "tag", &row, err);

	if (found != 0)
		return found;
	if (tx_begin(d->db, &tx, err) < 0 ||
	    free_name(d, SQL_DEMO_TAG_TAKEN, "Demo", &name, err) < 0 ||
	    tag_put(&tx, name, d->arena, &id, err) < 0 ||
	    demo_row_add(&tx, "tag", 0, id, name, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return 1;
}

/* --- addresses --- */

struct maker {
	struct demo *d;
	struct db *audience;
	struct forgotten forgotten;
	struct tx *tx;
	const char *tag;
	struct demo_rows companies;
};

static void maker_release(struct maker *m)
{
	store_put(&m->audience);
	vec_release(&m->companies);
}

static int maker_begin(struct maker *m, struct demo *d, struct err *err)
{
	struct demo_row tag;

	*m = (struct maker){ .d = d };
	if (store_get(d->run->store, STORE_AUDIENCE, &m->audience, err) < 0 ||
	    forgotten_load(d->db, &m->forgotten, err) < 0 ||
	    demo_rows_list(d, "company", &m->companies, err) < 0 ||
	    demo_row_find(d, "tag", &tag, err) < 0)
		return -1;
	m->tag = tag.name;
	return 0;
}

/* Nobody has or had it, on either side: whoever it is is not touched by what
 * the demo does with it. 1, 0, -1. */
static int is_free(struct maker *m, const char *address, struct err *err)
{
	struct arena *arena = m->d->arena;
	struct kept_opt_out kept;
	struct email email;
	int64_t one;
	int found;

	if (email_parse(address, arena, &email, err) < 0)
		return -1;
	found = db_find_int(m->d->db, SQL_DEMO_ADDRESS_TAKEN,
			    SQL_ARGS(sql_text(email.hash)), &one, err);
	if (found == 0)
		found = forgotten_find(m->d->db, &m->forgotten, email.folded,
				       err);
	if (found == 0)
		found = kept_opt_out_find(m->d->db, email.folded, arena, &kept,
					  err);
	if (found == 0)
		found = db_find_int(m->audience, SQL_DEMO_ADDRESS_MEMBER,
				    SQL_ARGS(sql_text(email.hash)), &one, err);
	return found < 0 ? -1 : found == 0;
}

static int choose_address(struct maker *m, const struct demo_human *h,
			  const char **out, struct err *err)
{
	for (int i = 1; i <= TRIES; i++) {
		int is_ours;

		*out = i == 1 ? arena_printf(m->d->arena, "%s@%s", h->local,
					     h->domain)
			      : arena_printf(m->d->arena, "%s%d@%s", h->local,
					     i, h->domain);
		is_ours = is_free(m, *out, err);
		if (is_ours != 0)
			return is_ours < 0 ? -1 : 0;
	}
	return err_set(err, ERR_CONFLICT, "all addresses like %s are taken",
		       *out);
}

/* --- records --- */

/* The body of the nth of a kind. */
typedef int body_fn(struct maker *m, int n, struct json_writer *w,
		    struct err *err);

static void write_tag(const struct maker *m, struct json_writer *w)
{
	json_key_begin_array(w, "tags");
	json_text(w, m->tag);
	json_end_array(w);
}

static int company_body(struct maker *m, int n, struct json_writer *w,
			struct err *err)
{
	struct demo_company c;

	(void)err;
	demo_company(n, &c);
	json_key_text(w, "name", c.name);
	json_key_text(w, "website",
		      arena_printf(m->d->arena, "https://%s.example.com/",
				   c.website));
	json_key_text(w, "city", c.city);
	json_key_text(w, "country", c.country);
	json_key_text(w, "industry", c.industry);
	write_tag(m, w);
	return 0;
}

static int human_body(struct maker *m, const struct demo_human *h,
		      struct json_writer *w, struct err *err)
{
	const char *address;

	if (choose_address(m, h, &address, err) < 0)
		return -1;
	json_key_text(w, "first_name", h->first);
	json_key_text(w, "last_name", h->last);
	json_key_text(w, "email", address);
	json_key_text(w, "job_title", h->job_title);
	json_key_text(w, "city", h->city);
	json_key_text(w, "country", h->country);
	write_tag(m, w);
	return 0;
}

/* A user may have removed the company meanwhile. */
static int company_of(struct maker *m, int n, int64_t *out, struct err *err)
{
	struct record r;

	*out = 0;
	vec_each (&m->companies, row)
		if (row->n == n) {
			int found = record_find(m->d->db, ENTITY_COMPANY,
						row->record_id, m->d->arena, &r,
						err);

			if (found > 0)
				*out = row->record_id;
			return found < 0 ? -1 : 0;
		}
	return 0;
}

static int person_body(struct maker *m, int n, struct json_writer *w,
		       struct err *err)
{
	struct demo_human h;
	int64_t company;

	demo_human(n, m->d->arena, &h);
	if (human_body(m, &h, w, err) < 0 ||
	    company_of(m, h.company, &company, err) < 0)
		return -1;
	json_key_text(w, "language", h.language);
	if (company)
		json_key_int(w, "company_id", company);
	return 0;
}

static int lead_body(struct maker *m, int n, struct json_writer *w,
		     struct err *err)
{
	static const char *const sources[] = { "Website", "Trade fair",
					       "Recommendation" };
	struct demo_human h;
	struct demo_company c;

	demo_human(DEMO_PEOPLE + n, m->d->arena, &h);
	demo_company(n, &c);
	if (human_body(m, &h, w, err) < 0)
		return -1;
	json_key_text(w, "company_name", c.name);
	json_key_text(w, "source", sources[n % (int)ARRAY_SIZE(sources)]);
	json_key_text(w, "status", n % 3 == 0 ? "working" : "new");
	return 0;
}

static int make_one(struct maker *m, enum entity entity, const char *kind,
		    int n, body_fn *body_of, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(json_free) json_t *body = NULL;
	struct json_writer w = JSON_WRITER(&text);
	struct actor actor = demo_actor(m->d, born_ms(m->d, n));
	struct record r;

	json_begin_object(&w);
	if (body_of(m, n, &w, err) < 0)
		return -1;
	json_end_object(&w);
	if (json_parse(strbuf_str(&text), &body, err) < 0 ||
	    record_create(m->tx, entity, body, &actor, m->d->arena, &r, err) <
		    0)
		return -1;
	return demo_row_add(m->tx, kind, n, r.id, NULL, err);
}

static int make_batch(struct maker *m, enum entity entity, const char *kind,
		      int from, int to, body_fn *body_of, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(m->d->db, &tx, err) < 0)
		return -1;
	m->tx = &tx;
	for (int n = from; n < to; n++)
		if (make_one(m, entity, kind, n, body_of, err) < 0)
			return -1;
	return tx_commit(&tx, err);
}

static int make_records(struct demo *d, enum entity entity, const char *kind,
			int count, body_fn *body_of, struct err *err)
{
	CLEANUP(maker_release) struct maker m = { .d = d };
	int64_t next = 0;

	if (db_find_int(d->db, SQL_DEMO_NEXT, SQL_ARGS(sql_text(kind)), &next,
			err) < 0)
		return -1;
	if (next >= count)
		return 1;
	if (maker_begin(&m, d, err) < 0)
		return -1;
	for (int n = (int)next; n < count; n += BATCH) {
		int to = n + BATCH < count ? n + BATCH : count;

		if (make_batch(&m, entity, kind, n, to, body_of, err) < 0)
			return -1;
		if (job_is_stopping(d->run))
			return 0;
	}
	return 1;
}

int demo_make_companies(struct demo *d, struct err *err)
{
	return make_records(d, ENTITY_COMPANY, "company", DEMO_COMPANIES,
			    company_body, err);
}

int demo_make_people(struct demo *d, struct err *err)
{
	return make_records(d, ENTITY_PERSON, "person", DEMO_PEOPLE,
			    person_body, err);
}

int demo_make_leads(struct demo *d, struct err *err)
{
	return make_records(d, ENTITY_LEAD, "lead", DEMO_LEADS, lead_body, err);
}

/* --- what was said to them --- */

static const struct {
	const char *kind, *direction, *subject, *body;
} said[] = {
	{ "call", "in", "Asked about the autumn workshops",
	  "Would like two places in the pottery course. Sent the programme." },
	{ "meeting", NULL, "Talk at the market stall",
	  "Showed the new range. Wants prices for fifty pieces." },
	{ "email", "out", "Offer for the winter catalogue",
	  "Sent the offer as discussed, valid until the end of the month." },
	{ "call", "out", "Reminder of the open day",
	  "Will come with a colleague." },
};

static int say_one(struct demo *d, struct tx *tx, int n, int64_t person_id,
		   struct err *err)
{
	int64_t at_ms = d->now_ms - (n % 50 + 2) * MS_DAY + n * MS_MINUTE;
	struct communication_link link = { ENTITY_PERSON, person_id };
	struct actor actor = demo_actor(d, at_ms);
	struct communication c = {
		.kind = said[n % (int)ARRAY_SIZE(said)].kind,
		.direction = said[n % (int)ARRAY_SIZE(said)].direction,
		.subject = said[n % (int)ARRAY_SIZE(said)].subject,
		.body = said[n % (int)ARRAY_SIZE(said)].body,
		.at_ms = at_ms,
		.links = &link,
		.links_n = 1,
	};
	struct memo note = { .kind = MEMO_NOTE,
			     .entity = ENTITY_PERSON,
			     .record_id = person_id,
			     .text = "Prefers to be called in the morning." };
	struct memo task = { .kind = MEMO_TASK,
			     .entity = ENTITY_PERSON,
			     .record_id = person_id,
			     .text = "Send the new price list",
			     .due_ms = d->now_ms + (n % 9 + 1) * MS_DAY };

	if (communication_add(tx, &c, &actor, err) < 0 ||
	    (n % 2 && memo_add(tx, &note, &actor, err) < 0) ||
	    (n % 3 == 0 && memo_add(tx, &task, &actor, err) < 0))
		return -1;
	return demo_row_add(tx, "communication", n, c.id, NULL, err);
}

/* Somebody in five; who is gone by now had none. */
int demo_make_communications(struct demo *d, struct err *err)
{
	CLEANUP(vec_release) struct demo_rows people = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct demo_row row;
	int found = demo_row_find(d, "communication", &row, err);

	if (found != 0)
		return found;
	if (demo_rows_list(d, "person", &people, err) < 0 ||
	    tx_begin(d->db, &tx, err) < 0)
		return -1;
	vec_each (&people, p) {
		struct record r;
		int there =
			p->n % 5 ? 0
				 : record_find(d->db, ENTITY_PERSON,
					       p->record_id, d->arena, &r, err);

		if (there < 0 || (there > 0 && say_one(d, &tx, (int)(p->n / 5),
						       p->record_id, err) < 0))
			return -1;
	}
	return tx_commit(&tx, err) < 0 ? -1 : 1;
}

/* --- the group --- */

/* Its name is noted before: a group makes its own transactions. */
static int note_name(struct demo *d, struct demo_row *out, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int found = demo_row_find(d, "group-name", out, err);

	if (found != 0)
		return found < 0 ? -1 : 0;
	if (tx_begin(d->db, &tx, err) < 0 ||
	    free_name(d, SQL_DEMO_GROUP_NAMED, "Demo newsletter", &out->name,
		      err) < 0 ||
	    demo_row_add(&tx, "group-name", 0, 0, out->name, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int add_group(struct demo *d, const char *name, int64_t *out,
		     struct err *err)
{
	struct group_input input = { .name = name,
				     .entity = ENTITY_PERSON,
				     .kind = GROUP_STATIC,
				     .user_id = d->run->job->user_id };
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;
	CLEANUP(json_free) json_t *criteria = NULL;
	struct demo_row tag;
	int found;

	strbuf_addstr(&folded, name);
	strbuf_tolower(&folded);
	found = db_find_int(d->db, SQL_DEMO_GROUP_NAMED,
			    SQL_ARGS(sql_text(folded.buf)), out, err);
	if (found != 0)
		return found < 0 ? -1 : 0;
	if (demo_row_find(d, "tag", &tag, err) < 0)
		return -1;
	criteria = json_pack("{s:s, s:[{s:s, s:s, s:s}]}", "match", "all",
			     "conditions", "field", "tag", "op", "is", "value",
			     tag.name);
	input.criteria = criteria;
	return group_add(d->db, &input, d->now_ms, out, err);
}

int demo_make_group(struct demo *d, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct demo_row row;
	int64_t id;
	int found = demo_row_find(d, "group", &row, err);

	if (found != 0)
		return found;
	if (note_name(d, &row, err) < 0 ||
	    add_group(d, row.name, &id, err) < 0 ||
	    tx_begin(d->db, &tx, err) < 0 ||
	    demo_row_add(&tx, "group", 0, id, row.name, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return 1;
}
