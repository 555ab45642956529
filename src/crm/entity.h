/*
 * crm/entity.h - the kinds of records of the CRM
 *
 * Their numbers stand in the column `entity` of every table that can belong
 * to more than one kind; their names in the API are plurals.
 */
#ifndef CRM_ENTITY_H
#define CRM_ENTITY_H

#include <stdbool.h>

/* Stored in the database: append only, never renumber. */
enum entity {
	ENTITY_PERSON = 1,
	ENTITY_LEAD = 2,
	ENTITY_COMPANY = 3,
	ENTITY_USER = 4, /* only as the end of a communication's link */
};

/* "people", "leads", "companies", "users". */
const char *entity_name(enum entity entity);
/* People, leads and companies; false: *out is untouched. */
bool entity_parse(const char *name, enum entity *out);

#endif
