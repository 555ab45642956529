#include "audience/member.h"

#include "audience/kept/list_kept.h"
#include "audience/kept/member_block.h"
#include "audience/list.h"
#include "audience/member_private.h"
#include "audience/must_exist.h"
#include "audience/text_ids.h"
#include "base/arena.h"
#include "base/email.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "sql/member.h"
#include "store/sqlbuild.h"
#include "store/tally.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const status_names[] = {
	[MEMBER_SUBSCRIBED] = "subscribed",
	[MEMBER_UNSUBSCRIBED] = "unsubscribed",
	[MEMBER_CLEANED] = "cleaned",
	[MEMBER_PENDING] = "pending",
	[MEMBER_TRANSACTIONAL] = "transactional",
	[MEMBER_ARCHIVED] = "archived",
};

const char *member_status_name(enum member_status status)
{
	return status_names[status];
}

enum member_status member_status_of(const char *name)
{
	for (size_t i = 1; i < ARRAY_SIZE(status_names); i++)
		if (strcmp(status_names[i], name) == 0)
			return (enum member_status)i;
	return 0;
}

/* --- public ids: scrambled spellings of the integer, each way by arithmetic */

#define BITS40 ((UINT64_C(1) << 40) - 1)
#define FACTOR UINT64_C(0x9e3779b97f4a7c15) /* odd: has an inverse */

static uint64_t inverse(uint64_t odd)
{
	uint64_t x = odd; /* right in 3 bits; each step doubles them */

	for (int i = 0; i < 5; i++)
		x *= 2 - odd * x;
	return x;
}

static uint64_t mix40(uint64_t x, uint64_t factor)
{
	x ^= x >> 20;
	x = (x * factor) & BITS40;
	return x ^ (x >> 20);
}

static uint64_t mix64(uint64_t x, uint64_t factor)
{
	x ^= x >> 32;
	x *= factor;
	return x ^ (x >> 32);
}

void member_unique_id(int64_t id, char out[UNIQUE_ID_HEX + 1])
{
	(void)snprintf(out, UNIQUE_ID_HEX + 1, "%010" PRIx64,
		       mix40((uint64_t)id & BITS40, FACTOR));
}

void member_contact_id(int64_t id, char out[CONTACT_ID_HEX + 1])
{
	uint64_t first = mix64((uint64_t)id, FACTOR);

	(void)snprintf(out, CONTACT_ID_HEX + 1, "%016" PRIx64 "%016" PRIx64,
		       first, mix64(first + FACTOR, FACTOR));
}

/* Exactly `digits` lower-case hex digits. */
static bool is_hex(const char *s, size_t digits)
{
	return strspn(s, "0123456789abcdef") == digits && !s[digits];
}

int64_t member_of_unique_id(const char *hex)
{
	if (!is_hex(hex, UNIQUE_ID_HEX))
		return 0;
	return (int64_t)mix40(strtoull(hex, NULL, 16), inverse(FACTOR));
}

int64_t member_of_contact_id(const char *hex)
{
	char half[17] = "", again[CONTACT_ID_HEX + 1];
	int64_t id;

	if (!is_hex(hex, CONTACT_ID_HEX))
		return 0;
	memcpy(half, hex, 16);
	id = (int64_t)mix64(strtoull(half, NULL, 16), inverse(FACTOR));
	member_contact_id(id, again);
	return strcmp(hex, again) == 0 ? id : 0;
}

/* --- one --- */

static const char *text_or_empty(const struct rows *rows, int column,
				 struct arena *arena)
{
	const char *text = rows_dup(rows, column, arena);

	return text ? text : "";
}

void member_read_row(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct member *)out = (struct member){
		.id = rows_int(rows, 0),
		.list_id = rows_int(rows, 1),
		.address = rows_dup(rows, 2, arena),
		.email_hash = rows_dup(rows, 3, arena),
		.unique_id = rows_dup(rows, 4, arena),
		.status = (enum member_status)rows_int(rows, 5),
		.unsubscribed_by = (enum unsubscribed_by)rows_int(rows, 6),
		.unsubscribe_reason = text_or_empty(rows, 7, arena),
		.text_only = rows_int(rows, 8) == 2,
		.merge = rows_dup(rows, 9, arena),
		.language = rows_dup(rows, 10, arena),
		.vip = rows_int(rows, 11) != 0,
		.rating = rows_int(rows, 12),
		.source = rows_dup(rows, 13, arena),
		.ip_signup = rows_dup(rows, 14, arena),
		.ip_opt = rows_dup(rows, 15, arena),
		.signup_ms = rows_int(rows, 16),
		.opt_ms = rows_int(rows, 17),
		.changed_ms = rows_int(rows, 18),
		.unsubscribed_ms = rows_int(rows, 19),
		.unsubscribed_campaign_id = rows_int(rows, 20),
		.country = rows_dup(rows, 21, arena),
	};
}

static int find_by_contact_id(struct db *db, int64_t list_id, const char *key,
			      struct arena *arena, struct member *out,
			      struct err *err)
{
	int64_t id = member_of_contact_id(key);
	struct member member;
	int found;

	if (id <= 0)
		return 0;
	found = db_get(db, SQL_MEMBER_BY_ID, SQL_ARGS(sql_int(id)),
		       member_read_row, arena, &member, err);
	if (found <= 0 || member.list_id != list_id)
		return found < 0 ? -1 : 0;
	*out = member;
	return 1;
}

bool member_hash_of_key(const char *key, struct arena *arena,
			char out[MD5_HEX + 1])
{
	struct email email;
	struct err ignored = ERR_INIT; /* then it is the key of nobody */

	if (strchr(key, '@')) {
		if (email_parse(key, arena, &email, &ignored) < 0)
			return false;
		memcpy(out, email.hash, MD5_HEX + 1);
		return true;
	}
	if (strlen(key) != MD5_HEX)
		return false;
	for (size_t i = 0; i <= MD5_HEX; i++)
		out[i] = (char)(key[i] >= 'A' && key[i] <= 'F' ? key[i] + 32
							       : key[i]);
	return true;
}

int member_find(struct db *db, int64_t list_id, const char *key,
		struct arena *arena, struct member *out, struct err *err)
{
	char hash[MD5_HEX + 1];
	int found;

	if (!member_hash_of_key(key, arena, hash))
		return 0;
	found = db_get(db, SQL_MEMBER_BY_HASH,
		       SQL_ARGS(sql_int(list_id), sql_text(hash)),
		       member_read_row, arena, out, err);
	if (found)
		return found;
	return find_by_contact_id(db, list_id, hash, arena, out, err);
}

int member_get(struct db *db, int64_t list_id, const char *key,
	       struct arena *arena, struct member *out, struct err *err)
{
	return must_exist(member_find(db, list_id, key, arena, out, err), err);
}

int member_get_by_id(struct db *db, int64_t id, struct arena *arena,
		     struct member *out, struct err *err)
{
	return must_exist(db_get(db, SQL_MEMBER_BY_ID, SQL_ARGS(sql_int(id)),
				 member_read_row, arena, out, err),
			  err);
}

/* --- many --- */

int member_list_by_ids(struct db *db, struct sql_value ids, struct arena *arena,
		       struct members *out, struct err *err)
{
	return db_list(db, SQL_MEMBER_BY_IDS, SQL_ARGS(ids), member_read_row,
		       arena, out, err);
}

/* Addresses that are none get the empty hash, which nobody has. */
static int hash_all(const json_t *addresses, struct arena *arena,
		    struct text_ids *out, struct err *err)
{
	const json_t *item;
	size_t i;

	json_array_foreach (addresses, i, item) {
		struct email email = { .hash = "" };
		struct err ignored = ERR_INIT;

		if (!json_is_string(item))
			return err_set(err, ERR_INVALID,
				       "addresses should be texts");
		(void)email_parse(json_string_value(item), arena, &email,
				  &ignored);
		vec_push(out, ((struct text_id){ .text = arena_strdup(
							 arena, email.hash) }));
	}
	return 0;
}

int member_ids_of_addresses(struct db *db, int64_t list_id,
			    const json_t *addresses, struct arena *arena,
			    struct ids *ids, struct texts *unknown,
			    struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct text_ids hashes = VEC_INIT;
	CLEANUP(vec_release) struct text_ids found = VEC_INIT;

	if (json_array_size(addresses) == 0)
		return 0;
	if (hash_all(addresses, arena, &hashes, err) < 0 ||
	    text_ids_load(
		    db, SQL_MEMBER_IDS_OF_HASHES,
		    SQL_ARGS(sql_int(list_id), text_ids_keys(&hashes, &keys)),
		    arena, &found, err) < 0)
		return -1;
	for (size_t i = 0; i < hashes.n; i++) {
		const struct text_id *hit =
			text_ids_find(&found, hashes.v[i].text);

		if (hit)
			vec_push(ids, hit->id);
		else
			vec_push(unknown, json_string_value(json_array_get(
						  addresses, i)));
	}
	return 0;
}

static void add_bound(struct sqlbuild *b, const char *literal, int64_t n)
{
	if (!n)
		return;
	sqlbuild_add(b, literal);
	sqlbuild_bind_int(b, n);
}

/* Behind the last member of the page before. */
static void add_after(struct sqlbuild *b, const struct member_filter *f)
{
	if (f->sort == MEMBER_BY_CHANGED) {
		sqlbuild_add(b, " AND (m.changed_ms, m.id) > (");
		sqlbuild_bind_int(b, f->after_changed_ms);
		sqlbuild_add(b, ", ");
	} else {
		sqlbuild_add(b, " AND m.id > (");
	}
	sqlbuild_bind_int(b, f->after_id);
	sqlbuild_add(b, ")");
}

static void add_chosen(struct sqlbuild *b, const struct ids *interests)
{
	sqlbuild_add(b, "(SELECT mi.member_id FROM member_interest mi "
			"WHERE mi.interest_id IN (");
	for (size_t i = 0; i < interests->n; i++) {
		if (i)
			sqlbuild_add(b, ", ");
		sqlbuild_bind_int(b, interests->v[i]);
	}
	sqlbuild_add(b, "))");
}

static void add_interests(struct sqlbuild *b, const struct member_filter *f)
{
	if (f->chose != CHOSE_ALL) {
		sqlbuild_add(b, f->chose == CHOSE_NONE ? " AND m.id NOT IN "
						       : " AND m.id IN ");
		add_chosen(b, f->interests);
		return;
	}
	for (size_t i = 0; i < f->interests->n; i++) {
		struct ids one = { .v = f->interests->v + i, .n = 1 };

		sqlbuild_add(b, " AND m.id IN ");
		add_chosen(b, &one);
	}
}

static void add_where(struct sqlbuild *b, const struct member_filter *f,
		      bool counting)
{
	/* The rows lie by id: without `+ 0` SQLite would take another index
	 * and sort. */
	bool by_rows = f->sort == MEMBER_BY_ID && !f->status && !counting;

	sqlbuild_add(b, by_rows ? " FROM member m WHERE m.list_id + 0 = "
				: " FROM member m WHERE m.list_id = ");
	sqlbuild_bind_int(b, f->list_id);
	add_bound(b, " AND m.status = ", f->status);
	add_bound(b, " AND m.id >= ", f->from_id);
	/* the place of a page is the closer bound of the two */
	if (counting || f->after_changed_ms < f->since_changed_ms)
		add_bound(b, " AND m.changed_ms >= ", f->since_changed_ms);
	add_bound(b, " AND m.changed_ms < ", f->before_changed_ms);
	add_bound(b, " AND m.opt_ms >= ", f->since_opt_ms);
	if (f->before_opt_ms)
		sqlbuild_add(b, " AND m.opt_ms > 0");
	add_bound(b, " AND m.opt_ms < ", f->before_opt_ms);
	add_bound(b, " AND m.unsubscribed_ms >= ", f->since_unsubscribed_ms);
	add_bound(b, " AND m.unsubscribed_ms < ", f->before_unsubscribed_ms);
	if (f->email_type)
		add_bound(b, " AND m.email_type = ",
			  strcmp(f->email_type, "text") == 0 ? 2 : 1);
	if (f->unique_id) {
		sqlbuild_add(b, " AND m.id = ");
		sqlbuild_bind_int(b, member_of_unique_id(f->unique_id));
	}
	if (f->vip_only)
		sqlbuild_add(b, " AND m.vip = 1");
	if (f->after_id && !counting)
		add_after(b, f);
	if (f->segment_id) {
		sqlbuild_add(b, " AND EXISTS (SELECT 1 FROM segment_member sm "
				"WHERE sm.member_id = m.id AND "
				"sm.segment_id = ");
		sqlbuild_bind_int(b, f->segment_id);
		sqlbuild_add(b, ")");
	}
	if (f->interests)
		add_interests(b, f);
}

static void add_order(struct sqlbuild *b, const struct member_filter *f)
{
	static const char *const up[] = {
		[MEMBER_BY_ID] = " ORDER BY m.id",
		[MEMBER_BY_CHANGED] = " ORDER BY m.changed_ms, m.id",
		[MEMBER_BY_OPT] = " ORDER BY m.opt_ms, m.id",
		[MEMBER_BY_SIGNUP] = " ORDER BY m.signup_ms, m.id",
	};
	static const char *const down[] = {
		[MEMBER_BY_ID] = " ORDER BY m.id DESC",
		[MEMBER_BY_CHANGED] = " ORDER BY m.changed_ms DESC, m.id DESC",
		[MEMBER_BY_OPT] = " ORDER BY m.opt_ms DESC, m.id DESC",
		[MEMBER_BY_SIGNUP] = " ORDER BY m.signup_ms DESC, m.id DESC",
	};

	sqlbuild_add(b, f->sort_desc ? down[f->sort] : up[f->sort]);
}

static int count_all(struct db *db, const struct member_filter *f,
		     struct arena *arena, int64_t *out, struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, arena);

	sqlbuild_add(&b, "SELECT COUNT(*)");
	add_where(&b, f, true);
	return sqlbuild_find_int(&b, db, out, err) < 0 ? -1 : 0;
}

static const char all_columns[] =
	"SELECT m.id, m.list_id, m.address, m.email_hash, m.unique_id, "
	"m.status, m.unsubscribed_by, m.unsubscribe_reason, m.email_type, "
	"m.merge, m.language, m.vip, m.rating, m.source, m.ip_signup, "
	"m.ip_opt, m.signup_ms, m.opt_ms, m.changed_ms, m.unsubscribed_ms, "
	"m.unsubscribed_campaign_id, m.country";
static const char brief_columns[] = "SELECT m.id, m.list_id, m.address, "
				    "m.email_hash, m.status, m.changed_ms";

void member_read_brief(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct member *)out = (struct member){
		.id = rows_int(rows, 0),
		.list_id = rows_int(rows, 1),
		.address = rows_dup(rows, 2, arena),
		.email_hash = rows_dup(rows, 3, arena),
		.status = (enum member_status)rows_int(rows, 4),
		.changed_ms = rows_int(rows, 5),
		.unique_id = "",
		.unsubscribe_reason = "",
		.merge = "",
		.language = "",
		.source = "",
		.ip_signup = "",
		.ip_opt = "",
	};
}

/* The inner query walks an index only, so that a large offset stays cheap. */
static void build_page(struct sqlbuild *b, const struct member_filter *f)
{
	sqlbuild_add(b, f->brief ? brief_columns : all_columns);
	sqlbuild_add(b, " FROM member m WHERE m.id IN (SELECT m.id");
	add_where(b, f, false);
	add_order(b, f);
	sqlbuild_page(b, f->count, f->offset);
	sqlbuild_add(b, ")");
	add_order(b, f);
}

static int list_page(struct db *db, const struct member_filter *filter,
		     struct arena *arena, struct members *out, struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, arena);
	CLEANUP(rows_free) struct rows *rows = NULL;

	build_page(&b, filter);
	if (sqlbuild_query(&b, db, &rows, err) < 0)
		return -1;
	return rows_list(rows,
			 filter->brief ? member_read_brief : member_read_row,
			 arena, out, err);
}

int member_changes(struct db *db, int64_t list_id, int64_t since_ms,
		   struct strbuf *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db, SQL_MEMBER_CHANGES,
		     SQL_ARGS(sql_int(since_ms), sql_int(list_id),
			      sql_int(since_ms)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0)
		strbuf_addf(out, "%lld:%lld:%lld ",
			    (long long)rows_int(rows, 0),
			    (long long)rows_int(rows, 1),
			    (long long)rows_int(rows, 2));
	return more;
}

bool member_filter_is_plain(const struct member_filter *f)
{
	return !f->since_changed_ms && !f->before_changed_ms &&
	       !f->since_opt_ms && !f->before_opt_ms &&
	       !f->since_unsubscribed_ms && !f->before_unsubscribed_ms &&
	       !f->email_type && !f->unique_id && !f->vip_only &&
	       !f->segment_id;
}

static void reverse(struct members *m, size_t from)
{
	for (size_t low = from, high = m->n; low + 1 < high; low++) {
		struct member swapped = m->v[low];

		m->v[low] = m->v[--high];
		m->v[high] = swapped;
	}
}

/* By ids, at any offset: from the block in which the page begins. A page from
 * the end is one from the beginning, turned round. */
static int list_by_id(struct db *db, const struct member_filter *filter,
		      const struct tally *kept, struct arena *arena,
		      struct members *out, struct err *err)
{
	CLEANUP(tally_release) struct tally blocks = TALLY_INIT;
	int64_t total = list_kept_sum(kept, filter->status);
	struct member_filter f = *filter;
	struct member_place place;
	size_t had = out->n;

	vec_each (&kept->rows, row)
		if (!f.status || row->kind == (int)f.status)
			tally_add(&blocks, 0, 0, row->part, row->n);
	if (f.sort_desc) {
		int64_t end = total - f.offset;

		f.offset = end > f.count ? end - f.count : 0;
		f.count = end - f.offset;
		f.sort_desc = false;
	}
	if (f.count <= 0)
		return 0;
	place = member_place_of(&blocks, f.offset);
	f.from_id = place.from_id;
	f.offset = place.skip;
	if (list_page(db, &f, arena, out, err) < 0)
		return -1;
	if (filter->sort_desc)
		reverse(out, had);
	return 0;
}

int member_list(struct db *db, const struct member_filter *filter,
		struct arena *arena, struct members *out, int64_t *total_out,
		struct err *err)
{
	CLEANUP(tally_release) struct tally kept = TALLY_INIT;
	/* how many a list has, or a status of it, is kept */
	bool is_plain = member_filter_is_plain(filter) && !filter->interests;
	bool by_block = is_plain && filter->sort == MEMBER_BY_ID &&
			(filter->offset > 0 || filter->sort_desc);

	if ((by_block || (is_plain && total_out)) &&
	    list_kept_read(db, filter->list_id, &kept, err) < 0)
		return -1;
	if (total_out && is_plain)
		*total_out = list_kept_sum(&kept, filter->status);
	else if (total_out && count_all(db, filter, arena, total_out, err) < 0)
		return -1;
	if (filter->count == 0 || (total_out && filter->offset >= *total_out))
		return 0;
	return by_block ? list_by_id(db, filter, &kept, arena, out, err)
			: list_page(db, filter, arena, out, err);
}

static void read_tag(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct member_tag *)out = (struct member_tag){
		.member_id = rows_int(rows, 0),
		.segment_id = rows_int(rows, 1),
		.name = rows_dup(rows, 2, arena),
		.at_ms = rows_int(rows, 3),
	};
}

int member_tags_list(struct db *db, struct sql_value ids, struct arena *arena,
		     struct member_tags *out, struct err *err)
{
	return db_list(db, SQL_MEMBER_TAGS, SQL_ARGS(ids), read_tag, arena, out,
		       err);
}

static void read_rate(const struct rows *rows, struct arena *arena, void *out)
{
	(void)arena; /* no texts */
	*(struct member_rate *)out = (struct member_rate){
		.member_id = rows_int(rows, 0),
		.sent = rows_int(rows, 1),
		.opened = rows_int(rows, 2),
		.clicked = rows_int(rows, 3),
	};
}

int member_rates_list(struct db *db, struct sql_value ids,
		      struct member_rates *out, struct err *err)
{
	return db_list(db, SQL_MEMBER_RATES, SQL_ARGS(ids), read_rate, NULL,
		       out, err);
}
