#include "crm/timeline/campaign_mail.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/campaign_record.h"

#include "sql/campaign_mail.h"

#include <stdlib.h>

/* Of the variant of a test that they got. */
static const char *subject_of(const struct rows *rows, int at,
			      struct arena *arena)
{
	int variant = (int)rows_int(rows, at);
	struct ab_test test;

	if (variant < 2 || rows_is_null(rows, at + 1))
		return NULL;
	ab_test_load(rows_text(rows, at + 1), arena, &test);
	return test.what == AB_SUBJECT && variant <= test.n
		       ? test.more[variant - 2].subject
		       : NULL;
}

void campaign_mail_read(const struct rows *rows, int at, struct arena *arena,
			struct campaign_mail *out)
{
	const char *subject;

	out->campaign_name = rows_dup(rows, at, arena);
	out->subject = rows_dup(rows, at + 1, arena);
	out->address = rows_dup(rows, at + 2, arena);
	out->campaign = rows_dup(rows, at + 3, arena);
	out->audience = rows_dup(rows, at + 4, arena);
	out->hash = rows_dup(rows, at + 5, arena);
	out->bounced = rows_int(rows, at + 6);
	out->bounced_ms = rows_int(rows, at + 7);
	out->unsubscribed_ms = rows_int(rows, at + 8);
	out->complained_ms = rows_int(rows, at + 9);
	out->bounce_detail = rows_dup(rows, at + 10, arena);
	subject = subject_of(rows, at + 11, arena);
	if (subject)
		out->subject = subject;
}

static void read_mail(const struct rows *rows, struct arena *arena, void *out)
{
	struct campaign_mail *mail = out;

	*mail = (struct campaign_mail){ .person_id = rows_int(rows, 0),
					.campaign_id = rows_int(rows, 1),
					.at_ms = rows_int(rows, 2) };
	campaign_mail_read(rows, 3, arena, mail);
}

int campaign_mail_find(struct db *db, enum entity entity, int64_t record_id,
		       int64_t campaign_id, struct arena *arena,
		       struct campaign_mail *out, struct err *err)
{
	struct sql_value campaign = sql_int(campaign_id);
	struct sql_value id = sql_int(record_id);

	if (entity == ENTITY_PERSON)
		return db_get(db, SQL_CAMPAIGN_MAIL_OF_PERSON,
			      SQL_ARGS(id, campaign, id), read_mail, arena, out,
			      err);
	return db_get(db, SQL_CAMPAIGN_MAIL_OF_LEAD, SQL_ARGS(campaign, id),
		      read_mail, arena, out, err);
}

/* --- events --- */

/* A row of campaign_activity, and whose it is. */
struct activity {
	int64_t campaign_id, person_id;
	enum crm_activity kind;
	struct mail_event event;
};
struct activities VEC_FIELDS(struct activity);

static void read_activity(const struct rows *rows, struct arena *arena,
			  void *out)
{
	static const char *const types[] = {
		[CRM_ACTIVITY_OPEN] = "opened",
		[CRM_ACTIVITY_CLICK] = "clicked",
		[CRM_ACTIVITY_BOUNCE] = "bounced",
	};
	enum crm_activity kind = (enum crm_activity)rows_int(rows, 2);

	*(struct activity *)out = (struct activity){
		.campaign_id = rows_int(rows, 0),
		.person_id = rows_int(rows, 1),
		.kind = kind,
		.event = { .type = types[kind],
			   .at_ms = rows_int(rows, 3),
			   .machine = rows_int(rows, 4),
			   .url = rows_dup(rows, 5, arena) },
	};
}

/* [[campaign, person], ...] */
static void write_keys(struct campaign_mail *const *mails, size_t n,
		       struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);

	json_begin_array(&w);
	for (size_t i = 0; i < n; i++) {
		json_begin_array(&w);
		json_int(&w, mails[i]->campaign_id);
		json_int(&w, mails[i]->person_id);
		json_end_array(&w);
	}
	json_end_array(&w);
}

static int by_key(int64_t a_campaign, int64_t a_person,
		  const struct activity *b)
{
	if (a_campaign != b->campaign_id)
		return a_campaign < b->campaign_id ? -1 : 1;
	if (a_person != b->person_id)
		return a_person < b->person_id ? -1 : 1;
	return 0;
}

/* The first of the mail's rows, or where it would be. */
static size_t first_of(const struct activities *all,
		       const struct campaign_mail *mail)
{
	size_t low = 0, high = all->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (by_key(mail->campaign_id, mail->person_id, &all->v[mid]) >
		    0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int newest_first(const void *a, const void *b)
{
	const struct mail_event *x = a, *y = b;

	return x->at_ms < y->at_ms ? 1 : x->at_ms > y->at_ms ? -1 : 0;
}

/* What stands in the ledger once and has no row of its own. */
static void add_endings(const struct campaign_mail *mail, bool has_bounce,
			struct mail_event *events, size_t *n)
{
	if (mail->complained_ms)
		events[(*n)++] =
			(struct mail_event){ .type = "complained",
					     .at_ms = mail->complained_ms };
	if (mail->unsubscribed_ms)
		events[(*n)++] =
			(struct mail_event){ .type = "unsubscribed",
					     .at_ms = mail->unsubscribed_ms };
	if (mail->bounced != CRM_BOUNCE_NONE && !has_bounce)
		events[(*n)++] =
			(struct mail_event){ .type = "bounced",
					     .at_ms = mail->bounced_ms,
					     .detail = mail->bounce_detail };
}

static void fill_events(struct campaign_mail *mail,
			const struct activities *all, struct arena *arena)
{
	struct mail_event *events =
		arena_array(arena, struct mail_event, MAIL_EVENTS_MAX + 3);
	bool has_bounce = false;
	size_t n = 0;

	for (size_t i = first_of(all, mail);
	     i < all->n &&
	     by_key(mail->campaign_id, mail->person_id, &all->v[i]) == 0;
	     i++) {
		events[n] = all->v[i].event;
		if (all->v[i].kind == CRM_ACTIVITY_BOUNCE) {
			has_bounce = true;
			events[n].detail = mail->bounce_detail;
		}
		n++;
	}
	add_endings(mail, has_bounce, events, &n);
	qsort(events, n, sizeof(*events), newest_first);
	mail->events = events;
	mail->events_n = n < MAIL_EVENTS_MAX ? n : MAIL_EVENTS_MAX;
}

int campaign_mails_add_events(struct db *db, struct campaign_mail *const *mails,
			      size_t n, struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct activities all = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	if (n == 0)
		return 0;
	write_keys(mails, n, &keys);
	if (db_list(db, SQL_CAMPAIGN_MAIL_EVENTS,
		    SQL_ARGS(sql_str(strbuf_str(&keys)),
			     sql_int(MAIL_EVENTS_MAX)),
		    read_activity, arena, &all, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		fill_events(mails[i], &all, arena);
	return 0;
}

/* --- hashes --- */

struct known_hash {
	int64_t person_id, record_id;
	const char *hash; /* "": of a person without address */
};
struct known_hashes VEC_FIELDS(struct known_hash);

static void read_hash(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct known_hash *)out = (struct known_hash){
		.person_id = rows_int(rows, 0),
		.hash = rows_is_null(rows, 1) ? "" : rows_dup(rows, 1, arena),
		.record_id = rows_int(rows, 2),
	};
}

static void fill_hashes(struct campaign_mail *mail,
			const struct known_hashes *all,
			const char *const *texts)
{
	size_t first = vec_lower(all, person_id, mail->person_id);
	size_t n = 0;

	while (first + n < all->n &&
	       all->v[first + n].person_id == mail->person_id)
		n++;
	mail->hashes = texts + first;
	mail->hashes_n = n;
	mail->record_id = n > 0 ? all->v[first].record_id : mail->person_id;
}

int campaign_mails_add_hashes(struct db *db, struct campaign_mail *const *mails,
			      size_t n, struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct known_hashes all = VEC_INIT;
	CLEANUP(vec_release) struct ids people = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	const char **texts;

	for (size_t i = 0; i < n; i++)
		if (i == 0 || mails[i]->person_id != mails[i - 1]->person_id)
			vec_push(&people, mails[i]->person_id);
	if (n == 0)
		return 0;
	if (db_list(db, SQL_CAMPAIGN_MAIL_HASHES,
		    SQL_ARGS(sql_keys(&people, &keys)), read_hash, arena, &all,
		    err) < 0)
		return -1;
	texts = arena_array(arena, const char *, all.n + 1);
	for (size_t i = 0; i < all.n; i++)
		texts[i] = all.v[i].hash;
	for (size_t i = 0; i < n; i++)
		fill_hashes(mails[i], &all, texts);
	return 0;
}
