/*
 * mail/bounce_rule.h - what an SMTP failure says about the address
 *
 * From what is most telling: known phrases in the text, else the enhanced
 * status code (RFC 3463), else the reply code. Words of blocking win over all
 * others: a hard bounce cleans the address, and must not rest on a doubt.
 */
#ifndef MAIL_BOUNCE_RULE_H
#define MAIL_BOUNCE_RULE_H

enum bounce_rule {
	BOUNCE_RULE_HARD,   /* no such mailbox or domain, and never will be */
	BOUNCE_RULE_SOFT,   /* full, slow, too big, out of order */
	BOUNCE_RULE_POLICY, /* they do not want this mail or sender: nothing is
			       wrong with the address */
};
const char *bounce_rule_name(enum bounce_rule rule);

/*
 * code: 0 if unknown. enhanced: "5.1.1", "" or NULL. text: may be NULL.
 * is_temporary failures (4xx) are never HARD.
 */
enum bounce_rule bounce_rule_find(int code, const char *enhanced,
				  const char *text);

#endif
