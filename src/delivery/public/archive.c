#include "delivery/public/archive.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "campaign/campaign.h"
#include "campaign/checklist.h"
#include "campaign/merge/merge_tag.h"
#include "campaign/variate/variate.h"
#include "delivery/mailing.h"
#include "delivery/track_token.h"
#include "store/db.h"

#include "sql/archive.h"

#include <string.h>

/* Whose subjects are rendered. */
struct reading {
	struct db *db;
	const struct mailing_setup *setup;
	struct arena *arena;
	int64_t now_ms;
	struct merge_fields fields;
	bool has_fields;
};

static int render_subject(struct reading *r, const struct campaign *campaign,
			  const char **out, struct err *err)
{
	CLEANUP(merge_program_free) struct merge_program *program = NULL;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	const struct campaign_sender_facts sender = {
		.organisation = r->setup->organisation,
		.postal_address = r->setup->postal_address,
		.public_url = r->setup->public_url,
	};
	const struct mailing_person nobody = MAILING_NOBODY;
	const char *subject = campaign->settings.subject_line;
	struct merge_piece piece = { .text = str_of(subject) };
	struct merge_facts facts;
	struct merge_how how = { .context = MERGE_HEADER,
				 .fields = &r->fields,
				 .facts = &facts };
	struct merge_person who;

	if (!r->has_fields && merge_fields_load(r->db, campaign->list_id,
						r->arena, &r->fields, err) < 0)
		return -1;
	r->has_fields = true;
	if (campaign_merge_facts(r->db, campaign, &sender, r->now_ms, r->arena,
				 &facts, err) < 0 ||
	    merge_compile(&piece, 1, &how, r->arena, &program, NULL, err) < 0)
		return -1;
	who = mailing_merge_person(&nobody, &r->fields, r->arena);
	if (merge_render(program, &who, &text) < 0)
		return err_set(err, ERR_LIMIT, "the subject gets too long");
	strbuf_trim(&text);
	*out = arena_str(r->arena, strbuf_str(&text));
	return 0;
}

/* Somebody may have removed it since. */
static int add_entry(struct reading *r, int64_t id, struct archive_entries *out,
		     struct err *err)
{
	struct archive_entry entry = { .campaign_id = id };
	struct campaign campaign;

	if (campaign_get(r->db, id, r->arena, &campaign, err) < 0) {
		if (err->code != ERR_NOT_FOUND)
			return -1;
		*err = (struct err)ERR_INIT;
		return 0;
	}
	(void)variate_apply(&campaign, campaign.winner, r->arena);
	entry.send_ms = campaign.send_ms;
	entry.subject = campaign.settings.subject_line;
	if (strstr(entry.subject, "*|") &&
	    render_subject(r, &campaign, &entry.subject, err) < 0)
		return -1;
	vec_push(out, entry);
	return 0;
}

int archive_list(struct db *db, const struct mailing_setup *setup,
		 int64_t list_id, const struct archive_mark *behind,
		 int64_t limit, int64_t now_ms, struct arena *arena,
		 struct archive_entries *out, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct reading r = {
		.db = db, .setup = setup, .arena = arena, .now_ms = now_ms
	};

	if (db_list_ids(db, SQL_ARCHIVE_PAGE,
			SQL_ARGS(sql_int(list_id), sql_int(behind->send_ms),
				 sql_int(behind->campaign_id), sql_int(limit)),
			&ids, err) < 0)
		return -1;
	vec_each (&ids, id)
		if (add_entry(&r, *id, out, err) < 0)
			return -1;
	return 0;
}

/* 1: somebody got it, and *variant is what all see of a test; 0, -1. */
static int is_out(struct db *db, int64_t campaign_id, struct arena *arena,
		  int *variant, struct err *err)
{
	struct campaign campaign;

	if (campaign_get(db, campaign_id, arena, &campaign, err) < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	*variant = campaign.winner;
	return campaign.status != CAMPAIGN_ARCHIVED && campaign.sent_seq > 0;
}

int archive_view(struct db *db, const struct mailing_setup *setup,
		 int64_t campaign_id, int64_t now_ms, struct arena *arena,
		 struct mailing_view *out, struct err *err)
{
	CLEANUP(mailing_put) struct mailing *mailing = NULL;
	const struct mailing_person nobody = MAILING_NOBODY;
	int variant = 0;
	int is = is_out(db, campaign_id, arena, &variant, err);

	if (is <= 0)
		return is;
	if (mailing_get_copy(db, setup, campaign_id, variant, "", now_ms,
			     &mailing, err) < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	return mailing_render_view(mailing, &nobody, arena, out, err) < 0 ? -1
									  : 1;
}

void archive_add_url(const struct mailing_setup *setup, int64_t campaign_id,
		     struct strbuf *out)
{
	const struct track_token token = { .purpose = TRACK_ARCHIVE,
					   .campaign_id = campaign_id,
					   .link_id = TRACK_COPY };

	strbuf_addf(out, "%s/t/%c/", setup->public_url, TRACK_ARCHIVE);
	track_token_format(setup->keys, &token, out);
}
