/*
 * bridge/merge_fit.h - does a value of the CRM fit a merge field?
 *
 * What the audience would refuse is found out here, so that a value is dropped
 * and never the person (rule 22 of the domain). The types and what they take
 * are those of the Marketing API, GET /lists/{list_id}/merge-fields. Pure: no
 * database, no HTTP; any thread.
 */
#ifndef BRIDGE_MERGE_FIT_H
#define BRIDGE_MERGE_FIT_H

#include "base/strbuf.h"

#include <jansson.h>

/* A merge field as the audience describes it. */
struct merge_target {
	const char *tag;       /* FNAME */
	const char *type;      /* text number address phone date url imageurl
				* radio dropdown birthday zip */
	const json_t *options; /* choices, phone_format; NULL: none */
};

/*
 * The value as the type wants it, appended to out; false: it does not fit (out
 * may hold a part). value is not blank. Not for addresses: see below.
 */
bool merge_fit(const struct merge_target *target, const char *value,
	       struct strbuf *out);

struct postal_parts {
	const char *street, *city, *region, *postal_code, *country;
};
/* The object that a field of type `address` takes; false: a part is missing
 * that the audience insists on (street, city, region, postal code). */
bool merge_fit_address(const struct postal_parts *parts, struct strbuf *json);

#endif
