#include "delivery/sent_mail.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/email.h"
#include "base/err.h"
#include "base/json.h"
#include "base/vec.h"
#include "campaign/campaign.h"
#include "campaign/checklist.h"
#include "campaign/merge/merge_tag.h"
#include "campaign/variate/variate.h"
#include "store/db.h"

#include "sql/sent_mail.h"

#include <string.h>

/* Somebody of a ledger who has one of the addresses asked for. */
struct candidate {
	int64_t campaign_id;
	const char *hash;
	bool has_moved; /* since they were sent it */
	int variant;
	struct mailing_person person;
};
struct candidates VEC_FIELDS(struct candidate);

/* What merge tags know of one audience. */
struct known_list {
	int64_t list_id;
	struct merge_fields fields;
	bool has_facts;
	struct merge_facts facts;
};
struct known_lists VEC_FIELDS(struct known_list);

struct finder {
	struct db *db;
	const struct mailing_setup *setup;
	struct arena *arena;
	int64_t now_ms;
	struct sent_mail *mails;
	size_t n;
	struct campaigns campaigns;
	struct candidates candidates;
	struct known_lists lists;
};

static void finder_release(struct finder *f)
{
	vec_release(&f->campaigns);
	vec_release(&f->candidates);
	vec_release(&f->lists);
}

static int load_campaigns(struct finder *f, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf hexes = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&hexes);

	json_begin_array(&w);
	for (size_t i = 0; i < f->n; i++)
		if (f->mails[i].campaign)
			json_text(&w, f->mails[i].campaign);
	json_end_array(&w);
	return campaign_list_by_hex(f->db, sql_str(strbuf_str(&hexes)),
				    f->arena, &f->campaigns, err);
}

static const struct campaign *campaign_of(const struct finder *f,
					  const struct sent_mail *mail)
{
	vec_each (&f->campaigns, c)
		if (mail->campaign && strcmp(c->hex, mail->campaign) == 0)
			return !mail->audience || strcmp(c->list_hex,
							 mail->audience) == 0
				       ? c
				       : NULL;
	return NULL;
}

/* --- members --- */

static void read_candidate(const struct rows *rows, struct arena *arena,
			   void *out)
{
	*(struct candidate *)out = (struct candidate){
		.campaign_id = rows_int(rows, 0),
		.hash = rows_dup(rows, 1, arena),
		.has_moved = rows_int(rows, 7),
		.variant = (int)rows_int(rows, 9),
		.person = { .member_id = rows_int(rows, 2),
			    .address = rows_dup(rows, 3, arena),
			    .unique_id = rows_dup(rows, 4, arena),
			    .merge = rows_dup(rows, 5, arena),
			    .optin_ms = rows_int(rows, 6),
			    .language = rows_dup(rows, 8, arena) },
	};
}

/* A page of a person's mails has the same few over and over. */
static void write_hashes(const struct finder *f, struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);

	json_begin_array(&w);
	for (size_t i = 0; i < f->n; i++) {
		const struct sent_mail *m = &f->mails[i];
		const struct sent_mail *before = i > 0 ? m - 1 : NULL;

		if (m->hash && (!before || !before->hash ||
				strcmp(before->hash, m->hash) != 0))
			json_text(&w, m->hash);
		if (before && before->hashes == m->hashes)
			continue;
		for (size_t k = 0; k < m->hashes_n; k++)
			json_text(&w, m->hashes[k]);
	}
	json_end_array(&w);
}

static int load_candidates(struct finder *f, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf campaigns = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf lists = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf hashes = STRBUF_INIT;

	write_hashes(f, &hashes);
	return db_list(f->db, SQL_SENT_MAIL_MEMBERS,
		       SQL_ARGS(sql_keys_of(&f->campaigns, id, &campaigns),
				sql_keys_of(&f->campaigns, list_id, &lists),
				sql_str(strbuf_str(&hashes))),
		       read_candidate, f->arena, &f->candidates, err);
}

static bool has_had(const struct sent_mail *mail, const char *hash)
{
	for (size_t i = 0; i < mail->hashes_n; i++)
		if (strcmp(mail->hashes[i], hash) == 0)
			return true;
	return false;
}

/* Who has the address still, else who has left it for another of theirs. */
static const struct candidate *candidate_of(const struct finder *f,
					    const struct sent_mail *mail,
					    int64_t campaign_id)
{
	const struct candidate *moved = NULL;
	size_t i = vec_lower(&f->candidates, campaign_id, campaign_id);

	for (; i < f->candidates.n; i++) {
		const struct candidate *c = &f->candidates.v[i];
		bool is_same = mail->hash && strcmp(mail->hash, c->hash) == 0;

		if (c->campaign_id != campaign_id)
			break;
		if (is_same && !c->has_moved)
			return c;
		if (c->has_moved && !is_same && has_had(mail, c->hash))
			moved = c;
	}
	return moved;
}

static void take_person(struct finder *f, struct sent_mail *mail,
			const struct candidate *c)
{
	struct err ignored = ERR_INIT;
	struct email email;

	mail->campaign_id = c->campaign_id;
	mail->person = c->person;
	if (mail->address &&
	    email_parse(mail->address, f->arena, &email, &ignored) == 0)
		mail->person.address = email.folded;
	else if (c->has_moved)
		mail->person.address = "";
}

/* --- subjects --- */

static int load_list(struct finder *f, const struct campaign *campaign,
		     struct known_list *out, struct err *err)
{
	struct campaign_sender_facts facts = {
		.organisation = f->setup->organisation,
		.postal_address = f->setup->postal_address,
		.public_url = f->setup->public_url,
	};

	out->list_id = campaign->list_id;
	if (merge_fields_load(f->db, campaign->list_id, f->arena, &out->fields,
			      err) < 0)
		return -1;
	if (!out->has_facts)
		return 0;
	return campaign_merge_facts(f->db, campaign, &facts, f->now_ms,
				    f->arena, &out->facts, err);
}

/* The facts of a list are asked for only if they are named: all members of it
 * are counted for them. */
static int list_of(struct finder *f, const struct campaign *campaign,
		   const struct known_list **out, struct err *err)
{
	const char *subject = campaign->settings.subject_line;
	struct known_list list = { .has_facts =
					   strcasestr(subject, "LIST:") ||
					   strcasestr(subject, "USER:") ||
					   strcasestr(subject, "INTERESTED:") };

	vec_each (&f->lists, known)
		if (known->list_id == campaign->list_id &&
		    known->has_facts >= list.has_facts) {
			*out = known;
			return 0;
		}
	if (load_list(f, campaign, &list, err) < 0)
		return -1;
	vec_push(&f->lists, list);
	*out = &f->lists.v[f->lists.n - 1];
	return 0;
}

static int render_subject(struct finder *f, const struct campaign *campaign,
			  struct sent_mail *mail, struct err *err)
{
	CLEANUP(merge_program_free) struct merge_program *program = NULL;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	const char *subject = campaign->settings.subject_line;
	struct merge_piece piece = { .text = str_of(subject) };
	const struct known_list *list;
	struct merge_facts facts;
	struct merge_person who;

	mail->subject = subject;
	if (!strstr(subject, "*|"))
		return 0;
	if (list_of(f, campaign, &list, err) < 0)
		return -1;
	facts = list->facts;
	facts.campaign_uid = campaign->hex;
	facts.subject = subject;
	facts.preview_text = campaign->settings.preview_text;
	facts.abuse_email = campaign->settings.reply_to;
	facts.send_ms = campaign->send_ms;
	if (strcasestr(subject, "INTERESTED:") &&
	    mailing_load_interests(f->db, mail->person.member_id, f->arena,
				   &mail->person.interests, err) < 0)
		return -1;
	who = mailing_merge_person(&mail->person, &list->fields, f->arena);
	if (merge_compile(&piece, 1,
			  &(struct merge_how){ .context = MERGE_HEADER,
					       .fields = &list->fields,
					       .facts = &facts },
			  f->arena, &program, NULL, err) < 0)
		return -1;
	if (merge_render(program, &who, &text) < 0)
		return err_set(err, ERR_LIMIT, "the subject gets too long");
	mail->subject = arena_str(f->arena, strbuf_str(&text));
	return 0;
}

static int find_one(struct finder *f, struct sent_mail *mail, struct err *err)
{
	const struct campaign *campaign = campaign_of(f, mail);
	const struct candidate *c =
		campaign ? candidate_of(f, mail, campaign->id) : NULL;
	struct campaign theirs;

	if (!c)
		return 0;
	take_person(f, mail, c);
	theirs = *campaign;
	(void)variate_apply(&theirs, c->variant, f->arena);
	return render_subject(f, &theirs, mail, err);
}

int sent_mails_find(struct db *db, const struct mailing_setup *setup,
		    struct sent_mail *mails, size_t n, int64_t now_ms,
		    struct arena *arena, struct err *err)
{
	CLEANUP(finder_release)
	struct finder f = { .db = db,
			    .setup = setup,
			    .arena = arena,
			    .now_ms = now_ms,
			    .mails = mails,
			    .n = n };

	if (n == 0)
		return 0;
	if (load_campaigns(&f, err) < 0)
		return -1;
	if (f.campaigns.n == 0)
		return 0;
	if (load_candidates(&f, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (find_one(&f, &mails[i], err) < 0)
			return -1;
	return 0;
}

int sent_mail_view(struct db *db, const struct mailing_setup *setup,
		   const struct sent_mail *mail, int64_t now_ms,
		   struct arena *arena, struct mailing_view *out,
		   struct err *err)
{
	CLEANUP(mailing_put) struct mailing *mailing = NULL;
	struct mailing_person person = mail->person;
	int variant = 0;

	BUG_ON(!mail->subject);
	if (mailing_load_interests(db, person.member_id, arena,
				   &person.interests, err) < 0 ||
	    mailing_variant_of(db, mail->campaign_id, person.member_id,
			       &variant, err) < 0 ||
	    mailing_get_shown(db, setup, mail->campaign_id, variant, now_ms,
			      &mailing, err) < 0)
		return -1;
	return mailing_render_view(mailing, &person, arena, out, err);
}
