/*
 * Merge fields that the audience inside gets by itself, as long as nobody chose
 * what goes where: for the salutation, the city, the birthday, the company, and
 * the fields that an organisation adds, so that mails can say them. An account
 * elsewhere has fields of its own, which are left alone. Called by the jobs
 * bridge-fields and bridge-sync.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/err.h"
#include "bridge/bridge_field.h"
#include "crm/custom_field.h"
#include "store/store.h"

#include "sql/bridge.h"

#include <ctype.h>
#include <string.h>

/* As many as a plan of Mailchimp takes. */
#define OWN_MOST 30
#define TAG_MAX 10

struct wanted {
	const char *person_field, *tag;
};
struct wanteds VEC_FIELDS(struct wanted);

static bool is_mapped(const struct bridge_fields *all, const char *person_field)
{
	vec_each (all, f)
		if (f->person_field &&
		    strcmp(f->person_field, person_field) == 0)
			return true;
	return false;
}

static bool is_taken(const struct bridge_fields *all, const char *tag)
{
	vec_each (all, f)
		if (strcmp(f->merge_tag, tag) == 0)
			return true;
	return strcmp(tag, "EMAIL") == 0;
}

/* The key in capitals; a digit at its end if somebody else has it. */
static const char *free_tag(const struct bridge_fields *all, const char *key,
			    struct arena *arena)
{
	char tag[TAG_MAX + 1];
	size_t n = 0;

	for (; key[n] && n < TAG_MAX; n++)
		tag[n] = (char)toupper((unsigned char)key[n]);
	tag[n] = '\0';
	for (int i = 2; is_taken(all, tag) && i < 10; i++) {
		tag[n < TAG_MAX ? n : TAG_MAX - 1] = (char)('0' + i);
		tag[n < TAG_MAX ? n + 1 : TAG_MAX] = '\0';
	}
	return is_taken(all, tag) ? NULL : arena_strdup(arena, tag);
}

static int list_wanted(struct work *w, struct wanteds *out, struct err *err)
{
	static const struct wanted always[] = {
		{ "title", "TITLE" },
		{ "city", "CITY" },
		{ "birthday", "BIRTHDAY" },
		{ "company", "COMPANY" },
	};
	CLEANUP(vec_release) struct custom_fields customs = VEC_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(always); i++)
		vec_push(out, always[i]);
	if (custom_field_list(w->db, ENTITY_PERSON, w->arena, &customs, err) <
	    0)
		return -1;
	vec_each (&customs, c) {
		struct wanted own = {
			arena_printf(w->arena, "custom.%s", c->key), c->key
		};

		vec_push(out, own);
	}
	return 0;
}

static int map_wanted(struct tx *tx, struct work *w,
		      const struct wanteds *wanted, struct bridge_fields *all,
		      struct err *err)
{
	vec_each (wanted, one) {
		struct bridge_field f = { .person_field = one->person_field };

		if (all->n >= OWN_MOST || is_mapped(all, f.person_field))
			continue;
		f.merge_tag = free_tag(all, one->tag, w->arena);
		if (!f.merge_tag)
			continue;
		if (db_exec(tx, SQL_BRIDGE_FIELD_PUT,
			    SQL_ARGS(sql_text(f.merge_tag),
				     sql_text(f.person_field)),
			    err) < 0)
			return -1;
		vec_push(all, f);
	}
	return 0;
}

int field_own_map(struct work *w, struct err *err)
{
	CLEANUP(vec_release) struct bridge_fields all = VEC_INIT;
	CLEANUP(vec_release) struct wanteds wanted = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const char *chosen = NULL;
	int64_t read_ms;

	if (!w->bridge->setup.inside)
		return 0;
	if (tx_begin(w->db, &tx, err) < 0 ||
	    setting_find(w->db, "bridge.fields_chosen", w->arena, &chosen,
			 err) < 0)
		return -1;
	if (chosen)
		return 0;
	if (bridge_field_list(w->db, w->arena, &all, &read_ms, err) < 0 ||
	    list_wanted(w, &wanted, err) < 0 ||
	    map_wanted(&tx, w, &wanted, &all, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return 1;
}
