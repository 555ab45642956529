#include "crm/entity.h"

#include <string.h>

static const char *const names[] = { "", "people", "leads", "companies",
				     "users" };

const char *entity_name(enum entity entity)
{
	return names[entity];
}

bool entity_parse(const char *name, enum entity *out)
{
	for (enum entity e = ENTITY_PERSON; e <= ENTITY_COMPANY; e++) {
		if (strcmp(name, names[e]) == 0) {
			*out = e;
			return true;
		}
	}
	return false;
}
