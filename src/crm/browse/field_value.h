/*
 * crm/browse/field_value.h - the values that a text field has, for whoever
 * filters by it
 *
 * The most frequent ones of the newest FIELD_VALUES_ROWS records: so it costs
 * the same among a million, and what stands in old records only may lack.
 */
#ifndef CRM_FIELD_VALUE_H
#define CRM_FIELD_VALUE_H

#include "base/vec.h"
#include "crm/entity.h"

struct arena;
struct db;
struct err;

#define FIELD_VALUES_ROWS 20000
#define FIELD_VALUES_MOST 50

struct field_value {
	const char *value;
	int64_t count; /* of the records that were looked at */
};
struct field_values VEC_FIELDS(struct field_value);

/*
 * Those that contain `part` in any case (NULL, "": all), appended; strings live
 * in arena. name is that of criteria: a text of crm/field.h, `custom.KEY`, of
 * people also `company.NAME`. ERR_INVALID with field `field`: no text field of
 * such records.
 */
int field_value_list(struct db *db, enum entity entity, const char *name,
		     const char *part, int64_t limit, struct arena *arena,
		     struct field_values *out, struct err *err);

#endif
