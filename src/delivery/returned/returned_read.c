/*
 * What a mail that came back says by itself, and what of it holds for whom it
 * is about. Called by returned.c; no database, any thread.
 */
#include "delivery/returned/returned.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/email.h"
#include "base/err.h"
#include "delivery/recipient.h"
#include "delivery/track_token.h"
#include "delivery/trouble.h"

#define TOKEN_MAX 100   /* characters; ours are shorter */
#define TOKENS_MAX 1000 /* looked at in one message */

const char *returned_kind_name(enum returned_kind kind)
{
	static const char *const names[] = {
		[RETURNED_IGNORED] = "ignored",
		[RETURNED_HARD] = "hard",
		[RETURNED_SOFT] = "soft",
		[RETURNED_COMPLAINT] = "complaint",
	};

	return names[kind];
}

static void say(struct returned *r, enum returned_kind kind, const char *why)
{
	r->kind = kind;
	r->why = why;
}

/* --- whose it is --- */

struct search {
	const struct track_keys *keys;
	struct track_token found;
	int looked_at;
	bool has_several; /* of different mails: it says nothing */
};

static bool is_of_token(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static void try_token(struct search *s, enum track_purpose purpose,
		      struct str text)
{
	struct track_token token;

	s->looked_at++;
	if (!track_token_parse(s->keys, text, purpose, &token) ||
	    token.campaign_id <= 0 || token.member_id <= 0)
		return; /* of others, of a test, or of nobody */
	if (s->found.member_id && (s->found.member_id != token.member_id ||
				   s->found.campaign_id != token.campaign_id))
		s->has_several = true;
	s->found = token;
}

/* "/t/u/TOKEN" or "/t/p/TOKEN" */
static void search_text(struct search *s, struct str text)
{
	const char *at = text.s, *end = text.s + text.len;

	while (at && s->looked_at < TOKENS_MAX &&
	       (at = memmem(at, (size_t)(end - at), "/t/", 3))) {
		struct str token = { at + 5, 0 };

		at += 3;
		if (end - at < 2 || at[1] != '/' ||
		    (at[0] != 'u' && at[0] != 'p'))
			continue;
		while (token.s + token.len < end && token.len < TOKEN_MAX &&
		       is_of_token(token.s[token.len]))
			token.len++;
		try_token(s,
			  at[0] == 'u' ? TRACK_UNSUBSCRIBE : TRACK_PREFERENCES,
			  token);
	}
}

/* Without the breaks of folded headers and of quoted-printable, for what is
 * quoted in prose, and by servers that break lines anywhere. */
static void join_lines(struct str text, struct strbuf *out)
{
	const char *at = text.s, *end = text.s + text.len;

	while (at < end) {
		const char *next = at;

		if (*next == '=' && next + 1 < end)
			next++;
		if (*next == '\r' && next + 1 < end)
			next++;
		if (*next == '\n' && *at == '=') {
			at = next + 1;
			continue;
		}
		if (*next == '\n' && next + 1 < end &&
		    (next[1] == ' ' || next[1] == '\t')) {
			at = next + 2;
			continue;
		}
		strbuf_addch(out, *at++);
	}
}

static int find_whose(struct str source, const struct track_keys *keys,
		      struct search *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf texts = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf joined = STRBUF_INIT;

	*out = (struct search){ .keys = keys };
	if (mail_report_texts(source, &texts, err) < 0)
		return -1;
	search_text(out, strbuf_str(&texts));
	search_text(out, source);
	if (out->found.member_id)
		return 0;
	join_lines(source, &joined);
	strbuf_addch(&joined, '\n');
	join_lines(strbuf_str(&texts), &joined);
	out->looked_at = 0;
	search_text(out, strbuf_str(&joined));
	return 0;
}

/* --- bounces --- */

static const struct mail_report_recipient *first_failed(
	const struct mail_report *report)
{
	for (size_t i = 0; i < report->recipients_n; i++)
		if (report->recipients[i].action == MAIL_ACTION_FAILED)
			return &report->recipients[i];
	return NULL;
}

static void judge(struct returned *r, const char *sender, const char *rcpt)
{
	const struct mail_report_recipient *f = r->failed;
	struct trouble_reply reply = { .stage = STAGE_DSN,
				       .code = f->code,
				       .enhanced = f->status,
				       .text = f->diagnostic,
				       .sender = sender,
				       .rcpt = rcpt };
	enum trouble trouble = trouble_of(&reply);
	bool is_told = f->code || *f->status;

	/* whom it could not reach for days is not our connection */
	if (trouble == TROUBLE_RELAY)
		trouble = TROUBLE_SOFT;
	if (trouble == TROUBLE_NONE || (!is_told && trouble != TROUBLE_HARD))
		say(r, RETURNED_IGNORED, "It does not say what failed.");
	else if (trouble_is_ours(trouble))
		say(r, RETURNED_IGNORED,
		    "It was refused because of the sender or of what the mail "
		    "says, which is not the mailbox's fault.");
	else if (trouble_bounce(trouble) == BOUNCE_HARD)
		say(r, RETURNED_HARD, "There is no such mailbox.");
	else
		say(r, RETURNED_SOFT,
		    "It could not be delivered; the mailbox may well exist.");
}

static void read_bounce(struct returned *r)
{
	r->failed = first_failed(&r->report);
	if (r->failed)
		judge(r, NULL, r->failed->address);
	else
		say(r, RETURNED_IGNORED,
		    "It arrived, or is still being tried.");
}

/* --- all of it --- */

/* Other types are reports of programs: auth-failure, virus ... */
static bool is_of_a_reader(const char *feedback_type)
{
	static const char *const types[] = {
		"", "abuse", "fraud", "other", "opt-out", "opt-out-list"
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (strcasecmp(feedback_type, types[i]) == 0)
			return true;
	return false;
}

static void read_complaint(struct returned *r)
{
	if (is_of_a_reader(r->report.feedback_type))
		say(r, RETURNED_COMPLAINT, "The reader called it spam.");
	else
		say(r, RETURNED_IGNORED, "It is no complaint of a reader.");
}

static void read_kind(struct returned *r)
{
	switch (r->report.kind) {
	case MAIL_REPORT_BOUNCE:
		read_bounce(r);
		return;
	case MAIL_REPORT_COMPLAINT:
		read_complaint(r);
		return;
	case MAIL_REPORT_AUTO_REPLY:
		say(r, RETURNED_IGNORED, "It is an automatic reply.");
		return;
	case MAIL_REPORT_NONE:
		break;
	}
	say(r, RETURNED_IGNORED, "It is no report of a mail server.");
}

int returned_read(struct str source, const struct track_keys *keys,
		  struct arena *arena, struct returned *out, struct err *err)
{
	struct returned r = { .kind = RETURNED_IGNORED };
	struct search search;

	if (mail_report_read(source, arena, &r.report, err) < 0)
		return -1;
	read_kind(&r);
	if (r.kind != RETURNED_IGNORED) {
		if (find_whose(source, keys, &search, err) < 0)
			return -1;
		if (search.found.member_id && !search.has_several) {
			r.campaign_id = search.found.campaign_id;
			r.member_id = search.found.member_id;
		} else {
			say(&r, RETURNED_IGNORED,
			    "It returns no mail that this server sent to "
			    "somebody.");
		}
	}
	*out = r;
	return 0;
}

/* --- with what is known of them --- */

static bool is_same(const char *a, const char *b, struct arena *arena)
{
	struct email x, y;
	struct err ignored = ERR_INIT;

	return email_parse(a, arena, &x, &ignored) == 0 &&
	       email_parse(b, arena, &y, &ignored) == 0 &&
	       strcmp(x.folded, y.folded) == 0;
}

/* That which is about their address, if there is one. */
static bool pick_theirs(struct returned *r, const char *address,
			struct arena *arena)
{
	for (size_t i = 0; i < r->report.recipients_n; i++) {
		const struct mail_report_recipient *one =
			&r->report.recipients[i];

		if (one->action == MAIL_ACTION_FAILED &&
		    is_same(one->address, address, arena)) {
			r->failed = one;
			return true;
		}
	}
	return false;
}

static void weigh_bounce(struct returned *r, const struct returned_whose *whose,
			 struct arena *arena)
{
	bool is_theirs = pick_theirs(r, whose->address, arena);
	bool is_told = is_theirs || *r->failed->address;

	if (!is_theirs && whose->is_moved) {
		say(r, RETURNED_IGNORED,
		    "They have another address by now than it went to.");
		return;
	}
	judge(r, whose->sender, is_told ? r->failed->address : whose->address);
	if (r->kind == RETURNED_HARD && !is_theirs && is_told)
		say(r, RETURNED_SOFT,
		    "It was forwarded to an address that does not exist.");
	if (whose->bounce == BOUNCE_HARD ||
	    (whose->bounce == BOUNCE_SOFT && r->kind == RETURNED_SOFT))
		say(r, RETURNED_IGNORED, "It was known already.");
}

void returned_weigh(struct returned *r, const struct returned_whose *whose,
		    struct arena *arena)
{
	if (r->kind == RETURNED_HARD || r->kind == RETURNED_SOFT)
		weigh_bounce(r, whose, arena);
	else if (r->kind == RETURNED_COMPLAINT && whose->has_complained)
		say(r, RETURNED_IGNORED, "It was known already.");
}
