/*
 * campaign/variate/variate_content.h - the contents of a test beside the first,
 * and what else of it stands in rows
 */
#ifndef CAMPAIGN_VARIATE_CONTENT_H
#define CAMPAIGN_VARIATE_CONTENT_H

#include "campaign/variate/variate.h"

struct content;
struct db;
struct tx;

/* As content_get, of the content at a position, from 1. ERR_NOT_FOUND: it was
 * not given yet, or the campaign is not there. */
int variate_content_get(struct db *db, int64_t campaign_id, int position,
			struct arena *arena, struct content *out,
			struct err *err);

/* One at a position from 2. What is NULL is empty. */
int variate_content_put(struct tx *tx, int64_t campaign_id, int position,
			const char *html, const char *plain_text,
			struct err *err);
/* Those behind a position. */
int variate_content_remove(struct tx *tx, int64_t campaign_id, int position,
			   struct err *err);
int variate_content_copy(struct tx *tx, int64_t from_id, int64_t to_id,
			 struct err *err);
/* The labels of the contents, as many as there are; in `save` only. ERR_INVALID
 * on variate_contents: they make too many combinations. ERR_RETRY. */
int variate_put_labels(struct tx *tx, const struct campaign *campaign,
		       const struct variate_texts *labels, int64_t now_ms,
		       struct err *err);

/* How many recipients of the ledger each variant has, from [1]: those of the
 * test. */
int variate_recipients(struct db *db, int64_t campaign_id,
		       int64_t out[VARIATE_VARIANTS + 1], struct err *err);

#endif
