#include "delivery/trouble_phrase.h"

#include "base/cleanup.h"
#include "base/strbuf.h"

#include <ctype.h>

struct phrase {
	const char *text; /* lower case; "=": as a whole word */
	enum trouble trouble;
	const char *status; /* only beside that one; NULL: any */
};

/* In this order; the first that is found decides. */
static const struct phrase phrases[] = {
	/* Words that would be misread further down. */
	{ "greylist", TROUBLE_RETRY, NULL },
	{ "graylist", TROUBLE_RETRY, NULL },
	{ "grey list", TROUBLE_RETRY, NULL },
	{ "not listed in", TROUBLE_HARD, NULL }, /* a directory */
	{ "resolver.rst.", TROUBLE_SOFT, NULL }, /* whom this one hears */
	{ "sendernotauthenticatedfor", TROUBLE_SOFT, NULL },
	{ "authenticated senders only", TROUBLE_SOFT, NULL },
	{ "only accepts mail from", TROUBLE_SOFT, NULL },
	{ "members-only", TROUBLE_SOFT, NULL },
	{ "members only", TROUBLE_SOFT, NULL },
	{ "blocked by the recipient", TROUBLE_SOFT, NULL },
	{ "blocked by recipient", TROUBLE_SOFT, NULL },
	{ "rejected by recipient", TROUBLE_SOFT, NULL },
	{ "blacklisted by recipient", TROUBLE_SOFT, NULL },
	{ "contact is receiving mail", TROUBLE_SOFT, NULL },
	{ "receiving mail too quickly", TROUBLE_SOFT, NULL },
	{ "mailbox unavailable or access denied", TROUBLE_SOFT, NULL },
	{ "recipient's block", TROUBLE_SOFT, NULL },
	{ "recipient's black", TROUBLE_SOFT, NULL },
	{ "recipient's white", TROUBLE_SOFT, NULL },
	{ "recipient's filter", TROUBLE_SOFT, NULL },
	{ "recipient has blocked", TROUBLE_SOFT, NULL },
	{ "user's block", TROUBLE_SOFT, NULL },
	{ "user's black", TROUBLE_SOFT, NULL },
	{ "user's personal", TROUBLE_SOFT, NULL },
	{ "user has blocked", TROUBLE_SOFT, NULL },
	{ "blacklisted by user", TROUBLE_SOFT, NULL },
	{ "blocked by user", TROUBLE_SOFT, NULL },
	{ "from unknown senders", TROUBLE_SOFT, NULL },
	{ "from authenticated senders", TROUBLE_SOFT, NULL },
	{ "distribution list", TROUBLE_SOFT, NULL },
	{ "to this list", TROUBLE_SOFT, NULL },
	{ "to this group", TROUBLE_SOFT, NULL },
	{ "mailbox full", TROUBLE_SOFT, NULL },
	{ "mailbox is full", TROUBLE_SOFT, NULL },
	{ "receive limit", TROUBLE_SOFT, NULL },
	{ "receiving limit", TROUBLE_SOFT, NULL },
	{ "messages in mailbox", TROUBLE_SOFT, NULL },
	{ "mailbox limit", TROUBLE_SOFT, NULL },
	{ "too many messages", TROUBLE_SOFT, "5.2.2" },
	{ "maximum number of", TROUBLE_SOFT, "5.2.2" },
	{ "log in", TROUBLE_SOFT, "5.2.1" }, /* nobody does any more */
	{ "login", TROUBLE_SOFT, "5.2.1" },
	{ "logged in", TROUBLE_SOFT, "5.2.1" },
	{ "username not found", TROUBLE_HARD, NULL },
	{ "username unknown", TROUBLE_HARD, NULL },
	{ "unknown username", TROUBLE_HARD, NULL },
	{ "your mailbox", TROUBLE_UNCLEAR, NULL }, /* whose? */
	{ "domain not found", TROUBLE_UNCLEAR, "5.7.1" },
	{ "a record for", TROUBLE_UNCLEAR, NULL },
	{ "mx record for", TROUBLE_UNCLEAR, NULL },
	{ "too many hops", TROUBLE_UNCLEAR, NULL },
	{ "no such domain at this location", TROUBLE_DENIED, NULL },

	/* Our sender. */
	{ "sender verif", TROUBLE_SENDER, NULL },
	{ "verification failed for", TROUBLE_SENDER, NULL },
	{ "sender address", TROUBLE_SENDER, NULL },
	{ "sender email", TROUBLE_SENDER, NULL },
	{ "sender domain", TROUBLE_SENDER, NULL },
	{ "sender mailbox", TROUBLE_SENDER, NULL },
	{ "sender rejected", TROUBLE_SENDER, NULL },
	{ "sender denied", TROUBLE_SENDER, NULL },
	{ "sender refused", TROUBLE_SENDER, NULL },
	{ "sender not", TROUBLE_SENDER, NULL },
	{ "sender is not", TROUBLE_SENDER, NULL },
	{ "sender invalid", TROUBLE_SENDER, NULL },
	{ "sender unknown", TROUBLE_SENDER, NULL },
	{ "sender unverified", TROUBLE_SENDER, NULL },
	{ "sender is un", TROUBLE_SENDER, NULL },
	{ "sender policy", TROUBLE_SENDER, NULL },
	{ "sender identity", TROUBLE_SENDER, NULL },
	{ "authorize the sender", TROUBLE_SENDER, NULL },
	{ "invalid sender", TROUBLE_SENDER, NULL },
	{ "unknown sender", TROUBLE_SENDER, NULL },
	{ "unauthenticated sender", TROUBLE_SENDER, NULL },
	{ "unauthorized sender", TROUBLE_SENDER, NULL },
	{ "unroutable sender", TROUBLE_SENDER, NULL },
	{ "unrouteable sender", TROUBLE_SENDER, NULL },
	{ "denies the sender", TROUBLE_SENDER, NULL },
	{ "domain of sender", TROUBLE_SENDER, NULL },
	{ "envelope sender", TROUBLE_SENDER, NULL },
	{ "envelope from", TROUBLE_SENDER, NULL },
	{ "badmailfrom", TROUBLE_SENDER, NULL },
	{ "mail from", TROUBLE_SENDER, NULL },
	{ "mailfrom", TROUBLE_SENDER, NULL },
	{ "return path", TROUBLE_SENDER, NULL },
	{ "return-path", TROUBLE_SENDER, NULL },
	{ "sender user", TROUBLE_SENDER, NULL },
	{ "from user", TROUBLE_SENDER, NULL },
	{ "from unknown user", TROUBLE_SENDER, NULL },
	{ "as sender", TROUBLE_SENDER, NULL },
	{ "sending user", TROUBLE_SENDER, NULL },
	{ "originator", TROUBLE_SENDER, NULL },
	{ "your address", TROUBLE_SENDER, NULL },
	{ "email address is not verified", TROUBLE_SENDER, NULL },
	{ "failed the check", TROUBLE_SENDER, NULL },
	{ "from address", TROUBLE_SENDER, NULL },
	{ "from header", TROUBLE_SENDER, NULL },
	{ "from: header", TROUBLE_SENDER, NULL },
	{ "from domain", TROUBLE_SENDER, NULL },
	{ "sending domain", TROUBLE_SENDER, NULL },
	{ "your domain", TROUBLE_SENDER, NULL },
	{ "domain not verified", TROUBLE_SENDER, NULL },
	{ "domain is not verified", TROUBLE_SENDER, NULL },
	{ "send as this", TROUBLE_SENDER, NULL },
	{ "send as the", TROUBLE_SENDER, NULL },
	{ "sendasdenied", TROUBLE_SENDER, NULL },
	{ "not owned by", TROUBLE_SENDER, NULL },
	{ "not allowed to send", TROUBLE_SENDER, NULL },
	{ "not permitted to send", TROUBLE_SENDER, NULL },
	{ "permissions to send", TROUBLE_SENDER, NULL },
	{ "a resource record", TROUBLE_SENDER, NULL },
	{ "aaaa resource record", TROUBLE_SENDER, NULL },
	{ "absender", TROUBLE_SENDER, NULL },
	{ "expediteur", TROUBLE_SENDER, NULL },
	{ "emetteur", TROUBLE_SENDER, NULL },
	{ "remitente", TROUBLE_SENDER, NULL },
	{ "mittente", TROUBLE_SENDER, NULL },
	{ "=spf", TROUBLE_SENDER, NULL }, /* not: user spfeiffer */
	{ "dkim", TROUBLE_SENDER, NULL },
	{ "dmarc", TROUBLE_SENDER, NULL },

	/* How much we send. */
	{ "sending quota", TROUBLE_LIMIT, NULL },
	{ "sending limit", TROUBLE_LIMIT, NULL },
	{ "sending rate", TROUBLE_LIMIT, NULL },
	{ "send limit", TROUBLE_LIMIT, NULL },
	{ "send quota", TROUBLE_LIMIT, NULL },
	{ "unusual sending", TROUBLE_LIMIT, NULL },
	{ "message quota", TROUBLE_LIMIT, NULL },
	{ "email quota", TROUBLE_LIMIT, NULL },
	{ "outgoing quota", TROUBLE_LIMIT, NULL },
	{ "relay quota", TROUBLE_LIMIT, NULL },
	{ "relay limit", TROUBLE_LIMIT, NULL },
	{ "submission quota", TROUBLE_LIMIT, NULL },
	{ "messaging limit", TROUBLE_LIMIT, NULL },
	{ "outbound message limit", TROUBLE_LIMIT, NULL },
	{ "exceeded your", TROUBLE_LIMIT, NULL },
	{ "exceeded the max", TROUBLE_LIMIT, NULL },
	{ "exceeded the rate", TROUBLE_LIMIT, NULL },
	{ "exceeded the number", TROUBLE_LIMIT, NULL },
	{ "credits exceeded", TROUBLE_LIMIT, NULL },
	{ "reached your", TROUBLE_LIMIT, NULL },
	{ "rate limit", TROUBLE_LIMIT, NULL },
	{ "rate-limit", TROUBLE_LIMIT, NULL },
	{ "ratelimit", TROUBLE_LIMIT, NULL },
	{ "rate control", TROUBLE_LIMIT, NULL },
	{ "per hour", TROUBLE_LIMIT, NULL },
	{ "per day", TROUBLE_LIMIT, NULL },
	{ "per minute", TROUBLE_LIMIT, NULL },
	{ "an hour", TROUBLE_LIMIT, NULL },
	{ "this hour", TROUBLE_LIMIT, NULL },
	{ "hourly", TROUBLE_LIMIT, NULL },
	{ "daily", TROUBLE_LIMIT, NULL },
	{ "frequency", TROUBLE_LIMIT, NULL },
	{ "throttl", TROUBLE_LIMIT, NULL },
	{ "too many", TROUBLE_LIMIT, NULL },
	{ "too much mail", TROUBLE_LIMIT, NULL },
	{ "trop de", TROUBLE_LIMIT, NULL },
	{ "concurrent", TROUBLE_LIMIT, NULL },
	{ "connection limit", TROUBLE_LIMIT, NULL },
	{ "maximum number of", TROUBLE_LIMIT, NULL },
	{ "unusual rate", TROUBLE_LIMIT, NULL },
	{ "unexpected volume", TROUBLE_LIMIT, NULL },
	{ "user complaints", TROUBLE_LIMIT, NULL },
	{ "sending too fast", TROUBLE_LIMIT, NULL },
	{ "slow down", TROUBLE_LIMIT, NULL },

	/* Who we are. */
	{ "smtp auth", TROUBLE_AUTH, NULL },
	{ "auth is required", TROUBLE_AUTH, NULL },
	{ "authentication", TROUBLE_AUTH, NULL },
	{ "authenticate", TROUBLE_AUTH, NULL },
	{ "credential", TROUBLE_AUTH, NULL },
	{ "username", TROUBLE_AUTH, NULL },
	{ "password", TROUBLE_AUTH, NULL },
	{ "log in", TROUBLE_AUTH, NULL },
	{ "login", TROUBLE_AUTH, NULL },
	{ "logged in", TROUBLE_AUTH, NULL },
	{ "pop before smtp", TROUBLE_AUTH, NULL },
	{ "check your mail first", TROUBLE_AUTH, NULL },
	{ "starttls", TROUBLE_AUTH, NULL },
	{ "requires tls", TROUBLE_AUTH, NULL },
	{ "encryption", TROUBLE_AUTH, NULL },
	{ "outgoing mail", TROUBLE_AUTH, NULL },
	{ "outbound mail", TROUBLE_AUTH, NULL },
	{ "outgoing messages", TROUBLE_AUTH, NULL },
	{ "sending suspended", TROUBLE_AUTH, NULL },
	{ "sending paused", TROUBLE_AUTH, NULL },
	{ "sending disabled", TROUBLE_AUTH, NULL },
	{ "sending has been", TROUBLE_AUTH, NULL },
	{ "suspended for this account", TROUBLE_AUTH, NULL },
	{ "your account", TROUBLE_AUTH, NULL },
	{ "smtp account", TROUBLE_AUTH, NULL },
	{ "api key", TROUBLE_AUTH, NULL },
	{ "certificate", TROUBLE_AUTH, NULL },
	{ "without tls", TROUBLE_AUTH, NULL },
	{ "licence", TROUBLE_AUTH, NULL },
	{ "license", TROUBLE_AUTH, NULL },
	{ "trial ", TROUBLE_AUTH, NULL },
	{ "subscription no longer", TROUBLE_AUTH, NULL },
	{ "permissions to submit", TROUBLE_AUTH, NULL },
	{ "smarthost", TROUBLE_AUTH, NULL },
	{ "for sending", TROUBLE_AUTH, NULL },
	{ "your subscription", TROUBLE_AUTH, NULL },
	{ "authorized to perform", TROUBLE_AUTH, NULL },
	{ "unauthorized ip", TROUBLE_AUTH, NULL },
	{ "access to submit messages", TROUBLE_AUTH, NULL },

	/* That they relay for us, and take what our host sends. */
	{ "relay not permitted", TROUBLE_DENIED, NULL },
	{ "relay access denied", TROUBLE_DENIED, NULL },
	{ "relay denied", TROUBLE_DENIED, NULL },
	{ "relay prohibited", TROUBLE_DENIED, NULL },
	{ "denies relay", TROUBLE_DENIED, NULL },
	{ "relaying", TROUBLE_DENIED, NULL },
	{ "to relay", TROUBLE_DENIED, NULL },
	{ "not relay", TROUBLE_DENIED, NULL },
	{ "open relay", TROUBLE_DENIED, NULL },
	{ "rcpthosts", TROUBLE_DENIED, NULL },
	{ "not hosted here", TROUBLE_DENIED, NULL },
	{ "tenantattribution", TROUBLE_DENIED, NULL },
	{ "client host", TROUBLE_DENIED, NULL },
	{ "blocked using", TROUBLE_DENIED, NULL },
	{ "blacklist", TROUBLE_DENIED, NULL },
	{ "black list", TROUBLE_DENIED, NULL },
	{ "blocklist", TROUBLE_DENIED, NULL },
	{ "block list", TROUBLE_DENIED, NULL },
	{ "black ip", TROUBLE_DENIED, NULL },
	{ "dnsbl", TROUBLE_DENIED, NULL },
	{ " rbl", TROUBLE_DENIED, NULL },
	{ "spamhaus", TROUBLE_DENIED, NULL },
	{ "spamcop", TROUBLE_DENIED, NULL },
	{ "listed at", TROUBLE_DENIED, NULL },
	{ "listed in", TROUBLE_DENIED, NULL },
	{ "listed on", TROUBLE_DENIED, NULL },
	{ "listed by", TROUBLE_DENIED, NULL },
	{ "reputation", TROUBLE_DENIED, NULL },
	{ "reverse dns", TROUBLE_DENIED, NULL },
	{ "reverse lookup", TROUBLE_DENIED, NULL },
	{ "reverse hostname", TROUBLE_DENIED, NULL },
	{ "rdns", TROUBLE_DENIED, NULL },
	{ "ptr record", TROUBLE_DENIED, NULL },
	{ "ptr resource", TROUBLE_DENIED, NULL },
	{ "helo ", TROUBLE_DENIED, NULL },
	{ "helo:", TROUBLE_DENIED, NULL },
	{ "ehlo ", TROUBLE_DENIED, NULL },
	{ "no ptr", TROUBLE_DENIED, NULL },
	{ "host no longer accepts", TROUBLE_DENIED, NULL },
	{ "server no longer accepts", TROUBLE_DENIED, NULL },
	{ "service no longer", TROUBLE_UNCLEAR, NULL }, /* which? */
	{ "service is no longer", TROUBLE_UNCLEAR, NULL },
	{ "dynamic ip", TROUBLE_DENIED, NULL },
	{ "dialup", TROUBLE_DENIED, NULL },
	{ "dial-up", TROUBLE_DENIED, NULL },
	{ "banned", TROUBLE_DENIED, NULL },
	{ "ip address", TROUBLE_DENIED, NULL },
	{ "your ip", TROUBLE_DENIED, NULL },
	{ "sending ip", TROUBLE_DENIED, NULL },
	{ "your host", TROUBLE_DENIED, NULL }, /* and hostname */
	{ "host name ", TROUBLE_UNCLEAR, NULL },
	{ "your server", TROUBLE_DENIED, NULL },
	{ "your network", TROUBLE_DENIED, NULL },
	{ "unfortunately, messages from", TROUBLE_DENIED, NULL },
	{ "connection denied", TROUBLE_DENIED, NULL },
	{ "a problem occurred", TROUBLE_DENIED, NULL }, /* t-online */

	/* Full, or not now: the mailbox is there. */
	{ "mailbox size limit", TROUBLE_SOFT, NULL },
	{ "mailbox exceed", TROUBLE_SOFT, NULL },
	{ "inbox is full", TROUBLE_SOFT, NULL },
	{ "inbox full", TROUBLE_SOFT, NULL },
	{ "folder is full", TROUBLE_SOFT, NULL },
	{ "account is full", TROUBLE_SOFT, NULL },
	{ "storage full", TROUBLE_SOFT, NULL },
	{ "mailbox voll", TROUBLE_SOFT, NULL },
	{ "postfach voll", TROUBLE_SOFT, NULL },
	{ "postfach ist voll", TROUBLE_SOFT, NULL },
	{ "boite pleine", TROUBLE_SOFT, NULL },
	{ "casella piena", TROUBLE_SOFT, NULL },
	{ "buzon lleno", TROUBLE_SOFT, NULL },
	{ "quota", TROUBLE_SOFT, NULL },
	{ "out of storage", TROUBLE_SOFT, NULL },
	{ "exceeded storage", TROUBLE_SOFT, NULL },
	{ "storage space", TROUBLE_SOFT, NULL },
	{ "insufficient", TROUBLE_SOFT, NULL },
	{ "message length exceeds", TROUBLE_SOFT, "5.2.3" },

	/* How large it is. */
	{ "too large", TROUBLE_SIZE, NULL },
	{ "too big", TROUBLE_SIZE, NULL },
	{ "too long", TROUBLE_SIZE, NULL },
	{ "size limit", TROUBLE_SIZE, NULL },
	{ "mailsize", TROUBLE_SIZE, NULL },
	{ "message size", TROUBLE_SIZE, NULL },
	{ "message length", TROUBLE_SIZE, NULL },
	{ "fixed maximum", TROUBLE_SIZE, NULL },
	{ "larger than", TROUBLE_SIZE, NULL },

	/* There is no such mailbox, or domain. */
	{ "user unknown", TROUBLE_HARD, NULL },
	{ "unknown user", TROUBLE_HARD, NULL },
	{ "userunknown", TROUBLE_HARD, NULL },
	{ "user is unknown", TROUBLE_HARD, NULL },
	{ "user not found", TROUBLE_HARD, NULL },
	{ "user not known", TROUBLE_HARD, NULL },
	{ "user doesn't have a", TROUBLE_HARD, NULL }, /* yahoo */
	{ "user invalid", TROUBLE_HARD, NULL },
	{ "invalid user", TROUBLE_HARD, NULL },
	{ "invalid recipient", TROUBLE_HARD, NULL },
	{ "invalid mailbox", TROUBLE_HARD, NULL },
	{ "invalid destination mailbox", TROUBLE_HARD, NULL },
	{ "no such user", TROUBLE_HARD, NULL },
	{ "no such mailbox", TROUBLE_HARD, NULL },
	{ "no such mail", TROUBLE_HARD, NULL },
	{ "no such recipient", TROUBLE_HARD, NULL },
	{ "no such address", TROUBLE_HARD, NULL },
	{ "no such email", TROUBLE_HARD, NULL },
	{ "no such local", TROUBLE_HARD, NULL },
	{ "no such person", TROUBLE_HARD, NULL },
	{ "no such account", TROUBLE_HARD, NULL },
	{ "no such virtual user", TROUBLE_HARD, NULL },
	{ "no such domain", TROUBLE_HARD, NULL },
	{ "no mailbox", TROUBLE_HARD, NULL },
	{ "no mail box", TROUBLE_HARD, NULL },
	{ "no one with that", TROUBLE_HARD, NULL },
	{ "no account by that name", TROUBLE_HARD, NULL },
	{ "nobody by that name", TROUBLE_HARD, NULL },
	{ "does not exist", TROUBLE_HARD, NULL },
	{ "doesn't exist", TROUBLE_HARD, NULL },
	{ "doesnt exist", TROUBLE_HARD, NULL },
	{ "don't exist", TROUBLE_HARD, NULL },
	{ "do not exist", TROUBLE_HARD, NULL },
	{ "not exist", TROUBLE_HARD, NULL },
	{ "non-existent", TROUBLE_HARD, NULL },
	{ "nonexistent", TROUBLE_HARD, NULL },
	{ "mailbox unavailable", TROUBLE_HARD, NULL }, /* microsoft */
	{ "mailbox is unavailable", TROUBLE_HARD, NULL },
	{ "mailbox not found", TROUBLE_HARD, NULL },
	{ "mailbox invalid", TROUBLE_HARD, NULL },
	{ "mailbox unknown", TROUBLE_HARD, NULL },
	{ "mailbox disabled", TROUBLE_HARD, NULL },
	{ "mailbox is disabled", TROUBLE_HARD, NULL },
	{ "mailbox is inactive", TROUBLE_HARD, NULL },
	{ "tried to reach is disabled", TROUBLE_HARD, NULL },
	{ "tried to reach is inactive", TROUBLE_HARD, NULL },
	{ "disabled or discontinued", TROUBLE_HARD, NULL },
	{ "deactivated mailbox", TROUBLE_HARD, NULL },
	{ "recipient not found", TROUBLE_HARD, NULL },
	{ "recipnotfound", TROUBLE_HARD, NULL },
	{ "recipientnotfound", TROUBLE_HARD, NULL },
	{ "recipient unknown", TROUBLE_HARD, NULL },
	{ "recipient is unknown", TROUBLE_HARD, NULL },
	{ "unknown recipient", TROUBLE_HARD, NULL },
	{ "unknown mailbox", TROUBLE_HARD, NULL },
	{ "unknown address", TROUBLE_HARD, NULL },
	{ "unknown email", TROUBLE_HARD, NULL },
	{ "unknown account", TROUBLE_HARD, NULL },
	{ "unknown local", TROUBLE_HARD, NULL },
	{ "unknown virtual", TROUBLE_HARD, NULL },
	{ "unknown or illegal", TROUBLE_HARD, NULL }, /* icloud */
	{ "illegal user", TROUBLE_HARD, NULL },
	{ "address unknown", TROUBLE_HARD, NULL },
	{ "address is unknown", TROUBLE_HARD, NULL },
	{ "address not known", TROUBLE_HARD, NULL },
	{ "address is not known", TROUBLE_HARD, NULL },
	{ "addressee unknown", TROUBLE_HARD, NULL },
	{ "address not found", TROUBLE_HARD, NULL },
	{ "address_not_found", TROUBLE_HARD, NULL },
	{ "account not found", TROUBLE_HARD, NULL },
	{ "could not be found", TROUBLE_HARD, NULL },
	{ "couldn't be found", TROUBLE_HARD, NULL },
	{ "wasn't found", TROUBLE_HARD, NULL },
	{ "not found in ldap", TROUBLE_HARD, NULL },
	{ "not a known user", TROUBLE_HARD, NULL },
	{ "not a valid user", TROUBLE_HARD, NULL },
	{ "not a valid mailbox", TROUBLE_HARD, NULL },
	{ "not a local mailbox", TROUBLE_HARD, NULL },
	{ "not our customer", TROUBLE_HARD, NULL },
	{ "not known at this site", TROUBLE_HARD, NULL },
	{ "archived recipient", TROUBLE_HARD, NULL },
	{ "no longer valid", TROUBLE_HARD, NULL },
	{ "no longer accepts", TROUBLE_HARD, NULL },
	{ "no longer available", TROUBLE_HARD, NULL },
	{ "no longer on server", TROUBLE_HARD, NULL },
	{ "no longer in use", TROUBLE_HARD, NULL },
	{ "badrcptto", TROUBLE_HARD, NULL },
	{ "bad destination", TROUBLE_HARD, NULL },
	{ "unrouteable", TROUBLE_HARD, NULL },
	{ "unroutable", TROUBLE_HARD, NULL },
	{ "null mx", TROUBLE_HARD, NULL },
	{ "nullmx", TROUBLE_HARD, NULL },
	{ "domain name not found", TROUBLE_HARD, NULL },
	{ "domain not found", TROUBLE_HARD, NULL },
	{ "recipient address rejected: access denied", TROUBLE_HARD, "5.4.1" },
	{ "unbekannt", TROUBLE_HARD, NULL },
	{ "existiert nicht", TROUBLE_HARD, NULL },
	{ "onbekend", TROUBLE_HARD, NULL },
	{ "inconnu", TROUBLE_HARD, NULL },
	{ "destinataire invalide", TROUBLE_HARD, NULL },
	{ "desconocid", TROUBLE_HARD, NULL },
	{ "no existe", TROUBLE_HARD, NULL },
	{ "sconosciut", TROUBLE_HARD, NULL },
	{ "inesistente", TROUBLE_HARD, NULL },
	{ "inexistente", TROUBLE_HARD, NULL },
	{ "desconhecid", TROUBLE_HARD, NULL },
	{ "nie istnieje", TROUBLE_HARD, NULL },
	{ "nie ma takiego", TROUBLE_HARD, NULL },

	/* It is there, and closed. */
	{ "suspended", TROUBLE_SOFT, NULL },
	{ " locked", TROUBLE_SOFT, NULL }, /* not: blocked */
	{ "temporarily", TROUBLE_SOFT, NULL },
	{ "currently unavailable", TROUBLE_SOFT, NULL },
	{ "mailbox is blocked", TROUBLE_SOFT, NULL },
	{ "mailbox has been blocked", TROUBLE_SOFT, NULL },

	/* Words so common that others come first. */
	{ "spam", TROUBLE_CONTENT, NULL },
	{ "dt:spm", TROUBLE_CONTENT, NULL }, /* netease */
	{ "unsolicited", TROUBLE_CONTENT, NULL },
	{ "junk", TROUBLE_CONTENT, NULL },
	{ "bulk", TROUBLE_CONTENT, NULL },
	{ "content", TROUBLE_CONTENT, NULL },
	{ "virus", TROUBLE_CONTENT, NULL },
	{ "malware", TROUBLE_CONTENT, NULL },
	{ "phish", TROUBLE_CONTENT, NULL },
	{ "attachment", TROUBLE_CONTENT, NULL },
	{ "uribl", TROUBLE_CONTENT, NULL },
	{ "surbl", TROUBLE_CONTENT, NULL },
	{ "policy", TROUBLE_CONTENT, NULL },
	{ "policies", TROUBLE_CONTENT, NULL },
	{ "prohibit", TROUBLE_CONTENT, NULL },
	{ "suspicious", TROUBLE_CONTENT, NULL },
	{ " relay ", TROUBLE_DENIED, NULL },
	{ "blocked", TROUBLE_CONTENT, NULL },
};

/* A word in lower case, with plain apostrophes. */
static void add_word(struct str word, struct strbuf *out)
{
	static const char apostrophe[] = "\xe2\x80\x99";

	for (size_t i = 0; i < word.len; i++) {
		if (word.len - i >= 3 &&
		    memcmp(word.s + i, apostrophe, 3) == 0) {
			strbuf_addch(out, '\'');
			i += 2;
		} else {
			strbuf_addch(out,
				     (char)tolower((unsigned char)word.s[i]));
		}
	}
}

/* "mx.daily.example[192.0.2.1]" or, after "host", "mx.daily.example". */
static bool is_host(struct str before, struct str word)
{
	const char *bracket = memchr(word.s, '[', word.len);
	const char *dot = memchr(word.s, '.', word.len);

	if (!dot)
		return false;
	return (bracket && dot < bracket) ||
	       (before.len == 4 && strncasecmp(before.s, "host", 4) == 0);
}

/* One space between words and around them. Addresses, links and hosts are no
 * words: <nospam@...> says nothing about spam. */
static void add_prose(struct str text, struct strbuf *out)
{
	struct str before = str_of("");

	strbuf_addch(out, ' ');
	while (text.s) {
		struct str word = str_cut(&text, ' ');

		if (word.len == 0 || memchr(word.s, '@', word.len) ||
		    memmem(word.s, word.len, "://", 3) || is_host(before, word))
			continue;
		add_word(word, out);
		strbuf_addch(out, ' ');
		before = word;
	}
}

/* Not the beginning or the end of another one. */
static bool is_word_in(const char *word, const char *prose)
{
	size_t len = strlen(word);
	const char *at = prose;

	while ((at = strstr(at, word))) {
		if (!isalnum((unsigned char)at[-1]) &&
		    !isalnum((unsigned char)at[len]))
			return true;
		at += len;
	}
	return false;
}

static bool is_found(const struct phrase *p, const char *prose,
		     const char *status)
{
	if (p->status && strcmp(p->status, status) != 0)
		return false;
	if (*p->text == '=')
		return is_word_in(p->text + 1, prose);
	return strstr(prose, p->text) != NULL;
}

enum trouble trouble_phrase(const char *enhanced, const char *text)
{
	CLEANUP(strbuf_release) struct strbuf prose = STRBUF_INIT;

	add_prose(str_of(text), &prose);
	for (size_t i = 0; i < ARRAY_SIZE(phrases); i++)
		if (is_found(&phrases[i], prose.buf, enhanced))
			return phrases[i].trouble;
	return TROUBLE_NONE;
}
