#include "crm/record.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "crm/audit.h"
#include "crm/bridge_job.h"
#include "crm/consent/consent.h"
#include "crm/consent/opt_out_witness.h"
#include "crm/record_private.h"
#include "crm/search/search.h"
#include "crm/search/search_text.h"
#include "sql/record.h"
#include "store/store.h"
#include "store/update.h"

#include <string.h>

#define LOAD_MOST 10000
#define FIXED_COLUMNS 14 /* of the -load queries, before the texts */
#define ARGS_MOST 32

struct args {
	struct sql_value v[ARGS_MOST];
	size_t n;
};

/* The queries of a kind of record. */
struct queries {
	const struct sql *lock, *load, *add, *remove;
	const char *table; /* of its ids the sequence too */
};

static struct queries queries_of(enum entity entity)
{
	switch (entity) {
	case ENTITY_LEAD:
		return (struct queries){ SQL_LEAD_LOCK, SQL_LEAD_LOAD,
					 SQL_LEAD_ADD, SQL_LEAD_REMOVE,
					 "lead" };
	case ENTITY_COMPANY:
		return (struct queries){ SQL_COMPANY_LOCK, SQL_COMPANY_LOAD,
					 SQL_COMPANY_ADD, SQL_COMPANY_REMOVE,
					 "company" };
	default:
		BUG_ON(entity != ENTITY_PERSON);
		return (struct queries){ SQL_PERSON_LOCK, SQL_PERSON_LOAD,
					 SQL_PERSON_ADD, SQL_PERSON_REMOVE,
					 "person" };
	}
}

/* --- reading --- */

static void read_record(const struct rows *rows, enum entity entity,
			struct arena *arena, struct record *r)
{
	int column = FIXED_COLUMNS;

	*r = (struct record){
		.entity = entity,
		.id = rows_int(rows, 0),
		.custom = rows_dup(rows, 1, arena),
		.company_id = rows_int(rows, 2),
		.email_id = rows_int(rows, 3),
		.opted_out = rows_int(rows, 4) != 0,
		.owns_address = rows_int(rows, 5) != 0,
		.converted_person_id = rows_int(rows, 6),
		.converted_company_id = rows_int(rows, 7),
		.converted_ms = rows_int(rows, 8),
		.import_id = rows_int(rows, 9),
		.created_ms = rows_int(rows, 10),
		.updated_ms = rows_int(rows, 11),
		.email = rows_dup(rows, 12, arena),
		.name_folded = rows_dup(rows, 13, arena),
	};
	for (enum text_field t = 0; t < TEXT_FIELDS; t++) {
		if (field_is_of(field_of_text(t), entity))
			r->text[t] = rows_dup(rows, column++, arena);
	}
}

static int by_id(const void *a, const void *b)
{
	const struct record *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* The loaded rows in the order of ids. */
static void put_in_order(const struct records *loaded, const struct ids *ids,
			 struct records *out)
{
	if (loaded->n == 0)
		return;
	qsort(loaded->v, loaded->n, sizeof(*loaded->v), by_id);
	vec_reserve(out, out->n + loaded->n);
	for (size_t i = 0; i < ids->n; i++) {
		struct record key = { .id = ids->v[i] };
		struct record *r = bsearch(&key, loaded->v, loaded->n,
					   sizeof(*loaded->v), by_id);

		if (r)
			vec_push(out, *r);
	}
}

/* First the locks, then a look: what is joined to a row that was waited for
 * would be older than the row. */
static int lock_records(struct db *db, enum entity entity,
			struct sql_value keys, struct err *err)
{
	CLEANUP(vec_release) struct ids locked = VEC_INIT;

	if (!db_is_writing(db))
		return 0;
	return db_list_ids(db, queries_of(entity).lock, SQL_ARGS(keys), &locked,
			   err);
}

static void remember_before(struct record *r, struct arena *arena)
{
	struct record *before = arena_new_of(arena, struct record);

	*before = *r;
	r->before = before;
}

int records_load(struct db *db, enum entity entity, const struct ids *ids,
		 struct arena *arena, struct records *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT;
	CLEANUP(vec_release) struct records loaded = VEC_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct sql_value keys = sql_keys(ids, &buf);
	struct record r;
	int more;

	if (ids->n == 0)
		return 0;
	BUG_ON(ids->n > LOAD_MOST);
	if (lock_records(db, entity, keys, err) < 0 ||
	    db_query(db, queries_of(entity).load, SQL_ARGS(keys), &rows, err) <
		    0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		read_record(rows, entity, arena, &r);
		remember_before(&r, arena);
		vec_push(&loaded, r);
	}
	if (more < 0)
		return -1;
	put_in_order(&loaded, ids, out);
	return 0;
}

int records_add_addresses(struct db *db, struct records *records,
			  struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct addresses found = VEC_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	const struct address *all;

	if (records->n == 0 || records->v[0].entity == ENTITY_COMPANY)
		return 0;
	vec_each (records, r)
		vec_push(&ids, r->id);
	if (addresses_load(db, records->v[0].entity, &ids, arena, &found, err) <
	    0)
		return -1;
	if (found.n == 0)
		return 0;
	all = memcpy(arena_array(arena, struct address, found.n), found.v,
		     found.n * sizeof(*found.v));
	vec_each (records, r) {
		size_t at = vec_lower(&found, record_id, r->id);

		r->emails = all + at;
		while (at < found.n && all[at].record_id == r->id)
			at++;
		r->emails_n = (size_t)(all + at - r->emails);
	}
	return 0;
}

struct company {
	int64_t id;
	const char *name;
};
struct companies VEC_FIELDS(struct company);

static void read_company(const struct rows *rows, struct arena *arena,
			 void *out)
{
	*(struct company *)out =
		(struct company){ rows_int(rows, 0), rows_dup(rows, 1, arena) };
}

int records_add_companies(struct db *db, struct records *records,
			  struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct companies found = VEC_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	vec_each (records, r) {
		if (r->company_id)
			vec_push(&ids, r->company_id);
	}
	if (ids.n == 0)
		return 0;
	if (db_list(db, SQL_COMPANY_NAMES, SQL_ARGS(sql_keys(&ids, &keys)),
		    read_company, arena, &found, err) < 0)
		return -1;
	vec_each (records, r) {
		size_t at = vec_lower(&found, id, r->company_id);

		if (at < found.n && found.v[at].id == r->company_id)
			r->company = found.v[at].name;
	}
	return 0;
}

int record_find(struct db *db, enum entity entity, int64_t id,
		struct arena *arena, struct record *out, struct err *err)
{
	CLEANUP(vec_release) struct records found = VEC_INIT;
	struct ids ids = { .v = &id, .n = 1 };

	if (records_load(db, entity, &ids, arena, &found, err) < 0)
		return -1;
	if (found.n == 0)
		return 0;
	if (records_add_addresses(db, &found, arena, err) < 0)
		return -1;
	*out = found.v[0];
	return 1;
}

int record_get(struct db *db, enum entity entity, int64_t id,
	       struct arena *arena, struct record *out, struct err *err)
{
	int found = record_find(db, entity, id, arena, out, err);

	if (found != 0)
		return found < 0 ? -1 : 0;
	return record_missing(entity, id, err);
}

int record_missing(enum entity entity, int64_t id, struct err *err)
{
	return err_set(err, ERR_NOT_FOUND,
		       "there is no such record in %s: %lld",
		       entity_name(entity), (long long)id);
}

/* --- rows to write --- */

static void push_value(struct args *args, struct sql_value value)
{
	BUG_ON(args->n >= ARGS_MOST);
	args->v[args->n++] = value;
}

static void push_texts(struct args *args, const struct record *r)
{
	for (enum text_field t = 0; t < TEXT_FIELDS; t++) {
		if (field_is_of(field_of_text(t), r->entity))
			push_value(args, sql_text(r->text[t]));
	}
}

/* What ends -add, but for the address. */
static void push_own(struct args *args, const struct record *r)
{
	if (r->entity == ENTITY_PERSON) {
		push_value(args, sql_id_or_null(r->company_id));
		push_value(args, sql_int(r->owns_address));
	} else if (r->entity == ENTITY_LEAD) {
		push_value(args, sql_id_or_null(r->converted_person_id));
		push_value(args, sql_id_or_null(r->converted_company_id));
		push_value(args, sql_id_or_null(r->converted_ms));
	}
}

/* plain: what the search compares. */
static void add_args(const struct record *r, const struct strbuf *plain,
		     struct args *args)
{
	*args = (struct args){ .n = 0 };
	push_value(args, sql_int(r->id));
	push_value(args, sql_text(r->name_folded));
	push_value(args, sql_text(plain->buf));
	push_value(args, sql_text(r->custom));
	push_value(args, sql_int(r->opted_out));
	push_value(args, sql_id_or_null(r->import_id));
	push_value(args, sql_int(r->created_ms));
	push_value(args, sql_int(r->updated_ms));
	push_texts(args, r);
	push_own(args, r);
	if (r->entity != ENTITY_COMPANY)
		push_value(args, sql_id_or_null(r->email_id));
}

static void compare_texts(const struct record *r, struct update *u)
{
	for (enum text_field t = 0; t < TEXT_FIELDS; t++) {
		const struct field *f = field_of_text(t);

		if (field_is_of(f, r->entity))
			update_text(u, f->column, r->before->text[t],
				    r->text[t]);
	}
}

/* What the search compares, as it was and as it is. */
struct plains {
	struct strbuf before, now;
};

static void plains_release(struct plains *p)
{
	strbuf_release(&p->before);
	strbuf_release(&p->now);
}

static void make_plains(const struct record *r, struct plains *p)
{
	BUG_ON(!r->before);
	*p = (struct plains){ STRBUF_INIT, STRBUF_INIT };
	search_text_of(r->before, &p->before);
	search_text_of(r, &p->now);
}

/* What changed since r was read. */
static void compare_rows(const struct record *r, const struct plains *p,
			 struct update *u)
{
	const struct record *before = r->before;

	update_text(u, "name_folded", before->name_folded, r->name_folded);
	update_text(u, "plain", p->before.buf, p->now.buf);
	update_text(u, "custom", before->custom, r->custom);
	compare_texts(r, u);
	if (r->entity == ENTITY_PERSON) {
		update_id(u, "company_id", before->company_id, r->company_id);
		update_int(u, "owns_address", before->owns_address,
			   r->owns_address);
	} else if (r->entity == ENTITY_LEAD) {
		update_id(u, "converted_person_id", before->converted_person_id,
			  r->converted_person_id);
		update_id(u, "converted_company_id",
			  before->converted_company_id,
			  r->converted_company_id);
		update_id(u, "converted_ms", before->converted_ms,
			  r->converted_ms);
	}
	update_int(u, "updated_ms", before->updated_ms, r->updated_ms);
}

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

void record_name(const struct record *r, struct strbuf *out)
{
	if (r->entity == ENTITY_COMPANY) {
		strbuf_addstr(out, or_empty(r->text[TEXT_NAME]));
	} else {
		strbuf_addstr(out, or_empty(r->text[TEXT_LAST_NAME]));
		strbuf_addch(out, ' ');
		strbuf_addstr(out, or_empty(r->text[TEXT_FIRST_NAME]));
		strbuf_trim(out);
	}
}

void record_fold(struct record *r, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;

	record_name(r, &name);
	utf8_fold(strbuf_str(&name), &folded);
	r->name_folded = arena_str(arena, strbuf_str(&folded));
}

int record_batch_add(struct batch *b, const struct record *r, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;
	struct args args;

	search_text_of(r, &plain);
	add_args(r, &plain, &args);
	return batch_add(b, queries_of(r->entity).add,
			 (struct sql_args){ args.v, args.n }, err);
}

/* The search looks for it in another place. */
static bool is_found_otherwise(const struct record *r, const struct plains *p)
{
	return strcmp(p->before.buf, p->now.buf) != 0 ||
	       r->company_id != r->before->company_id;
}

int record_batch_update(struct batch *b, const struct record *r,
			struct err *err)
{
	CLEANUP(update_release)
	struct update u = UPDATE_OF(queries_of(r->entity).table);
	CLEANUP(plains_release) struct plains plains = { 0 };

	make_plains(r, &plains);
	compare_rows(r, &plains, &u);
	if (is_found_otherwise(r, &plains) &&
	    search_mark_batch(b, r->entity, r->id, err) < 0)
		return -1;
	return update_batch(&u, b, "id = ?", SQL_ARGS(sql_int(r->id)), err);
}

int record_ids_take(struct tx *tx, enum entity entity, int64_t n,
		    int64_t *first_out, struct err *err)
{
	return sequence_take(tx, queries_of(entity).table, n, first_out, err);
}

int record_count(struct db *db, enum entity entity, int64_t *out,
		 struct err *err)
{
	return db_find_int(db, SQL_RECORD_COUNT, SQL_ARGS(sql_int(entity)), out,
			   err);
}

int record_count_add(struct tx *tx, enum entity entity, int64_t delta,
		     struct err *err)
{
	return db_exec(tx, SQL_RECORD_COUNT_ADD,
		       SQL_ARGS(sql_int(delta), sql_int(entity)), err) < 0
		       ? -1
		       : 0;
}

/* --- one record --- */

static int check_texts(struct record *r, struct err *err)
{
	if (r->entity == ENTITY_COMPANY && utf8_is_blank(r->text[TEXT_NAME]))
		return err_field(err, "name", "a company needs a name");
	if (r->entity == ENTITY_LEAD && !r->text[TEXT_STATUS])
		r->text[TEXT_STATUS] = "new";
	return 0;
}

static int check_record(struct db *db, struct record *r, struct err *err)
{
	int64_t one;
	int found;

	if (check_texts(r, err) < 0)
		return -1;
	if (r->company_id == 0)
		return 0;
	found = db_find_int(db, SQL_COMPANY_EXISTS,
			    SQL_ARGS(sql_int(r->company_id)), &one, err);
	if (found < 0)
		return -1;
	if (found == 0)
		return err_field(err, "company_id", "there is no company %lld",
				 (long long)r->company_id);
	return 0;
}

static bool is_nobody(const struct record *r)
{
	return r->entity != ENTITY_COMPANY && r->emails_n == 0 &&
	       utf8_is_blank(r->text[TEXT_FIRST_NAME]) &&
	       utf8_is_blank(r->text[TEXT_LAST_NAME]) &&
	       utf8_is_blank(r->text[TEXT_COMPANY_NAME]);
}

/* The only unique column that a caller chooses. */
static int key_taken(struct err *err)
{
	return db_conflict(err, "another record has this external_key");
}

int record_add(struct tx *tx, struct record *r, const struct actor *actor,
	       struct arena *arena, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;
	struct args args;

	if (is_nobody(r))
		return err_field(err, "last_name",
				 "a record needs a name or an address");
	if (check_record(tx->db, r, err) < 0 ||
	    (r->emails_n > 0 && addresses_turn(tx, err) < 0) ||
	    record_ids_take(tx, r->entity, 1, &r->id, err) < 0)
		return -1;
	r->created_ms = r->updated_ms = actor->now_ms;
	r->email_id = 0;
	r->opted_out = false;
	record_fold(r, arena);
	search_text_of(r, &plain);
	add_args(r, &plain, &args);
	if (db_exec(tx, queries_of(r->entity).add,
		    (struct sql_args){ args.v, args.n }, err) < 0)
		return key_taken(err);
	if (r->emails_n > 0 &&
	    addresses_put(tx, r->entity, r->id, r->emails, r->emails_n, actor,
			  arena, err) < 0)
		return -1;
	if (r->company_id &&
	    consent_join_company(tx, r->id, r->company_id, actor, err) < 0)
		return -1;
	return record_count_add(tx, r->entity, 1, err);
}

/* Merge fields show names. */
static bool is_renamed(const struct record *r)
{
	const struct record *before = r->before;

	return r->entity == ENTITY_PERSON &&
	       (!field_text_same(before->text[TEXT_FIRST_NAME],
				 r->text[TEXT_FIRST_NAME]) ||
		!field_text_same(before->text[TEXT_LAST_NAME],
				 r->text[TEXT_LAST_NAME]));
}

/* What the audience is told at once. */
static bool is_told(const struct record *r)
{
	return is_renamed(r) ||
	       (r->entity == ENTITY_PERSON &&
		!field_text_same(r->before->text[TEXT_LANGUAGE],
				 r->text[TEXT_LANGUAGE]));
}

int record_update(struct tx *tx, struct record *r, const struct actor *actor,
		  struct arena *arena, struct err *err)
{
	CLEANUP(update_release)
	struct update u = UPDATE_OF(queries_of(r->entity).table);
	CLEANUP(plains_release) struct plains plains = { 0 };

	make_plains(r, &plains);
	if (check_record(tx->db, r, err) < 0)
		return -1;
	r->updated_ms = actor->now_ms;
	record_fold(r, arena);
	compare_rows(r, &plains, &u);
	if (update_run(&u, tx, "id = ?", SQL_ARGS(sql_int(r->id)), err) < 0)
		return key_taken(err);
	if (is_found_otherwise(r, &plains) &&
	    search_mark(tx, r->entity, r->id, err) < 0)
		return -1;
	if (is_told(r) && bridge_job_person(tx, r->id, actor->now_ms, err) < 0)
		return -1;
	if (!r->company_id || r->company_id == r->before->company_id)
		return 0;
	return consent_join_company(tx, r->id, r->company_id, actor, err) < 0
		       ? -1
		       : 0;
}

int records_update(struct tx *tx, struct records *records,
		   const struct actor *actor, struct arena *arena,
		   struct err *err)
{
	struct batch b;

	batch_begin(tx, &b);
	vec_each (records, r) {
		BUG_ON(r->company_id != r->before->company_id || is_renamed(r));
		if (check_texts(r, err) < 0)
			return -1;
		r->updated_ms = actor->now_ms;
		record_fold(r, arena);
		if (record_batch_update(&b, r, err) < 0)
			return -1;
	}
	return batch_end(&b, err) < 0 ? -1 : 0;
}

int record_remove_attached(struct tx *tx, enum entity entity, int64_t id,
			   struct err *err)
{
	static const struct sql *const by_entity[] = {
		SQL_RECORD_REMOVE_TAGS,
		SQL_RECORD_REMOVE_NOTES,
		SQL_RECORD_REMOVE_TASKS,
		SQL_RECORD_REMOVE_LINKS,
		SQL_RECORD_REMOVE_IMPORT_CHANGE,
		SQL_RECORD_REMOVE_IMPORT_UNCHANGED,
	};
	static const struct sql *const by_record[] = {
		SQL_RECORD_REMOVE_MEMBERSHIP,
		SQL_RECORD_REMOVE_EXCLUSIONS,
	};

	struct batch b;

	batch_begin(tx, &b);
	for (size_t i = 0; i < ARRAY_SIZE(by_entity); i++) {
		if (batch_add(&b, by_entity[i],
			      SQL_ARGS(sql_int(entity), sql_int(id)), err) < 0)
			return -1;
	}
	for (size_t i = 0; i < ARRAY_SIZE(by_record); i++) {
		if (batch_add(&b, by_record[i],
			      SQL_ARGS(sql_int(id), sql_int(entity)), err) < 0)
			return -1;
	}
	return batch_end(&b, err) < 0 ? -1 : 0;
}

/* Addresses end; what is kept of an opt-out is kept by then. Those of members
 * over there stay until the bridge has taken their tags. */
static int remove_addresses(struct tx *tx, enum entity entity, int64_t id,
			    const struct actor *actor, struct arena *arena,
			    struct err *err)
{
	if (entity == ENTITY_COMPANY)
		return 0;
	if (addresses_put(tx, entity, id, NULL, 0, actor, arena, err) < 0)
		return -1;
	return db_exec(tx, SQL_RECORD_REMOVE_ADDRESSES,
		       SQL_ARGS(sql_int(entity), sql_int(id)), err);
}

/* The row itself: a ledger that names the person keeps an empty one. */
static int remove_row(struct tx *tx, enum entity entity, int64_t id,
		      const struct actor *actor, struct err *err)
{
	int64_t one;
	int in_ledger = 0;

	if (db_exec(tx, SQL_RECORD_REMOVE_CONSENT,
		    SQL_ARGS(sql_int(entity), sql_int(id)), err) < 0 ||
	    opt_out_witness_remove(tx, entity, id, err) < 0)
		return -1;
	if (entity == ENTITY_PERSON)
		in_ledger = db_find_int(tx->db, SQL_PERSON_IN_LEDGER,
					SQL_ARGS(sql_int(id)), &one, err);
	if (in_ledger < 0)
		return -1;
	if (in_ledger > 0)
		return db_exec(tx, SQL_PERSON_EMPTY,
			       SQL_ARGS(sql_int(actor->now_ms),
					sql_int(actor->now_ms), sql_int(id)),
			       err);
	if (entity == ENTITY_COMPANY &&
	    (search_mark_staff(tx, id, err) < 0 ||
	     db_exec(tx, SQL_COMPANY_LEAVE,
		     SQL_ARGS(sql_int(actor->now_ms), sql_int(id)), err) < 0))
		return -1;
	return db_exec(tx, queries_of(entity).remove, SQL_ARGS(sql_int(id)),
		       err);
}

int record_remove(struct tx *tx, enum entity entity, int64_t id,
		  const struct actor *actor, struct arena *arena,
		  struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf action = STRBUF_INIT;
	struct record r;

	if (record_get(tx->db, entity, id, arena, &r, err) < 0 ||
	    record_remove_attached(tx, entity, id, err) < 0)
		return -1;
	if (remove_addresses(tx, entity, id, actor, arena, err) < 0)
		return -1;
	if (remove_row(tx, entity, id, actor, err) < 0 ||
	    search_mark(tx, entity, id, err) < 0)
		return -1;
	strbuf_addf(&action, "%s.delete", queries_of(entity).table);
	if (audit_add(tx, actor, action.buf, entity, id, NULL, err) < 0)
		return -1;
	return record_count_add(tx, entity, -1, err);
}
