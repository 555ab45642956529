/*
 * campaign/campaign_private.h - between rows, structs and the API's objects
 */
#ifndef CAMPAIGN_CAMPAIGN_PRIVATE_H
#define CAMPAIGN_CAMPAIGN_PRIVATE_H

#include "campaign/campaign.h"
#include "store/db.h"

/* A row with the columns of campaign-find; out: a struct campaign. */
row_fn campaign_read_row;

/* JSON of the columns `settings` and `tracking`: what is missing in it has its
 * default; texts live in arena. format appends. */
void campaign_settings_read(const char *json, struct arena *arena,
			    struct campaign_settings *out);
void campaign_tracking_read(const char *json, struct arena *arena,
			    struct campaign_tracking *out);
void campaign_settings_format(const struct campaign_settings *settings,
			      struct strbuf *out);
void campaign_tracking_format(const struct campaign_tracking *tracking,
			      struct strbuf *out);

/* A row in `save` with new names, of what *c says; read again into *out.
 * resend_of: whose non-openers it goes to; 0: nobody's. */
int campaign_store_new(struct tx *tx, const struct campaign *c,
		       int64_t resend_of, int64_t now_ms, struct arena *arena,
		       struct campaign *out, struct err *err);

/* Does its checklist let it go? 1; 0: *why_out is its first error (arena; may
 * be NULL); -1. */
int campaign_is_ready(struct db *db, const struct campaign *c,
		      const struct campaign_sender_facts *facts, int64_t now_ms,
		      struct arena *arena, const char **why_out,
		      struct err *err);

/* Who ordered it last: 1, 0: there is no such campaign, -1. */
int campaign_order_find(struct db *db, const char *hex,
			struct campaign_order *out, struct err *err);
/* May they still send? 1, 0: *why_out says why not; -1. No transaction is open:
 * this is asked elsewhere. */
int campaign_order_may_send(const struct campaign_sender_facts *facts,
			    const struct campaign_order *by,
			    struct arena *arena, const char **why_out,
			    struct err *err);

#endif
