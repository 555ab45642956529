#include "delivery/public/forward.h"

#include "audience/form/signup_form.h"
#include "audience/form/signup_limit.h"
#include "audience/list.h"
#include "audience/member.h"
#include "audience/suppression.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/email.h"
#include "base/err.h"
#include "base/random.h"
#include "base/utf8.h"
#include "campaign/campaign.h"
#include "delivery/barred.h"
#include "delivery/mailing.h"
#include "mail/dkim.h"
#include "mail/message.h"
#include "reader/reader_text.h"
#include "store/db.h"

#include "sql/archive.h"
#include "sql/recipient.h"

#include <stdlib.h>
#include <string.h>

#define DAY_FORWARDS 2 /* of the hourly limits, in a day */
static const struct signup_limit by_reader = { 3, 3 * DAY_FORWARDS };
static const struct signup_limit by_friend = { 1, DAY_FORWARDS };

/* Styles of the author's cannot hide who a mail is from. */
#define NOTE_BEGIN                                                 \
	" style=\"all:revert!important;display:block!important;"   \
	"visibility:visible!important;opacity:1!important;"        \
	"position:static!important;text-indent:0!important;"       \
	"font:16px/1.5 sans-serif!important;color:#222!important;" \
	"background:#f2f2f2!important;padding:16px!important;"     \
	"border-bottom:2px solid #767676!important\">\n"

struct forwarding {
	struct arena *arena;
	struct tx *tx;
	const struct mailing_setup *setup;
	const struct barred *barred;
	const struct forward *forward;
	struct list list;
	const char *subscribe; /* where the list's form is */
	struct mailing_view view;
	int64_t now_ms, sent;
};

static const char *text_of(const struct forwarding *f, enum reader_text text)
{
	return f->forward->language->text[text];
}

/* --- what they typed --- */

/* Embeddings, overrides and isolates turn what stands around them. */
static bool turns_text(uint32_t c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

const char *forward_clean(const char *text, bool breaks, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	while (*text) {
		struct str one = { text, utf8_sequence(str_of(text)) };
		unsigned char c = (unsigned char)*text;
		uint32_t code = 0;

		if (one.len == 0)
			break; /* it is checked before */
		if (one.len == 3)
			code = (c & 0x0fu) << 12 | (text[1] & 0x3fu) << 6 |
			       (text[2] & 0x3fu);
		text += one.len;
		if (c == '\n' || c == '\t')
			strbuf_addch(&out, breaks ? (char)c : ' ');
		else if (c >= 0x20 && c != 0x7f && !turns_text(code))
			strbuf_addslice(&out, one);
	}
	strbuf_trim(&out);
	return arena_str(arena, strbuf_str(&out));
}

/* --- the note before the mail --- */

static void add_words_html(const char *words, struct strbuf *out)
{
	struct str rest = str_of(words);

	if (!*words)
		return;
	strbuf_addstr(out, "<blockquote dir=\"auto\">");
	while (rest.len) {
		strbuf_add_html(out, str_trim(str_cut(&rest, '\n')));
		if (rest.len)
			strbuf_addstr(out, "<br>\n");
	}
	strbuf_addstr(out, "</blockquote>\n");
}

static const char *note_html(const struct forwarding *f)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	const struct reader_language *language = f->forward->language;

	strbuf_addf(&out, "<div lang=\"%s\" dir=\"%s\"" NOTE_BEGIN "<p>",
		    language->tag, reader_direction(language));
	strbuf_add_html(&out, str_of(text_of(f, READER_FORWARD_BY)));
	strbuf_addstr(&out, " <strong><bdi>");
	strbuf_add_html(&out, str_of(f->forward->name));
	strbuf_addstr(&out, "</bdi></strong></p>\n");
	add_words_html(f->forward->words, &out);
	strbuf_addstr(&out, "<p>");
	strbuf_add_html(&out, str_of(text_of(f, READER_FORWARD_OVER)));
	strbuf_addstr(&out, " <a href=\"");
	strbuf_add_html(&out, str_of(f->subscribe));
	strbuf_addstr(&out, "\" style=\"color:#1a4f8b\"><bdi>");
	strbuf_add_html(&out, str_of(f->list.name));
	strbuf_addstr(&out, "</bdi></a></p>\n</div>\n");
	return arena_str(f->arena, strbuf_str(&out));
}

static void write_text(const struct forwarding *f, struct strbuf *out)
{
	const char *words = f->forward->words;

	strbuf_addf(out, "%s %s\n\n", text_of(f, READER_FORWARD_BY),
		    f->forward->name);
	if (*words)
		strbuf_addf(out, "%s\n\n", words);
	strbuf_addf(out, "%s\n%s\n\n----------\n\n%s",
		    text_of(f, READER_FORWARD_OVER), f->subscribe,
		    f->view.text);
}

/* --- one mail --- */

static int write_message(const struct forwarding *f, const char *to,
			 struct strbuf *out, struct err *err)
{
	static const struct message_header extra = { "Auto-Submitted",
						     { "auto-generated", 14 },
						     true };
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf id = STRBUF_INIT;
	const char *sender = f->view.from_email;
	const char *html = f->view.html ? f->view.html : "";
	const char *subject =
		arena_printf(f->arena, "Fwd: %s", f->view.subject);
	struct message m = { .html = str_of(html) };
	char local[33];

	random_hex(local, 32);
	message_id_format(str_of(local), str_of(strrchr(sender, '@') + 1), &id);
	/* who reads plain text gets what the author wrote for them */
	if (!*html || *f->view.text)
		write_text(f, &text);
	m.text = strbuf_str(&text);
	m.layout = (struct message_layout){
		.from = { str_of(f->view.from_name), str_of(sender) },
		.extra = &extra,
		.extra_n = 1,
	};
	m.fields = (struct message_fields){
		.to = { .address = str_of(to) },
		.subject = str_of(subject),
		.message_id = strbuf_str(&id),
		.date_ms = f->now_ms,
	};
	return message_build(&m, out, err) < 0
		       ? -1
		       : dkim_put(f->setup->dkim, f->now_ms, out, err);
}

static int queue(struct forwarding *f, const char *to, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf message = STRBUF_INIT;

	if (write_message(f, to, &message, err) < 0 ||
	    db_exec(f->tx, SQL_OUTGOING_ADD,
		    SQL_ARGS(sql_text(f->view.from_email), sql_text(to),
			     sql_str(strbuf_str(&message)), sql_int(f->now_ms),
			     sql_int(f->now_ms)),
		    err) < 0)
		return -1;
	f->sent++;
	return 0;
}

/* --- whom it may go to --- */

/* 1: they said no, or mail to them is useless; 0, -1. */
static int has_said_no(const struct forwarding *f, const struct email *email,
		       struct err *err)
{
	bool suppressed = false, forgotten = false, left = false,
	     barred = false;
	struct db *db = f->tx->db;
	struct member member;
	int found = member_find(db, f->list.id, email->hash, f->arena, &member,
				err);

	if (found < 0 ||
	    suppression_check(db, &email->folded, 1, &suppressed, err) < 0 ||
	    forgotten_check(db, f->list.id, &email->folded, 1, &forgotten,
			    err) < 0 ||
	    left_check(db, f->list.id, &email->folded, 1, &left, err) < 0 ||
	    (f->barred &&
	     barred_find(f->barred, &email->folded, 1, &barred, err) < 0))
		return -1;
	return suppressed || forgotten || left || barred ||
	       (found && (member.status == MEMBER_UNSUBSCRIBED ||
			  member.status == MEMBER_CLEANED));
}

static int send_to(struct forwarding *f, const char *address, struct err *err)
{
	struct email email;
	int no, allowed;

	if (email_parse(address, f->arena, &email, err) < 0)
		return -1;
	no = has_said_no(f, &email, err);
	if (no != 0)
		return no < 0 ? -1 : 0;
	allowed = signup_limit_take(
		f->tx,
		arena_printf(f->arena, "forward to %s",
			     signup_limit_name(email.folded, f->arena)),
		&by_friend, f->now_ms, err);
	return allowed <= 0 ? allowed : queue(f, email.folded, err);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In their order, so that no two wait for each other; each once. */
static int send_all(struct forwarding *f, struct err *err)
{
	size_t n = f->forward->n;
	const char **sorted = arena_array(f->arena, const char *, n + 1);

	for (size_t i = 0; i < n; i++) {
		struct email email;

		if (email_parse(f->forward->addresses[i], f->arena, &email,
				err) < 0)
			return -1;
		sorted[i] = email.folded;
	}
	qsort(sorted, n, sizeof(*sorted), by_text);
	for (size_t i = 0; i < n; i++)
		if ((i == 0 || strcmp(sorted[i], sorted[i - 1]) != 0) &&
		    send_to(f, sorted[i], err) < 0)
			return -1;
	return 0;
}

/* --- all of it --- */

static int take_one(const struct forwarding *f, struct err *err)
{
	const struct forward *forward = f->forward;
	const struct signup_limit by_client = {
		forward->per_client, forward->per_client * DAY_FORWARDS
	};
	int allowed =
		signup_limit_take(f->tx,
				  arena_printf(f->arena, "forward by %lld",
					       (long long)forward->member_id),
				  &by_reader, f->now_ms, err);

	if (allowed > 0 && forward->per_client)
		allowed = signup_limit_take(f->tx,
					    arena_printf(f->arena,
							 "forward from %s",
							 forward->client),
					    &by_client, f->now_ms, err);
	if (allowed == 0)
		return err_set(err, ERR_LIMIT, "forwarded too often");
	return allowed < 0 ? -1 : 0;
}

static int render(struct forwarding *f, struct err *err)
{
	CLEANUP(mailing_put) struct mailing *mailing = NULL;
	const struct mailing_person nobody = MAILING_NOBODY;
	const char *note = note_html(f);
	int variant;

	if (mailing_variant_of(f->tx->db, f->forward->campaign_id,
			       f->forward->member_id, &variant, err) < 0 ||
	    mailing_get_copy(f->tx->db, f->setup, f->forward->campaign_id,
			     variant, note, f->now_ms, &mailing, err) < 0)
		return -1;
	return mailing_render_view(mailing, &nobody, f->arena, &f->view, err);
}

static int load(struct forwarding *f, struct db *db, struct err *err)
{
	char account[LIST_ACCOUNT_HEX + 1];
	struct campaign campaign;

	if (campaign_get(db, f->forward->campaign_id, f->arena, &campaign,
			 err) < 0 ||
	    list_get_by_id(db, campaign.list_id, f->arena, &f->list, err) < 0 ||
	    list_account_id(db, account, err) < 0)
		return -1;
	f->subscribe = signup_form_url(f->setup->public_url, account,
				       f->list.hex, f->arena);
	return 0;
}

int forward_send(struct db *db, const struct mailing_setup *setup,
		 const struct barred *barred, const struct forward *forward,
		 int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct forwarding f = { .arena = arena,
				.tx = &tx,
				.setup = setup,
				.barred = barred,
				.forward = forward,
				.now_ms = now_ms };

	BUG_ON(forward->n > FORWARD_MOST);
	if (load(&f, db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    take_one(&f, err) < 0 || render(&f, err) < 0 ||
	    send_all(&f, err) < 0 ||
	    db_exec(&tx, SQL_FORWARD_COUNT,
		    SQL_ARGS(sql_int(f.sent), sql_int(forward->campaign_id)),
		    err) < 0)
		return -1;
	return tx_commit(&tx, err);
}
