#include "delivery/confirm_mail.h"

#include "audience/form/address_change.h"
#include "audience/form/signup.h"
#include "audience/list.h"
#include "audience/suppression.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "base/log.h"
#include "base/random.h"
#include "delivery/confirm_look.h"
#include "delivery/delivery.h"
#include "delivery/relay_setting.h"
#include "delivery/track_token.h"
#include "journal/gate.h"
#include "mail/dkim.h"
#include "mail/message.h"
#include "reader/reader_text.h"
#include "store/store.h"

#include "sql/recipient.h"

#include <string.h>

#define HELD_MS (10 * MS_MINUTE) /* from one look to the next */

struct confirm_mail {
	struct confirm_mail_setup setup;
	struct track_keys *keys;
	struct dkim_key *dkim; /* NULL: not signed here */
};

int confirm_mail_new(const struct confirm_mail_setup *setup,
		     struct confirm_mail **out, struct err *err)
{
	CLEANUP(confirm_mail_free)
	struct confirm_mail *cm = calloc(1, sizeof(*cm));
	const struct delivery_options *o = setup->options;

	BUG_ON(!cm);
	cm->setup = *setup;
	if (track_keys_load(setup->store, &cm->keys, err) < 0)
		return -1;
	if (*o->dkim_key_file &&
	    dkim_key_load(o->dkim_key_file, o->dkim_domain, o->dkim_selector,
			  &cm->dkim, err) < 0)
		return -1;
	*out = TAKE(cm);
	return 0;
}

void confirm_mail_free(struct confirm_mail **cm)
{
	if (!*cm)
		return;
	track_keys_free(&(*cm)->keys);
	dkim_key_free(&(*cm)->dkim);
	free(*cm);
	*cm = NULL;
}

/* --- what it is about --- */

struct letter {
	struct confirm_mail *cm;
	struct arena *arena;
	struct db *db;
	enum signup_mail mail;
	struct signup_link link;
	const char *said_language; /* "": not known */
	const struct reader_language *language;
	struct member member;
	const char *address; /* to which it goes */
	struct list list;
	struct list_sender from;
	int64_t now_ms;
};

static const struct {
	enum reader_text subject, mail;
	bool asks; /* else there is no link */
	enum reader_text link, ignore;
} words[] = {
	[SIGNUP_MAIL_CONFIRM] = { READER_CONFIRM_SUBJECT, READER_CONFIRM_MAIL,
				  true, READER_CONFIRM_LINK,
				  READER_CONFIRM_IGNORE },
	[SIGNUP_MAIL_KNOWN] = { READER_KNOWN_SUBJECT, READER_KNOWN_MAIL },
	[SIGNUP_MAIL_MOVE] = { READER_MOVE_SUBJECT, READER_MOVE_MAIL, true,
			       READER_MOVE_LINK, READER_MOVE_IGNORE },
	[SIGNUP_MAIL_TOLD] = { READER_TOLD_SUBJECT, READER_TOLD_MAIL },
};

static int read_payload(const struct job_run *run, struct letter *l,
			struct err *err)
{
	CLEANUP(json_free) json_t *tree = NULL;
	const char *language = "";
	int64_t mail = 0;

	if (json_parse(str_of(run->job->payload), &tree, err) < 0 ||
	    json_get_int(tree, "member", &l->link.member_id, err) < 0 ||
	    json_get_int(tree, "mail", &mail, err) < 0 ||
	    json_get_int(tree, "asked_ms", &l->link.asked_ms, err) < 0 ||
	    json_get_int(tree, "mark", &l->link.mark, err) < 0 ||
	    json_get_text(tree, "language", &language, err) < 0)
		return -1;
	if (mail < SIGNUP_MAIL_CONFIRM || mail >= (int64_t)ARRAY_SIZE(words))
		return err_set(err, ERR_INVALID, "no such mail");
	l->mail = (enum signup_mail)mail;
	l->said_language = arena_strdup(l->arena, language);
	return 0;
}

static int is_entered_by_hand(struct letter *l, struct err *err)
{
	const char *reason = "";
	int found =
		suppression_reason(l->db, l->address, l->arena, &reason, err);

	return found > 0 ? strcmp(reason, "manual") == 0 : found;
}

/* Whom it is about, and where it goes: 1 if that is still so; 0, -1. */
static int look(struct letter *l, struct err *err)
{
	struct address_change change;
	enum signup_state state;

	if (l->mail == SIGNUP_MAIL_MOVE) {
		if (address_change_look(l->db, &l->link, l->now_ms, l->arena,
					&change, err) < 0)
			return -1;
		l->member = change.member;
		l->address = change.address;
		return change.state == SIGNUP_WAITS;
	}
	if (signup_look(l->db, &l->link, l->now_ms, l->arena, &l->member,
			&state, err) < 0)
		return -1;
	l->address = l->member.address;
	if (l->mail == SIGNUP_MAIL_TOLD)
		return state != SIGNUP_OVER;
	return state ==
	       (l->mail == SIGNUP_MAIL_CONFIRM ? SIGNUP_WAITS : SIGNUP_DONE);
}

/* 1: it is still to be written; 0, -1. */
static int is_wanted(struct letter *l, struct err *err)
{
	int barred, is = look(l, err);

	if (is <= 0)
		return is;
	barred = is_entered_by_hand(l, err);
	if (barred != 0)
		return barred < 0 ? -1 : 0;
	if (list_get_by_id(l->db, l->member.list_id, l->arena, &l->list, err) <
	    0)
		return -1;
	l->from = list_sender_of(&l->list, l->arena);
	l->language = reader_language_find(l->said_language);
	if (!l->language)
		l->language = reader_language_find(l->member.language);
	if (!l->language)
		l->language =
			reader_language_find(list_language(&l->list, l->arena));
	if (!l->language)
		l->language = reader_language_english();
	return 1;
}

/* 1: no mail can go now, and *why_out says why. */
static int is_held(const struct letter *l, const char **why_out,
		   struct err *err)
{
	bool stays = false;
	int closed = gate_is_closed(l->db, l->arena, why_out, err);

	if (closed != 0)
		return closed;
	if (relay_is_outbox_now(l->db, l->cm->setup.options->relay, &stays,
				err) < 0)
		return -1;
	if (!email_is_valid(l->from.email))
		*why_out = "the audience has no sender's address";
	else if (!stays && !l->cm->setup.has_public_url)
		*why_out = "public_url is not set";
	else
		return 0;
	return 1;
}

/* --- its text --- */

static void add_link(const struct letter *l, struct strbuf *out)
{
	bool moves = l->mail == SIGNUP_MAIL_MOVE;
	const struct track_token token = { .purpose = moves ? TRACK_MOVE
							    : TRACK_CONFIRM,
					   .campaign_id = l->link.asked_ms,
					   .member_id = l->member.id,
					   .link_id = l->link.mark };

	strbuf_addf(out, "%s/%s/", l->cm->setup.public_url,
		    moves ? "t/m" : "subscribe/confirm");
	track_token_format(l->cm->keys, &token, out);
}

static const char *company_of(const struct letter *l)
{
	const char *company = list_company(&l->list, l->arena);

	if (*l->cm->setup.organisation)
		return l->cm->setup.organisation;
	return *company ? company : l->list.name;
}

/* It says who sends. */
static const char *text_of(const struct letter *l, enum reader_text text)
{
	CLEANUP(strbuf_release) struct strbuf filled = STRBUF_INIT;

	reader_text_fill(l->language->text[text], company_of(l), &filled);
	return arena_str(l->arena, strbuf_str(&filled));
}

/* What it is called, if that is more than who sends it; NULL: it is not. */
static const char *name_of(const struct letter *l)
{
	return strcmp(l->list.name, company_of(l)) == 0 ? NULL : l->list.name;
}

/* Who sends it, and where they are: lines. */
static const char *sender_lines(const struct letter *l)
{
	const char *own = l->cm->setup.postal_address;
	const char *contact = list_contact_lines(l->list.contact, l->arena);

	return *own || !*contact
		       ? arena_printf(l->arena, "%s\n%s", company_of(l), own)
		       : contact;
}

static void write_text(const struct letter *l, const char *link,
		       struct strbuf *out)
{
	bool asks = words[l->mail].asks;

	strbuf_addf(out, "%s\n", text_of(l, words[l->mail].mail));
	if (name_of(l))
		strbuf_addf(out, "\n%s %s\n", text_of(l, READER_LIST),
			    name_of(l));
	if (asks)
		strbuf_addf(out, "\n%s\n\n%s\n", link,
			    text_of(l, words[l->mail].ignore));
	strbuf_addf(out, "\n-- \n%s\n", sender_lines(l));
}

static void add_paragraph(const char *text, struct strbuf *out)
{
	strbuf_addstr(out, "<p>");
	strbuf_add_html(out, str_of(text));
	strbuf_addstr(out, "</p>\n");
}

static void add_fact(const char *label, const char *value, struct strbuf *out)
{
	strbuf_add_html(out, str_of(label));
	strbuf_addstr(out, " <strong><bdi>");
	strbuf_add_html(out, str_of(value));
	strbuf_addstr(out, "</bdi></strong>");
}

static int write_html(const struct letter *l, const char *link,
		      struct strbuf *out, struct err *err)
{
	struct confirm_look look;

	if (confirm_look_load(l->db, l->list.id, l->arena, &look, err) < 0)
		return -1;
	confirm_look_begin(&look, l->language->tag,
			   reader_direction(l->language), company_of(l), out);
	add_paragraph(text_of(l, words[l->mail].mail), out);
	if (name_of(l)) {
		strbuf_addstr(out, "<p>");
		add_fact(text_of(l, READER_LIST), name_of(l), out);
		strbuf_addstr(out, "</p>\n");
	}
	if (words[l->mail].asks) {
		confirm_look_button(&look, link,
				    text_of(l, words[l->mail].link), out);
		add_paragraph(text_of(l, words[l->mail].ignore), out);
	}
	confirm_look_end(sender_lines(l), out);
	return 0;
}

/* --- the message --- */

static int write_message(const struct letter *l, const struct email *from,
			 struct strbuf *out, struct err *err)
{
	static const struct message_header extra = { "Auto-Submitted",
						     { "auto-generated", 14 },
						     true };
	CLEANUP(strbuf_release) struct strbuf link = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf html = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf id = STRBUF_INIT;
	struct message m;
	char local[33];

	random_hex(local, 32);
	message_id_format(str_of(local), str_of(from->domain), &id);
	add_link(l, &link);
	write_text(l, link.buf, &text);
	if (write_html(l, link.buf, &html, err) < 0)
		return -1;
	m = (struct message){ .text = strbuf_str(&text),
			      .html = strbuf_str(&html) };
	m.layout.from = (struct mail_address){
		str_of(*l->from.name ? l->from.name : company_of(l)),
		str_of(from->wire)
	};
	m.layout.extra = &extra;
	m.layout.extra_n = 1;
	m.fields = (struct message_fields){
		.to = { .address = str_of(l->address) },
		.subject = str_of(text_of(l, words[l->mail].subject)),
		.message_id = strbuf_str(&id),
		.date_ms = l->now_ms,
	};
	return message_build(&m, out, err) < 0
		       ? -1
		       : dkim_put(l->cm->dkim, l->now_ms, out, err);
}

/* The mail is there if and only if the job knows that it is. */
static int hand_over(struct job_run *run, const struct letter *l,
		     struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf message = STRBUF_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct email from;

	if (email_parse(l->from.email, l->arena, &from, err) < 0 ||
	    write_message(l, &from, &message, err) < 0 ||
	    tx_begin(run->db, &tx, err) < 0 ||
	    db_exec(&tx, SQL_OUTGOING_ADD,
		    SQL_ARGS(sql_text(from.wire), sql_text(l->address),
			     sql_str(strbuf_str(&message)), sql_int(l->now_ms),
			     sql_int(l->now_ms)),
		    err) < 0 ||
	    job_progress(run, &tx, 1, 1, "{\"queued\":true}", err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int run_job(struct job_run *run, struct err *err)
{
	struct letter l = { .cm = run->context,
			    .arena = run->arena,
			    .db = run->db,
			    .now_ms = clock_now_ms() };
	const char *why = "";
	int is;

	if (run->job->state_json)
		return 0; /* it was handed over */
	if (read_payload(run, &l, err) < 0)
		return -1;
	is = is_wanted(&l, err);
	if (is <= 0)
		return is;
	is = is_held(&l, &why, err);
	if (is < 0)
		return -1;
	if (is == 0)
		return hand_over(run, &l, err);
	log_info("mail about a sign-up waits", LOG_TEXT("why", why));
	if (l.now_ms - run->job->created_ms < MS_DAY)
		return job_again(run, l.now_ms + HELD_MS);
	log_warn("mail about a sign-up was given up", LOG_TEXT("why", why));
	return 0;
}

struct job_kind confirm_mail_job_kind(struct confirm_mail *cm)
{
	return (struct job_kind){ .name = CONFIRM_MAIL_JOB,
				  .fn = run_job,
				  .context = cm };
}
