/*
 * audience/form/address_change.h - a member that wants its mail elsewhere
 *
 * It asks behind the link of a mail, which whoever has the mail may open. So
 * the new address must say so itself: it gets a mail, and the member keeps its
 * old one until the button behind the link of that is pressed. One address
 * waits at a time, the last that was asked for.
 *
 * What comes of asking does not depend on whether the address is known.
 */
#ifndef AUDIENCE_FORM_ADDRESS_CHANGE_H
#define AUDIENCE_FORM_ADDRESS_CHANGE_H

#include "audience/form/signup.h"

#define ADDRESS_CHANGE_DAYS 7 /* so long a link can be confirmed */

/*
 * Orders the mail (SIGNUP_MAIL_MOVE), and one to the address of now that says
 * what was asked (SIGNUP_MAIL_TOLD): it may have been somebody who was only
 * forwarded a mail. Neither, if the address is another member's of
 * the list, has said no, or was asked for too often: once an hour an address,
 * three times a member. ERR_INVALID: no address (field "email_address").
 * language: of the mail, "" if it is not known. The runner is to be woken after
 * the commit.
 */
int address_change_ask(struct tx *tx, const struct member *member,
		       const char *address, const char *language,
		       const struct member_actor *actor, struct arena *arena,
		       struct err *err);

struct address_change {
	struct member member; /* id 0: nobody is there any more */
	const char *address;  /* the new one, folded; "": none waits */
	enum signup_state state;
};
/* Of a link, whose signature was checked; its mark is of the new address. */
int address_change_look(struct db *db, const struct signup_link *link,
			int64_t now_ms, struct arena *arena,
			struct address_change *out, struct err *err);
/* The word of whoever reads the new address. out->state: as it is now; OVER
 * also if somebody else has the address by now. */
int address_change_confirm(struct tx *tx, const struct signup_link *link,
			   const struct member_actor *actor,
			   struct arena *arena, struct address_change *out,
			   struct err *err);

#endif
