/*
 * The hosted sign-up form of an audience: shown, posted, and asked by a script
 * of another site. Handlers, also of the tracking listener; any worker.
 */
#include "api/page/signup_page.h"

#include "api/handlers.h"
#include "audience/form/signup.h"
#include "audience/form/signup_limit.h"
#include "base/arena.h"
#include "base/err.h"
#include "http/page.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#define CALLBACK_MAX 100
#define DAY_HOURS 8  /* of the hourly limit, for a whole day */
#define PROOF_USES 3 /* a family, or who presses the button twice */

int page_signup(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(signup_page_release) struct signup_page page = { .rq = rq };

	if (signup_page_open(rq, &page, err) < 0)
		return -1;
	page.stamp = signup_new_stamp(&page);
	signup_write_page(&page, rs);
	return 0;
}

/* --- signing up --- */

/* Who has one address of a network of IPv6 has them all. */
const char *signup_client(const struct request *rq)
{
	unsigned char ip[16];

	if (inet_pton(AF_INET6, rq->client_ip, ip) != 1)
		return arena_printf(rq->arena, "client %s", rq->client_ip);
	return arena_printf(rq->arena,
			    "client %02x%02x%02x%02x%02x%02x%02x%02x", ip[0],
			    ip[1], ip[2], ip[3], ip[4], ip[5], ip[6], ip[7]);
}

static int take_one(struct tx *tx, const struct request *rq, struct err *err)
{
	int64_t an_hour = api_of(rq)->signups_per_client;
	const struct signup_limit limit = { an_hour, an_hour * DAY_HOURS };
	int allowed;

	if (!an_hour)
		return 0;
	allowed = signup_limit_take(tx, signup_client(rq), &limit, rq->now_ms,
				    err);
	if (allowed == 0)
		return err_set(err, ERR_LIMIT, "too many sign-ups from here");
	return allowed < 0 ? -1 : 0;
}

/* Who signs up thousands has as many proofs to find: the others confirm. */
static int spend_proof(struct tx *tx, const struct signup_page *page,
		       bool *must_confirm, struct err *err)
{
	static const struct signup_limit limit = { PROOF_USES, PROOF_USES };
	const struct request *rq = page->rq;
	int allowed;

	if (*must_confirm || !signup_asks_proof(page))
		return 0;
	allowed = signup_limit_take(tx,
				    arena_printf(rq->arena, "proof %s",
						 signup_typed(page, "shown")),
				    &limit, rq->now_ms, err);
	*must_confirm = allowed == 0;
	return allowed < 0 ? -1 : 0;
}

static int sign_up(struct signup_page *page, const json_t *body,
		   bool *must_confirm, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const struct request *rq = page->rq;
	struct signup signup = { .body = body,
				 .form = page->list.name,
				 .text = signup_agreed_text(page) };
	const struct member_actor actor = { .source = SOURCE_USER,
					    .now_ms = rq->now_ms,
					    .ip = rq->client_ip };

	if (tx_begin(page->db, &tx, err) < 0 || take_one(&tx, rq, err) < 0 ||
	    spend_proof(&tx, page, must_confirm, err) < 0)
		return -1;
	signup.must_confirm = *must_confirm;
	if (signup_ask(&tx, &page->list, &signup, &actor, rq->arena, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	api_wake_audience(rq);
	return 0;
}

/* What it says depends on the list and the form alone: nobody learns whether
 * that address is known. */
static enum reader_text outcome_of(const struct signup_page *page,
				   bool must_confirm)
{
	return must_confirm || page->list.double_optin ? READER_ALMOST
						       : READER_SIGNED_UP;
}

static void show_outcome(const struct signup_page *page, bool must_confirm,
			 struct response *rs)
{
	enum reader_text title = outcome_of(page, must_confirm);
	const char *own = title == READER_SIGNED_UP
				  ? signup_form_text(&page->form,
						     "signup_thank_you_title",
						     page->rq->arena)
				  : "";

	signup_begin(page, *own ? own : signup_text(page, title), rs);
	page_paragraph(&rs->body, signup_text(page, title + 1));
	page_end(&rs->body);
}

int page_signup_post(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(signup_page_release) struct signup_page page = { .rq = rq };
	CLEANUP(json_free) json_t *body = NULL;
	enum signup_age age;
	bool must_confirm;

	if (signup_check_body(rq, err) < 0 ||
	    signup_page_open(rq, &page, err) < 0 ||
	    signup_read(&page, &body, err) < 0)
		return -1;
	age = signup_age(&page);
	must_confirm = age == SIGNUP_STRANGE || !signup_is_proved(&page);
	page.once_more = age == SIGNUP_TOO_QUICK || age == SIGNUP_STALE;
	if (!signup_is_trapped(&page) && (page.wrong.n || page.once_more)) {
		/* whoever was too quick has waited by the next time */
		page.stamp = age == SIGNUP_TOO_QUICK || age == SIGNUP_FINE
				     ? signup_typed(&page, "shown")
				     : signup_new_stamp(&page);
		rs->status = page.wrong.n ? 400 : 200;
		signup_write_page(&page, rs);
		return 0;
	}
	if (!signup_is_trapped(&page) &&
	    sign_up(&page, body, &must_confirm, err) < 0)
		return -1;
	show_outcome(&page, must_confirm, rs);
	return 0;
}

/* --- for scripts of other sites --- */

/* It is run: a name, with dots, and nothing else. */
static bool is_callback(const char *name)
{
	if (!name || !*name || strlen(name) > CALLBACK_MAX ||
	    isdigit((unsigned char)*name) || *name == '.')
		return false;
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && *name != '_' &&
		    *name != '$' && *name != '.')
			return false;
	return true;
}

/* "0 - Please enter a value": the number of the field, the address is 0. */
static const char *message_of(const struct signup_page *page)
{
	const struct signup_wrong *wrong = page->wrong.v;
	size_t number = 0;

	if (!page->wrong.n)
		return signup_text(page, outcome_of(page, true) + 1);
	if (strcmp(wrong->name, "EMAIL") != 0)
		vec_each (&page->fields, def) {
			number++;
			if (strcmp(def->tag, wrong->name) == 0)
				break;
		}
	return arena_printf(page->rq->arena, "%zu - %s", number,
			    signup_text(page, wrong->text));
}

/* The comment keeps the first bytes ours, whoever takes it for something else.
 */
static void write_answer(const char *callback, bool is_wrong, const char *text,
			 struct response *rs)
{
	struct json_writer w = JSON_WRITER(&rs->body);

	rs->content_type = "application/javascript; charset=utf-8";
	strbuf_addf(&rs->body, "/**/%s(", callback);
	json_begin_object(&w);
	json_key_text(&w, "result", is_wrong ? "error" : "success");
	json_key_text(&w, "msg", text);
	json_end_object(&w);
	strbuf_addstr(&rs->body, ")");
}

int page_signup_json(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(signup_page_release) struct signup_page page = { .rq = rq };
	CLEANUP(json_free) json_t *body = NULL;
	const char *callback = request_query(rq, "c");
	bool is_wrong, must_confirm = true;
	const char *text;

	if (!is_callback(callback))
		return err_field(err, "c", "is no name of a function");
	if (signup_page_open(rq, &page, err) < 0 ||
	    signup_read(&page, &body, err) < 0)
		return -1;
	is_wrong = page.wrong.n > 0;
	text = message_of(&page);
	if (!is_wrong && rq->method == HTTP_GET && !signup_is_trapped(&page) &&
	    sign_up(&page, body, &must_confirm, err) < 0) {
		if (err->code != ERR_LIMIT)
			return -1;
		is_wrong = true;
		text = signup_text(&page, READER_BUSY_MORE);
	}
	write_answer(callback, is_wrong, text, rs);
	return 0;
}
