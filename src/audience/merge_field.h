/*
 * audience/merge_field.h - the typed fields of an audience's members
 *
 * A field has a number (merge_id, stable), a tag (FNAME) and a type. Values
 * lie in member.merge, a JSON object by merge_id: {"1": "Ann", "5": 42}. They
 * are stored in one spelling: text as given, numbers as JSON numbers, dates
 * YYYY-MM-DD, birthdays MM/DD, an address as an object of texts; an empty
 * value is not stored at all.
 */
#ifndef AUDIENCE_MERGE_FIELD_H
#define AUDIENCE_MERGE_FIELD_H

#include "base/json.h"
#include "base/strbuf.h"
#include "base/vec.h"

struct arena;
struct db;
struct err;
struct tx;

#define MERGE_FIELDS_MAX 80 /* of a list */
#define MERGE_TEXT_MAX 255  /* bytes of a value */

/* The API's names in merge_type_name; stored as these names. */
enum merge_type {
	MERGE_TYPE_TEXT = 1,
	MERGE_TYPE_NUMBER,
	MERGE_TYPE_ADDRESS,
	MERGE_TYPE_PHONE,
	MERGE_TYPE_DATE,
	MERGE_TYPE_URL,
	MERGE_TYPE_IMAGEURL,
	MERGE_TYPE_RADIO,
	MERGE_TYPE_DROPDOWN,
	MERGE_TYPE_BIRTHDAY,
	MERGE_TYPE_ZIP,
};
const char *merge_type_name(enum merge_type type);

struct merge_def {
	int64_t id; /* merge_id */
	const char *tag;
	const char *name;
	enum merge_type type;
	bool required, is_public;
	const char *default_value;
	int64_t display_order;
	const char *options; /* JSON: size, choices, date_format, ... */
	const char *help_text;
};
struct merge_defs VEC_FIELDS(struct merge_def);

/* All of a list, sorted by tag, as the API lists them; strings live in arena.
 * Appends to *out. get: ERR_NOT_FOUND. */
int merge_field_list(struct db *db, int64_t list_id, struct arena *arena,
		     struct merge_defs *out, struct err *err);
int merge_field_get(struct db *db, int64_t list_id, int64_t merge_id,
		    struct arena *arena, struct merge_def *out,
		    struct err *err);
/* By tag, ASCII case ignored; NULL if there is none. */
const struct merge_def *merge_defs_find(const struct merge_defs *defs,
					const char *tag);

/* body: the API's object. ERR_INVALID names its field that is wrong, or is
 * titled "Bad Request" if the tag is taken or there are too many fields. */
int merge_field_add(struct tx *tx, int64_t list_id, const json_t *body,
		    struct arena *arena, struct merge_def *out,
		    struct err *err);
int merge_field_update(struct tx *tx, int64_t list_id, int64_t merge_id,
		       const json_t *body, struct arena *arena,
		       struct merge_def *out, struct err *err);
/* Its values stay in the members until these change, unseen. ERR_NOT_FOUND. */
int merge_field_remove(struct tx *tx, int64_t list_id, int64_t merge_id,
		       struct err *err);
/* FNAME, LNAME, ADDRESS, PHONE of a new list. */
int merge_field_add_defaults(struct tx *tx, int64_t list_id, struct err *err);

/* --- values --- */

/* The parts of an address, an object, in the order in which people write them.
 */
#define MERGE_ADDRESS_PARTS 6
extern const char *const merge_address_parts[MERGE_ADDRESS_PARTS];

struct field_error {
	const char *field; /* tag */
	const char *message;
};
struct field_errors VEC_FIELDS(struct field_error);

/*
 * Lay `given` ({"FNAME": "Ann", ...}; NULL: nothing) over `stored` (the
 * column's text) and append the new column text to *out. Unknown tags are
 * ignored. What does not fit is appended to *errors (strings in arena), and
 * the stored value stays. need_required: a required field without value is an
 * error too.
 */
void merge_values_lay(const struct merge_defs *defs, const char *stored,
		      const json_t *given, bool need_required,
		      struct arena *arena, struct strbuf *out,
		      struct field_errors *errors);

/* The API's object {"FNAME": "Ann", "PHONE": ""}: each field of the list. */
void merge_values_write(const struct merge_defs *defs, struct str stored,
			struct json_writer *w);

/* First and last name, as FNAME and LNAME have them, appended to *out. */
void merge_values_name(const struct merge_defs *defs, const char *stored,
		       struct strbuf *out);

/* The raw JSON value of a merge_id in the column's text (a text keeps its
 * quotes and escapes); empty if absent. Fast: no tree is made. */
struct str merge_value_raw(struct str stored, int64_t merge_id);

#endif
