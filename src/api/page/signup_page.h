/*
 * api/page/signup_page.h - the hosted sign-up form of an audience
 *
 * What the handlers (signup.c, signup_confirm.c) share: the form as it is
 * shown, what was typed, and what is wrong with it. Names of fields are those
 * of Mailchimp's embedded forms. Everything typed is hostile: it is checked
 * before it is used and escaped where it is shown.
 */
#ifndef API_PAGE_SIGNUP_PAGE_H
#define API_PAGE_SIGNUP_PAGE_H

#include "api/api.h"
#include "audience/form/signup.h"
#include "audience/form/signup_form.h"
#include "audience/interest/permission.h"
#include "audience/list.h"
#include "audience/member.h"
#include "audience/merge_field.h"
#include "delivery/track_token.h"
#include "reader/reader_text.h"

struct signup_wrong {
	const char *name; /* EMAIL, or the tag of a field */
	enum reader_text text;
};

struct signup_page {
	struct request *rq;
	struct db *db;
	struct list list;
	char account[LIST_ACCOUNT_HEX + 1];
	const struct reader_language *language;
	struct signup_form form;
	struct merge_defs fields; /* public ones, as they are displayed */
	struct interest_categories categories; /* but hidden ones */
	struct interests interests;
	struct interests permissions; /* if the list asks for any */
	VEC(struct signup_wrong) wrong;
	const char *stamp; /* when it was shown, signed; NULL: it is embedded
			      elsewhere, without what was typed */
	bool once_more;    /* it asks for another press of the button */
	/* Who looks at what is known of them; NULL: somebody who signs up. What
	 * such a form has empty is taken away, and its address is not asked. */
	const struct member *member;
	const json_t *known; /* by names of fields, in place of what was typed;
				NULL: what was typed */
};
void signup_page_release(struct signup_page *page);

/* u and id of the query. ERR_NOT_FOUND: no such audience. */
int signup_page_open(struct request *rq, struct signup_page *out,
		     struct err *err);
/* The same of a list that is known; db is the page's from here. */
int signup_page_load(struct request *rq, struct db *db, const struct list *list,
		     struct signup_page *out, struct err *err);
/* Its fields once more, as they would be with these choices: an array of {id,
 * public, required}, each may lack. ERR_INVALID. */
int signup_page_choose(struct signup_page *page, const json_t *choices,
		       struct err *err);
/* Only how its pages look: no fields, no interests, no form. */
int signup_page_look(struct request *rq, struct db *db, const struct list *list,
		     struct signup_page *out, struct err *err);
/* What its owner calls itself, or the list. */
const char *signup_page_title(const struct signup_page *page);
/* In the page's language; says who sends. */
const char *signup_text(const struct signup_page *page, enum reader_text text);

/* --- what was typed --- */

/* Of the form, or of the query of a GET; cut to what is worth showing again.
 * "": nothing. */
const char *signup_typed(const struct signup_page *page, const char *name);
/* A form of a size and type that people's programs send. */
int signup_check_body(const struct request *rq, struct err *err);
/* "PART[of]" */
const char *signup_typed_part(const struct signup_page *page, const char *name,
			      const char *part);
bool signup_chose(const struct signup_page *page,
		  const struct interest_category *category,
		  const struct interest *interest);
bool signup_permits(const struct signup_page *page,
		    const struct interest *permission);
/* Checks it: fills page->wrong, or *body_out with what member_apply takes. */
int signup_read(struct signup_page *page, json_t **body_out, struct err *err);
/* The field that only programs fill in has something. */
bool signup_is_trapped(const struct signup_page *page);
/* Of the hidden time stamp. */
enum signup_age {
	SIGNUP_STRANGE, /* none of ours: of a form elsewhere */
	SIGNUP_TOO_QUICK,
	SIGNUP_STALE,
	SIGNUP_FINE,
};
enum signup_age signup_age(const struct signup_page *page);
const char *signup_new_stamp(const struct signup_page *page);

/* --- proof of work, see signup_proof.c --- */

/* Is this form to carry one? Only where the server asks for it. */
bool signup_asks_proof(const struct signup_page *page);
/* Its field and script; beside: what stands before "post" of the action. */
void signup_write_proof(const struct signup_page *page, const char *beside,
			struct strbuf *out);
/* Does what was posted have it? Also if none is asked for. */
bool signup_is_proved(const struct signup_page *page);

/* What counts whoever asks, in the request's arena. */
const char *signup_client(const struct request *rq);

/* --- links of mails --- */

/* {token} of the path, made for this purpose. ERR_NOT_FOUND. */
int signup_read_link(const struct request *rq, enum track_purpose purpose,
		     struct signup_link *out, struct err *err);
/* Which audience, and whose address it is about. */
void signup_add_who(const struct signup_page *page, const char *address,
		    struct strbuf *out);

/* --- showing --- */

/* The form alone. action: where it posts to. */
void signup_write_form(const struct signup_page *page, const char *action,
		       struct strbuf *out);
void signup_write_fields(const struct signup_page *page, struct strbuf *out);
/* A field of ours: texts of reader_text.h. */
struct signup_own_field {
	const char *name;
	enum reader_text label;
	enum reader_text help; /* 0: none */
	const char *rest;      /* attributes */
	int lines;             /* of a text area; 0: one line */
	bool required;
};
void signup_write_own(const struct signup_page *page,
		      const struct signup_own_field *field, struct strbuf *out);
/* The field that people do not see, and the time stamp if there is one. */
void signup_write_guards(const struct signup_page *page, struct strbuf *out);
/* The page up to its heading, with the header of the form. */
void signup_begin(const struct signup_page *page, const char *heading,
		  struct response *rs);
void signup_write_page(const struct signup_page *page, struct response *rs);
/* What who sends this form agrees to, as it shows it: who sends, what for, and
 * the permissions that were ticked. "": it shows nothing of it. */
const char *signup_agreed_text(const struct signup_page *page);
/* Other words have another one: of all that it may say of consent. */
int64_t signup_words_mark(const struct signup_page *page);
/* As its owner calls it; one of the usual ones as readers of the page do. */
const char *signup_permission_name(const struct signup_page *page,
				   const struct interest *permission);
/* Texts of the owner: lines are paragraphs. */
void signup_add_lines(const char *text, struct strbuf *out);
/* Rules of ours, and of the form's styles those that do no harm. */
void signup_write_css(const struct signup_form *form, struct strbuf *out);

#endif
