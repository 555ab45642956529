/*
 * audience/form/signup.h - who signs up by itself, and confirms it
 *
 * Whoever is new, on a list without double opt-in, is subscribed at once; all
 * others are asked by a mail to their address (job "confirm-mail", see
 * delivery/confirm_mail.h), and are subscribed when they press the button
 * behind its link. Until then a new address is a `pending` member; of one that
 * is there already nothing changes, whoever asked. Somebody who says no in
 * between is not subscribed by an older link.
 *
 * What came of a sign-up does not depend on whether the address is known:
 * whoever asks learns nothing of that.
 */
#ifndef AUDIENCE_FORM_SIGNUP_H
#define AUDIENCE_FORM_SIGNUP_H

#include "audience/member.h"

#define SIGNUP_DAYS 30 /* so long a link can be confirmed */
#define CONFIRM_MAIL_JOB "confirm-mail"

/* Of a mail about a sign-up. Stored in jobs: append only. */
enum signup_mail {
	SIGNUP_MAIL_CONFIRM = 1, /* asks to confirm */
	SIGNUP_MAIL_KNOWN = 2,   /* says that it is subscribed */
	SIGNUP_MAIL_MOVE = 3,    /* asks a new address, see address_change.h */
	SIGNUP_MAIL_TOLD = 4,    /* says to the old one that it was asked */
};

/* What somebody asked for. body: as the API's, with email_address, checked
 * (merge_values_lay); status is not read. */
struct signup {
	const json_t *body;
	bool must_confirm; /* even if the list does not ask for it */
	/* Of the form, for the proof (form/agreement.h): its name, and what it
	 * says that one agrees to, "" if nothing. */
	const char *form, *text;
};
/*
 * ERR_INVALID: no address (field "email_address"). Locks the member. actor: the
 * contact itself.
 */
int signup_ask(struct tx *tx, const struct list *list,
	       const struct signup *signup, const struct member_actor *actor,
	       struct arena *arena, struct err *err);

/*
 * A member is to confirm, by a mail unless too many were asked for lately: of
 * those that the contact asks for one an hour an address, of others three; ten
 * a day. given: see struct signup; NULL: nothing new. language: of the mail, ""
 * if it is not known. The runner is to be woken after the commit.
 */
struct signup_mail_order {
	const struct member *member;
	enum signup_mail mail;
	const char *given;
	const char *language;
	const struct signup *signup; /* NULL: no form was shown */
};
int signup_order_mail(struct tx *tx, const struct signup_mail_order *order,
		      const struct member_actor *actor, struct arena *arena,
		      struct err *err);

/* The mail alone, without asking how often; goes to the member's address. */
int signup_add_mail_job(struct tx *tx, const struct signup_mail_order *order,
			int64_t now_ms, struct err *err);

/* Of a link, whose signature was checked. mark: of the address it was sent to;
 * whoever has that confirms nothing for another one that the member has now. */
struct signup_link {
	int64_t member_id, asked_ms, mark;
};
int64_t signup_mark(const struct member *member);
enum signup_state {
	SIGNUP_OVER, /* too old, said no since, or nobody is there */
	SIGNUP_WAITS,
	SIGNUP_DONE, /* it is subscribed */
};
/* *member is filled unless it is over and nobody is there: id 0. */
int signup_look(struct db *db, const struct signup_link *link, int64_t now_ms,
		struct arena *arena, struct member *member,
		enum signup_state *out, struct err *err);
/* The contact's own word. *out: as it is now; DONE also if it was before. */
int signup_confirm(struct tx *tx, const struct signup_link *link,
		   const struct member_actor *actor, struct arena *arena,
		   enum signup_state *out, struct err *err);

#endif
