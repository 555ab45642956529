/*
 * Members of an audience inside who are not in the CRM, as a file to import:
 * its columns are fields of people, by the table of bridge/bridge_field.h.
 * Handler; any worker.
 */
#include "api/api.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "api/page/audience_members.h"
#include "audience/form/agreement.h"
#include "audience/list.h"
#include "audience/suppression.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/csv/csv.h"
#include "base/err.h"
#include "bridge/bridge_field.h"
#include "crm/import/import.h"

#include <string.h>

#define PAGE 1000

struct file {
	struct store *store;
	struct member_choice choice;
	struct member_page page;
	struct bridge_fields *fields;
	bool begun;
};

/* --- which columns --- */

/* Where parts of an address go, those of merge_address_parts. addr2 goes behind
 * addr1. */
static const char *const address_fields[MERGE_ADDRESS_PARTS] = {
	"street", NULL, "city", "region", "postal_code", "country"
};

static bool is_address(const struct bridge_field *f)
{
	return f->person_field && strcmp(f->person_field, "address") == 0;
}

static void add_cell(struct strbuf *out, const char *text)
{
	csv_add_field(out, str_of(text ? text : ""), ',', true);
}

static bool has_language(const struct bridge_fields *fields)
{
	vec_each (fields, f)
		if (f->person_field && strcmp(f->person_field, "language") == 0)
			return true;
	return false;
}

static void add_heads(const struct file *file, struct strbuf *out)
{
	csv_add_field(out, STR("email"), 0, true);
	vec_each (file->fields, f) {
		if (!is_address(f)) {
			if (f->person_field)
				add_cell(out, f->person_field);
			continue;
		}
		for (size_t i = 0; i < MERGE_ADDRESS_PARTS; i++)
			if (address_fields[i])
				add_cell(out, address_fields[i]);
	}
	if (!has_language(file->fields))
		add_cell(out, "language");
	csv_end_row(out);
}

/* --- who --- */

static void add_address(const json_t *value, struct strbuf *out)
{
	for (size_t i = 0; i < MERGE_ADDRESS_PARTS; i++) {
		CLEANUP(strbuf_release) struct strbuf cell = STRBUF_INIT;
		const char *more = json_string_value(
			json_object_get(value, merge_address_parts[1]));
		const char *part = json_string_value(
			json_object_get(value, merge_address_parts[i]));

		if (!address_fields[i])
			continue;
		strbuf_addstr(&cell, part ? part : "");
		if (i == 0 && more && *more)
			strbuf_addf(&cell, ", %s", more);
		add_cell(out, cell.buf);
	}
}

static void add_value(const json_t *value, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf number = STRBUF_INIT;

	if (json_is_integer(value))
		strbuf_addf(&number, "%lld",
			    (long long)json_integer_value(value));
	else if (json_is_real(value))
		strbuf_addf(&number, "%.15g", json_real_value(value));
	add_cell(out, number.len ? number.buf : json_string_value(value));
}

static int add_member(const struct file *file, const struct merge_defs *defs,
		      const struct member *m, struct strbuf *out,
		      struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(json_free) json_t *values = NULL;
	struct json_writer w = JSON_WRITER(&text);

	merge_values_write(defs, str_of(m->merge), &w);
	if (json_parse(strbuf_str(&text), &values, err) < 0)
		return -1;
	csv_add_field(out, str_of(m->address), 0, true);
	vec_each (file->fields, f) {
		const json_t *value = json_object_get(values, f->merge_tag);

		if (is_address(f))
			add_address(value, out);
		else if (f->person_field)
			add_value(value, out);
	}
	if (!has_language(file->fields))
		add_cell(out, m->language);
	csv_end_row(out);
	return 0;
}

static int load(struct db *db, const struct file *file, struct arena *arena,
		struct member_found *found, struct members *out,
		struct merge_defs *defs, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	if (member_browse(db, &file->choice, &file->page, clock_now_ms(), arena,
			  found, err) < 0 ||
	    merge_field_list(db, file->choice.list_id, arena, defs, err) < 0)
		return -1;
	if (found->ids.n == 0)
		return 0;
	return member_list_by_ids(db, sql_keys(&found->ids, &keys), arena, out,
				  err);
}

/* The oldest first: who signed up first becomes a person first. */
static int next_rows(void *context, struct db *crm, struct strbuf *out,
		     struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(member_found_release) struct member_found found = { 0 };
	CLEANUP(vec_release) struct members members = VEC_INIT;
	CLEANUP(vec_release) struct merge_defs defs = VEC_INIT;
	struct file *file = context;

	(void)crm;
	if (store_get(file->store, STORE_AUDIENCE, &db, err) < 0 ||
	    load(db, file, arena, &found, &members, &defs, err) < 0)
		return -1;
	if (!file->begun)
		add_heads(file, out);
	file->begun = true;
	vec_each (&members, m)
		if (m->list_id > 0 && add_member(file, &defs, m, out, err) < 0)
			return -1;
	if (!found.has_more)
		return 0;
	file->page.after.id = found.last.id; /* by id: it has no text */
	return 1;
}

static void release(void *context)
{
	struct file *file = context;

	vec_release(file->fields);
}

static int read_fields(const struct request *rq, struct bridge_fields *out,
		       struct err *err)
{
	CLEANUP(store_put) struct db *crm = NULL;
	int64_t read_ms;

	if (store_get(api_of(rq)->store, STORE_CRM, &crm, err) < 0)
		return -1;
	return bridge_field_list(crm, rq->arena, out, &read_ms, err);
}

int v1_audience_people_csv(struct request *rq, struct response *rs,
			   struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct file *file = arena_new_of(rq->arena, struct file);
	bool is_least;

	*file = (struct file){ .store = api_of(rq)->store,
			       .page = { .count = PAGE },
			       .fields = arena_new_of(rq->arena,
						      struct bridge_fields) };
	*file->fields = (struct bridge_fields)VEC_INIT;
	if (store_get(file->store, STORE_AUDIENCE, &db, err) < 0 ||
	    audience_choice_read(rq, db, &file->choice, &is_least, err) < 0 ||
	    audience_strangers_read(rq, &file->choice, &is_least, err) < 0 ||
	    read_fields(rq, file->fields, err) < 0)
		return -1;
	file->choice.statuses = MEMBER_STATUS_BIT(MEMBER_SUBSCRIBED);
	return v1_csv_begin(rq, rs,
			    &(struct v1_csv){ .name = "sign-ups",
					      .fn = next_rows,
					      .free_fn = release,
					      .context = file },
			    err);
}

int audience_people_forgotten(void *context, const char *const *folded,
			      size_t n, bool *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct list master;
	int found;

	if (store_get(context, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	found = list_find_master(db, arena, &master, err);
	if (found <= 0) {
		for (size_t i = 0; i < n; i++)
			out[i] = false;
		return found;
	}
	return forgotten_check(db, master.id, folded, n, out, err);
}

static const struct agreement *find(const struct agreements *sorted,
				    const char *hash)
{
	size_t from = 0, to = sorted->n;

	while (from < to) {
		size_t at = from + (to - from) / 2;
		int order = strcmp(sorted->v[at].email_hash, hash);

		if (order == 0)
			return &sorted->v[at];
		if (order < 0)
			from = at + 1;
		else
			to = at;
	}
	return NULL;
}

int audience_people_agreed(void *context, const char *const *hashes, size_t n,
			   struct arena *arena, struct import_agreement *out,
			   struct err *err)
{
	CLEANUP(vec_release) struct agreements found = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(store_put) struct db *db = NULL;
	const struct texts all = { .v = (const char **)(uintptr_t)hashes,
				   .n = n };
	struct list master;
	int has;

	if (store_get(context, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	has = list_find_master(db, arena, &master, err);
	if (has <= 0 ||
	    agreement_of_addresses(db, master.id, sql_texts(&all, &keys), arena,
				   &found, err) < 0)
		return has == 0 ? 0 : -1;
	for (size_t i = 0; i < n; i++) {
		const struct agreement *a = find(&found, hashes[i]);

		if (a)
			out[i] = (struct import_agreement){
				.form = a->form,
				.text = a->text,
				.asked_ip = a->asked_ip,
				.agreed_ip = a->agreed_ip,
				.asked_ms = a->asked_ms,
				.agreed_ms = a->agreed_ms,
			};
	}
	return 0;
}
