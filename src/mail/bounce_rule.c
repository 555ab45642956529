#include "mail/bounce_rule.h"

#include "base/cleanup.h"
#include "base/strbuf.h"

const char *bounce_rule_name(enum bounce_rule rule)
{
	static const char *const names[] = {
		[BOUNCE_RULE_HARD] = "hard",
		[BOUNCE_RULE_SOFT] = "soft",
		[BOUNCE_RULE_POLICY] = "policy",
	};

	return names[rule];
}

struct phrase {
	const char *text;
	enum bounce_rule rule;
};

/*
 * Looked at first, whatever the codes say: some servers use 5.1.1 and the like
 * for what is about the sender, or 5.7.1 for a mailbox that is not there. The
 * order matters: words of blocking win, as they never cost an address.
 */
static const struct phrase phrases[] = {
	{ "blacklist", BOUNCE_RULE_POLICY },
	{ "block list", BOUNCE_RULE_POLICY },
	{ "blocklist", BOUNCE_RULE_POLICY },
	{ "blocked", BOUNCE_RULE_POLICY },
	{ "spamhaus", BOUNCE_RULE_POLICY },
	{ "reputation", BOUNCE_RULE_POLICY },
	{ "spam", BOUNCE_RULE_POLICY },
	{ "dmarc", BOUNCE_RULE_POLICY },
	{ "policy", BOUNCE_RULE_POLICY },
	{ "prohibit", BOUNCE_RULE_POLICY },
	{ "authentica", BOUNCE_RULE_POLICY },
	{ "access denied", BOUNCE_RULE_POLICY },
	{ "unsolicited", BOUNCE_RULE_POLICY },
	{ "sender address rejected", BOUNCE_RULE_POLICY },
	{ "sender rejected", BOUNCE_RULE_POLICY },
	{ "relaying denied", BOUNCE_RULE_POLICY },
	{ "rate limit", BOUNCE_RULE_POLICY },
	{ "too many", BOUNCE_RULE_POLICY },
	{ "greylist", BOUNCE_RULE_SOFT },
	{ "mailbox full", BOUNCE_RULE_SOFT },
	{ "mailbox is full", BOUNCE_RULE_SOFT },
	{ "over quota", BOUNCE_RULE_SOFT },
	{ "overquota", BOUNCE_RULE_SOFT },
	{ "quota exceeded", BOUNCE_RULE_SOFT },
	{ "exceeded storage", BOUNCE_RULE_SOFT },
	{ "insufficient storage", BOUNCE_RULE_SOFT },
	{ "no such user", BOUNCE_RULE_HARD },
	{ "user unknown", BOUNCE_RULE_HARD },
	{ "unknown user", BOUNCE_RULE_HARD },
	{ "user not found", BOUNCE_RULE_HARD },
	{ "user doesn't exist", BOUNCE_RULE_HARD },
	{ "user does not exist", BOUNCE_RULE_HARD },
	{ "recipient not found", BOUNCE_RULE_HARD },
	{ "recipient unknown", BOUNCE_RULE_HARD },
	{ "unknown recipient", BOUNCE_RULE_HARD },
	{ "no such recipient", BOUNCE_RULE_HARD },
	{ "no mailbox", BOUNCE_RULE_HARD },
	{ "no such mailbox", BOUNCE_RULE_HARD },
	{ "mailbox not found", BOUNCE_RULE_HARD },
	{ "mailbox unavailable", BOUNCE_RULE_HARD },
	{ "mailbox does not exist", BOUNCE_RULE_HARD },
	{ "account does not exist", BOUNCE_RULE_HARD },
	{ "account that you tried to reach does not exist", BOUNCE_RULE_HARD },
	{ "address does not exist", BOUNCE_RULE_HARD },
	{ "invalid recipient", BOUNCE_RULE_HARD },
	{ "invalid mailbox", BOUNCE_RULE_HARD },
	{ "host or domain name not found", BOUNCE_RULE_HARD },
	{ "domain does not exist", BOUNCE_RULE_HARD },
};

/* Prefixes of "class.subject.detail" without the class, RFC 3463. */
static const struct phrase statuses[] = {
	{ "1.1", BOUNCE_RULE_HARD },   /* no such mailbox */
	{ "1.2", BOUNCE_RULE_HARD },   /* no such domain */
	{ "1.3", BOUNCE_RULE_HARD },   /* no address by its syntax */
	{ "1.6", BOUNCE_RULE_HARD },   /* moved, no forwarding */
	{ "1.10", BOUNCE_RULE_HARD },  /* null MX: takes no mail */
	{ "1.7", BOUNCE_RULE_POLICY }, /* of the sender's address */
	{ "1.8", BOUNCE_RULE_POLICY }, { "1.", BOUNCE_RULE_SOFT },
	{ "2.1", BOUNCE_RULE_HARD },  /* mailbox disabled */
	{ "2.", BOUNCE_RULE_SOFT },   /* full, too large */
	{ "3.", BOUNCE_RULE_SOFT },   /* mail system */
	{ "4.", BOUNCE_RULE_SOFT },   /* network, routing */
	{ "5.", BOUNCE_RULE_SOFT },   /* protocol */
	{ "6.", BOUNCE_RULE_SOFT },   /* content */
	{ "7.", BOUNCE_RULE_POLICY }, /* security and policy */
};

/* Addresses and links are no words: <nospam@...> says nothing about spam. */
static void add_prose(struct str text, struct strbuf *out)
{
	struct str word;

	while (text.s) {
		word = str_cut(&text, ' ');
		if (memchr(word.s, '@', word.len) ||
		    memmem(word.s, word.len, "://", 3))
			continue;
		strbuf_addslice(out, word);
		strbuf_addch(out, ' ');
	}
}

static bool find_phrase(const char *text, enum bounce_rule *out)
{
	CLEANUP(strbuf_release) struct strbuf prose = STRBUF_INIT;
	size_t i;

	add_prose(str_of(text), &prose);
	for (i = 0; i < ARRAY_SIZE(phrases); i++) {
		if (strcasestr(prose.buf, phrases[i].text)) {
			*out = phrases[i].rule;
			return true;
		}
	}
	return false;
}

/* "1.1" must not match "1.10": a prefix that ends in a digit ends there. */
static bool status_matches(const char *detail, const char *prefix)
{
	size_t len = strlen(prefix);

	if (strncmp(detail, prefix, len) != 0)
		return false;
	return prefix[len - 1] == '.' || detail[len] < '0' || detail[len] > '9';
}

static bool find_status(const char *enhanced, enum bounce_rule *out)
{
	size_t i;

	if (strlen(enhanced) < 5 || enhanced[1] != '.')
		return false;
	for (i = 0; i < ARRAY_SIZE(statuses); i++) {
		if (status_matches(enhanced + 2, statuses[i].text)) {
			*out = statuses[i].rule;
			return true;
		}
	}
	return false;
}

static enum bounce_rule by_code(int code)
{
	switch (code) {
	case 550: /* without any other sign, most often: no such mailbox */
	case 551:
	case 553:
		return BOUNCE_RULE_HARD;
	case 530:
	case 535:
	case 554:
		return BOUNCE_RULE_POLICY;
	default:
		return BOUNCE_RULE_SOFT;
	}
}

enum bounce_rule bounce_rule_find(int code, const char *enhanced,
				  const char *text)
{
	bool is_temporary = code ? code < 500 : enhanced && enhanced[0] == '4';
	enum bounce_rule rule;

	if (!(text && find_phrase(text, &rule)) &&
	    !(enhanced && find_status(enhanced, &rule)))
		rule = by_code(code);
	if (is_temporary && rule == BOUNCE_RULE_HARD)
		return BOUNCE_RULE_SOFT;
	return rule;
}
