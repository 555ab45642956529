/*
 * crm/browse/field_info.h - the fields of a kind of records, for whoever shows
 * them to choose from
 *
 * What a list can show, filter and sort by, and a form can change: the fields
 * of crm/field.h, custom ones, tags, responses to campaigns, and, of people,
 * the fields of their company. `name` is that of criteria
 * (crm/group/criteria.h); `company_name` of people is a column only, which
 * `company.name` asks for.
 */
#ifndef CRM_FIELD_INFO_H
#define CRM_FIELD_INFO_H

#include "base/vec.h"
#include "crm/entity.h"

#include <stdbool.h>

struct arena;
struct db;
struct err;
struct json_writer;

struct field_info {
	const char *name;
	const char *label;
	const char *type;       /* text number boolean date time email tag
				   choice response reference */
	const char *choices;    /* JSON array of texts; NULL: none */
	const char *const *ops; /* of criteria; ends with NULL */
	bool sortable, editable, custom;
};
struct field_infos VEC_FIELDS(struct field_info);

/* In the order in which they are shown; appended, strings live in arena. */
int field_info_list(struct db *db, enum entity entity, struct arena *arena,
		    struct field_infos *out, struct err *err);
/* The API's shape. */
void field_info_format(const struct field_info *info, struct json_writer *w);

#endif
