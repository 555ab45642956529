/*
 * campaign/campaign_search.h - campaigns that say something
 *
 * By title, subject, preview text, name of the sender, and what the mail reads
 * as: a campaign fits if each word of the query is somewhere in these, whatever
 * its case. Markup is not looked at. The newest first; of very many that may
 * fit, only the newest CAMPAIGN_SEARCH_MOST are looked at.
 */
#ifndef CAMPAIGN_CAMPAIGN_SEARCH_H
#define CAMPAIGN_CAMPAIGN_SEARCH_H

#include "base/vec.h"

#include <stdint.h>

struct arena;
struct db;
struct err;

#define CAMPAIGN_SEARCH_MOST 1000
#define CAMPAIGN_SEARCH_WORDS_MAX 10
#define CAMPAIGN_SEARCH_QUERY_MAX 500 /* bytes */

struct campaign_found {
	int64_t id;
	const char *snippet; /* plain text around the first word, in arena */
};
struct campaigns_found VEC_FIELDS(struct campaign_found);

/* All that fit; appends. Removed ones are left out. ERR_INVALID with field
 * "query": it has no word, or too many. */
int campaign_search(struct db *db, const char *query, struct arena *arena,
		    struct campaigns_found *out, struct err *err);

#endif
