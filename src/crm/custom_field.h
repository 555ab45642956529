/*
 * crm/custom_field.h - fields that an organisation adds to its records
 *
 * Defined per kind of record; values stand in the record's `custom`, a JSON
 * object by key. Types: text, number, date (YYYY-MM-DD), boolean, choice (one
 * of `choices`). A removed field leaves its values behind, unseen until a
 * field of that key comes back.
 */
#ifndef CRM_CUSTOM_FIELD_H
#define CRM_CUSTOM_FIELD_H

#include "base/json.h"
#include "base/vec.h"
#include "crm/actor.h"
#include "crm/entity.h"
#include "store/db.h"

#define CUSTOM_KEY_MAX 50
#define CUSTOM_TEXT_MAX 2000
#define CUSTOM_FIELDS_MOST 200 /* of one kind of record */

struct custom_field {
	int64_t id;
	enum entity entity;
	const char *key; /* a-z, 0-9, _; begins with a letter */
	const char *label;
	const char *type;    /* text number date boolean choice */
	const char *choices; /* JSON array of texts; NULL: not a choice */
	int64_t created_ms;
};
struct custom_fields VEC_FIELDS(struct custom_field);

/* entity 0: of all. Appended, strings live in arena. */
int custom_field_list(struct db *db, enum entity entity, struct arena *arena,
		      struct custom_fields *out, struct err *err);
/* ERR_NOT_FOUND. Locked in a transaction that writes. */
int custom_field_get(struct db *db, int64_t id, struct arena *arena,
		     struct custom_field *out, struct err *err);
/* Sets field->id. ERR_INVALID with the field's name, ERR_CONFLICT: the key is
 * taken. */
int custom_field_add(struct tx *tx, struct custom_field *field,
		     const struct actor *actor, struct arena *arena,
		     struct err *err);
/* Label and choices; key, entity and type are for life. `before` was read in
 * this transaction. ERR_INVALID with the field's name. */
int custom_field_update(struct tx *tx, const struct custom_field *before,
			const struct custom_field *field, struct err *err);
/* Values that records have of it stay, unseen. ERR_NOT_FOUND. */
int custom_field_remove(struct tx *tx, int64_t id, const struct actor *actor,
			struct err *err);

/* Is the value one of the field's type? ERR_INVALID, field `custom.KEY`. */
int custom_field_check(const struct custom_field *field, const json_t *value,
		       struct err *err);
/* The choice of a field that the text names in any case; NULL: none. */
const char *custom_field_choice(const struct custom_field *field,
				struct str text, struct arena *arena);

/*
 * What text (of a CSV) means as a value of the field, as JSON text in the
 * arena; empty gives NULL. ERR_INVALID, field `custom.KEY`.
 */
int custom_field_read(const struct custom_field *field, const char *text,
		      struct arena *arena, const char **json_out,
		      struct err *err);

/*
 * `before` (JSON object or NULL) with the members of `given` put in; null
 * takes one out. *out is NULL if nothing is left. ERR_INVALID: an unknown
 * key, a value of another type.
 */
int custom_merge(struct db *db, enum entity entity, const char *before,
		 const json_t *given, struct arena *arena, const char **out,
		 struct err *err);

#endif
