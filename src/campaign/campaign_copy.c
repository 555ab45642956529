/*
 * Copies of campaigns: of all that one says, or for those who did not open it.
 * Called by handlers; any thread.
 */
#include "base/arena.h"
#include "base/err.h"
#include "campaign/campaign_private.h"
#include "campaign/folder.h"
#include "campaign/variate/variate_content.h"
#include "sql/campaign.h"

#include <string.h>

/* "News", "News (copy 01)", "News (copy 02)" ... */
static const char *title_of_copy(const char *title, struct arena *arena)
{
	const char *mark = strstr(title, " (copy ");
	const char *last = NULL;
	int64_t n = 0;

	for (; mark; mark = strstr(mark + 1, " (copy "))
		last = mark;
	if (last) {
		struct str number = { last + 7, strcspn(last + 7, ")") };

		if (str_to_int(number, &n) && last[7 + number.len] == ')' &&
		    last[8 + number.len] == '\0')
			title = arena_strndup(arena, title,
					      (size_t)(last - title));
		else
			n = 0;
	}
	return arena_printf(arena, "%s (copy %02lld)", title, (long long)n + 1);
}

/* Before the campaign, as above; it may be another folder by then. *out: 0, it
 * is in none. */
static int lock_folder_of(struct db *db, const char *hex, int64_t *out,
			  struct err *err)
{
	int64_t id = 0;
	int found = db_find_int(db, SQL_CAMPAIGN_FOLDER,
				SQL_ARGS(sql_text(hex)), &id, err);

	if (found > 0 && id > 0)
		found = folder_keep(db, FOLDER_CAMPAIGNS, id, err);
	*out = found > 0 ? id : 0;
	return found < 0 ? -1 : 0;
}

/* With its content; in the folder that is still there. */
static int store_copy(struct tx *tx, const struct campaign *c,
		      int64_t resend_of, int64_t now_ms, struct arena *arena,
		      struct campaign *out, struct err *err)
{
	struct sql_value source = sql_int(c->id);

	if (campaign_store_new(tx, c, resend_of, now_ms, arena, out, err) < 0 ||
	    db_exec(tx, SQL_CAMPAIGN_COPY_CONTENT,
		    SQL_ARGS(source, source, source, sql_int(out->id)),
		    err) < 0 ||
	    variate_content_copy(tx, c->id, out->id, err) < 0)
		return -1;
	return campaign_get(tx->db, out->id, arena, out, err);
}

int campaign_replicate(struct tx *tx, const char *hex, int64_t now_ms,
		       struct arena *arena, struct campaign *out,
		       struct err *err)
{
	struct campaign c;
	int64_t folder;

	if (lock_folder_of(tx->db, hex, &folder, err) < 0 ||
	    campaign_get_by_hex(tx->db, hex, arena, &c, err) < 0)
		return -1;
	c.folder_id = folder;
	c.parent_id = 0; /* no feed brought the copy */
	c.settings.title = title_of_copy(c.settings.title, arena);
	return store_copy(tx, &c, 0, now_ms, arena, out, err);
}

const char *campaign_cannot_resend(const struct campaign *c)
{
	if (c->status != CAMPAIGN_SENT)
		return "Only a campaign that is sent can be resent to those "
		       "who did not open it.";
	if (c->variate)
		return "A test cannot be resent to those who did not open it.";
	if (strcmp(c->type, "regular") != 0 || !c->tracking.opens)
		return "Nobody knows who did not open this campaign: its opens "
		       "were not counted.";
	if (!*c->list_hex)
		return "The list of this campaign is not there any more.";
	if (c->is_resent)
		return "This campaign was already resent to those who did not "
		       "open it.";
	return NULL;
}

int campaign_resend(struct tx *tx, const char *hex, int64_t now_ms,
		    struct arena *arena, struct campaign *out, struct err *err)
{
	const char *why;
	struct campaign c;
	int64_t folder;

	if (lock_folder_of(tx->db, hex, &folder, err) < 0 ||
	    campaign_get_by_hex(tx->db, hex, arena, &c, err) < 0)
		return -1;
	why = campaign_cannot_resend(&c);
	if (why)
		return err_title(err, ERR_CONFLICT, "Bad Request", "%s", why);
	c.folder_id = folder;
	c.parent_id = 0;
	c.settings.title = arena_printf(arena, "%s (resend)", c.settings.title);
	c.segment_id = 0;
	c.segment_opts = arena_printf(
		arena,
		"{\"match\":\"all\",\"conditions\":[{\"condition_type\":"
		"\"Aim\",\"field\":\"aim\",\"op\":\"noopen\",\"value\":"
		"\"%lld\"}]}",
		(long long)c.id);
	if (store_copy(tx, &c, c.id, now_ms, arena, out, err) >= 0)
		return 0;
	c.is_resent = true; /* somebody else was faster */
	return err->code == ERR_CONFLICT
		       ? err_title(err, ERR_CONFLICT, "Bad Request", "%s",
				   campaign_cannot_resend(&c))
		       : -1;
}
