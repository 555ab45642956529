#include "delivery/trouble.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "delivery/trouble_phrase.h"

#include <ctype.h>

#define STATUS_MAX 12

bool trouble_is_ours(enum trouble trouble)
{
	return trouble >= TROUBLE_RELAY;
}

enum bounce_kind trouble_bounce(enum trouble trouble)
{
	switch (trouble) {
	case TROUBLE_HARD:
		return BOUNCE_HARD;
	case TROUBLE_SOFT:
	case TROUBLE_UNCLEAR:
		return BOUNCE_SOFT;
	default:
		return BOUNCE_NONE;
	}
}

const char *trouble_name(enum trouble trouble)
{
	static const char *const names[] = {
		[TROUBLE_NONE] = "none",       [TROUBLE_RETRY] = "retry",
		[TROUBLE_HARD] = "hard",       [TROUBLE_SOFT] = "soft",
		[TROUBLE_UNCLEAR] = "unclear", [TROUBLE_RELAY] = "connection",
		[TROUBLE_SENDER] = "sender",   [TROUBLE_LIMIT] = "limit",
		[TROUBLE_AUTH] = "auth",       [TROUBLE_DENIED] = "relay",
		[TROUBLE_CONTENT] = "content", [TROUBLE_SIZE] = "size",
	};

	return names[trouble];
}

/* --- statuses --- */

/* "class.subject.detail" without the class, RFC 3463 and its registry; one
 * that ends in a dot is a subject. The first that fits. */
static const struct {
	const char *detail;
	enum trouble trouble;
} statuses[] = {
	{ "1.1", TROUBLE_HARD },   /* no such mailbox */
	{ "1.2", TROUBLE_HARD },   /* no such domain */
	{ "1.3", TROUBLE_HARD },   /* no address by its syntax */
	{ "1.6", TROUBLE_HARD },   /* moved, no forwarding */
	{ "1.10", TROUBLE_HARD },  /* null MX: takes no mail */
	{ "1.7", TROUBLE_SENDER }, /* the sender's syntax */
	{ "1.8", TROUBLE_SENDER }, /* the sender's domain */
	{ "1.9", TROUBLE_SENDER }, /* relayed to a non-compliant one */
	{ "2.1", TROUBLE_HARD },   /* disabled; the text may say otherwise */
	{ "2.", TROUBLE_SOFT },    /* full, too long for it */
	{ "3.4", TROUBLE_SIZE },     { "4.5", TROUBLE_LIMIT },
	{ "6.7", TROUBLE_UNCLEAR }, /* this address is not ASCII */
	{ "6.", TROUBLE_CONTENT },   { "7.7", TROUBLE_CONTENT },
	{ "7.8", TROUBLE_AUTH },     { "7.9", TROUBLE_AUTH },
	{ "7.11", TROUBLE_AUTH },    { "7.14", TROUBLE_AUTH },
	{ "7.20", TROUBLE_SENDER }, /* DKIM, SPF, DMARC ... */
	{ "7.21", TROUBLE_SENDER },  { "7.22", TROUBLE_SENDER },
	{ "7.23", TROUBLE_SENDER },  { "7.24", TROUBLE_SENDER },
	{ "7.25", TROUBLE_DENIED },  { "7.26", TROUBLE_SENDER },
	{ "7.27", TROUBLE_SENDER }, /* null MX of the sender */
	{ "7.28", TROUBLE_LIMIT },   { "7.29", TROUBLE_SENDER },
	{ "7.30", TROUBLE_SENDER },  { "7.57", TROUBLE_AUTH },
	{ "7.60", TROUBLE_SENDER },  { "7.64", TROUBLE_DENIED },
	{ "7.501", TROUBLE_DENIED }, { "7.502", TROUBLE_DENIED },
	{ "7.503", TROUBLE_DENIED }, { "7.505", TROUBLE_DENIED },
	{ "7.506", TROUBLE_DENIED }, { "7.508", TROUBLE_LIMIT },
	{ "7.509", TROUBLE_SENDER }, { "7.511", TROUBLE_DENIED },
	{ "7.606", TROUBLE_DENIED }, { "7.705", TROUBLE_LIMIT },
	{ "7.708", TROUBLE_DENIED }, { "7.750", TROUBLE_DENIED },
};

/* "1.1" must not match "1.10". */
static bool status_fits(const char *detail, const char *wanted)
{
	size_t len = strlen(wanted);

	if (strncmp(detail, wanted, len) != 0)
		return false;
	return wanted[len - 1] == '.' || !isdigit((unsigned char)detail[len]);
}

static enum trouble by_status(const char *status)
{
	if (strlen(status) < 5)
		return TROUBLE_UNCLEAR;
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++)
		if (status_fits(status + 2, statuses[i].detail))
			return statuses[i].trouble;
	return TROUBLE_UNCLEAR;
}

/* Length of a status at s, "5.1.1"; 0: none. 5.1.1.7 is an IP address. */
static size_t status_length(const char *s)
{
	size_t at = 1;

	if (*s != '4' && *s != '5')
		return 0;
	for (int part = 0; part < 2; part++) {
		size_t start = at + 1;

		if (s[at] != '.')
			return 0;
		for (at = start; isdigit((unsigned char)s[at]); at++)
			;
		if (at == start || at - start > 3)
			return 0;
	}
	return isalnum((unsigned char)s[at]) ||
			       (s[at] == '.' &&
				isdigit((unsigned char)s[at + 1]))
		       ? 0
		       : at;
}

/* qmail and what passes on another's answer write it into the text: "(#5.1.1)",
 * "said: 550 5.1.1". The first one. */
static void find_status(const char *text, char out[STATUS_MAX])
{
	for (const char *s = text; *s; s++) {
		size_t len;

		if (s > text && (isalnum((unsigned char)s[-1]) || s[-1] == '.'))
			continue;
		len = status_length(s);
		if (len == 0 || len >= STATUS_MAX)
			continue;
		memcpy(out, s, len);
		out[len] = '\0';
		return;
	}
}

/* --- what it means --- */

struct answer {
	enum trouble_stage stage;
	int code;
	char status[STATUS_MAX]; /* "" */
	bool is_told; /* the status is the reply's own, not found in words */
	enum trouble said; /* by its words */
};

static enum trouble by_code(int code)
{
	switch (code) {
	case 530:
	case 534:
	case 535:
	case 538:
		return TROUBLE_AUTH;
	case 552:
		return TROUBLE_SOFT;
	default:
		return TROUBLE_UNCLEAR;
	}
}

static enum trouble by_all(const struct answer *a)
{
	enum trouble t = a->said;

	if (t == TROUBLE_NONE)
		t = by_status(a->status);
	return t == TROUBLE_UNCLEAR ? by_code(a->code) : t;
}

/* Whatever it says, it cannot be about a mailbox: none was named yet. */
static enum trouble at_mail(const struct answer *a)
{
	enum trouble t = by_all(a);

	if (a->code == 552)
		return TROUBLE_SIZE;
	if (trouble_is_ours(t))
		return t;
	return a->code && a->code < 500 ? TROUBLE_DENIED : TROUBLE_SENDER;
}

static enum trouble at_rcpt(const struct answer *a)
{
	return by_all(a);
}

/* The mailbox was there when it was named. */
static enum trouble after_content(const struct answer *a)
{
	static const char *const gone[] = { "5.1.1", "5.1.6", "5.1.10" };
	enum trouble t = by_all(a);

	if (t != TROUBLE_HARD)
		return t;
	for (size_t i = 0; i < ARRAY_SIZE(gone); i++)
		if (a->is_told && strcmp(a->status, gone[i]) == 0)
			return TROUBLE_HARD;
	return TROUBLE_SOFT;
}

/* 4xx: limits, logins and lists are ours at any time, except those of a
 * mailbox (4.2.x); the rest is for later. */
static enum trouble for_now(const struct answer *a)
{
	if (a->is_told && strncmp(a->status, "4.2.", 4) == 0)
		return TROUBLE_RETRY;
	switch (a->said) {
	case TROUBLE_SENDER:
	case TROUBLE_LIMIT:
	case TROUBLE_AUTH:
	case TROUBLE_DENIED:
		return a->said;
	default:
		break;
	}
	/* 421: going away; after the content, perhaps because of it */
	if (a->code == 421 && a->stage != STAGE_DOT)
		return TROUBLE_RELAY;
	return TROUBLE_RETRY;
}

static enum trouble refusal(const struct answer *a)
{
	bool is_temporary = a->code ? a->code < 500 : *a->status == '4';

	if (a->stage == STAGE_MAIL)
		return a->code == 421 ? TROUBLE_RELAY : at_mail(a);
	if (is_temporary)
		return for_now(a);
	return a->stage == STAGE_RCPT || a->stage == STAGE_DSN
		       ? at_rcpt(a)
		       : after_content(a);
}

/* --- who is named --- */

static bool is_in_address(char c)
{
	return isalnum((unsigned char)c) || strchr(".-_+=@", c) != NULL;
}

/* As a word: not the end or the beginning of a longer address or host. */
static bool is_named(const char *text, const char *who)
{
	size_t len = strlen(who);
	const char *at = text;

	while ((at = strcasestr(at, who))) {
		const char *end = at + len + strspn(at + len, ".");

		if ((at == text || !is_in_address(at[-1])) &&
		    (!*end || !is_in_address(*end)))
			return true;
		at += len;
	}
	return false;
}

static const char *domain_of(const char *address)
{
	const char *at = strrchr(address, '@');

	return at ? at + 1 : address;
}

/* Our address or domain, and not the recipient's: "<news@ours>: user unknown"
 * is what a server says that asked ours about us. */
static bool names_only_sender(const struct trouble_reply *reply)
{
	const char *ours, *theirs;

	if (!reply->sender || !*reply->sender || !reply->rcpt)
		return false;
	ours = domain_of(reply->sender);
	theirs = domain_of(reply->rcpt);
	if (is_named(reply->text, reply->rcpt) || is_named(reply->text, theirs))
		return false;
	return is_named(reply->text, reply->sender) ||
	       is_named(reply->text, ours);
}

static enum trouble about_named(enum trouble meant,
				const struct trouble_reply *reply)
{
	bool is_doubtful = meant == TROUBLE_HARD || meant == TROUBLE_UNCLEAR;

	return is_doubtful && names_only_sender(reply) ? TROUBLE_SENDER : meant;
}

/* --- a reply --- */

enum trouble trouble_of(const struct trouble_reply *reply)
{
	struct answer a = { .stage = reply->stage, .code = reply->code };
	bool is_report = a.stage == STAGE_DSN;
	enum trouble meant;

	if (a.code >= 200 && a.code < 300)
		return TROUBLE_NONE;
	if (a.stage <= STAGE_AUTH)
		return TROUBLE_RELAY;
	if (a.code == 0 && !*reply->enhanced && !is_report)
		return a.stage == STAGE_DOT ? TROUBLE_RETRY : TROUBLE_RELAY;
	a.is_told = status_length(reply->enhanced) > 0;
	find_status(a.is_told ? reply->enhanced : reply->text, a.status);
	/* without a code the words are ours: the status says it all */
	if (a.code == 0 && !is_report)
		return refusal(&a);
	a.said = trouble_phrase(a.status, reply->text);
	meant = about_named(refusal(&a), reply);
	/* a report says that it was given up, whatever for */
	return is_report && meant == TROUBLE_RETRY ? TROUBLE_SOFT : meant;
}

/* --- comparing what was said --- */

static bool has_digit(struct str word)
{
	for (size_t i = 0; i < word.len; i++)
		if (isdigit((unsigned char)word.s[i]))
			return true;
	return false;
}

static bool is_address(struct str word)
{
	return memchr(word.s, '@', word.len) != NULL;
}

static bool is_link(struct str word)
{
	return memmem(word.s, word.len, "://", 3) != NULL;
}

static void mask_words(const char *text, bool all, struct strbuf *out)
{
	struct str rest = str_of(text);
	const char *space = "";

	while (rest.s) {
		struct str word = str_cut(&rest, ' ');

		if (word.len == 0)
			continue;
		strbuf_addstr(out, space);
		space = " ";
		if (is_address(word))
			strbuf_addstr(out, "<address>");
		else if (all && is_link(word))
			strbuf_addstr(out, "<link>");
		else if (all && has_digit(word))
			strbuf_addch(out, '#');
		else
			strbuf_addslice(out, word);
	}
}

void trouble_mask(const char *text, struct strbuf *out)
{
	mask_words(text, true, out);
}

void trouble_hide_addresses(const char *text, struct strbuf *out)
{
	mask_words(text, false, out);
}

/* --- waits --- */

static int64_t jittered(int64_t wait_ms, uint64_t seed)
{
	struct prng chance = { seed };

	return wait_ms - wait_ms / 8 +
	       (int64_t)prng_below(&chance, (uint64_t)wait_ms / 4 + 1);
}

int64_t trouble_wait_ms(int64_t attempts, int64_t first_ms, uint64_t seed)
{
	static const int64_t later[] = { MS_MINUTE, 5 * MS_MINUTE,
					 15 * MS_MINUTE, 30 * MS_MINUTE,
					 MS_HOUR };
	int64_t n = attempts - 2;

	if (n < 0)
		return jittered(first_ms, seed);
	if (n >= (int64_t)ARRAY_SIZE(later))
		n = ARRAY_SIZE(later) - 1;
	/* a first wait that was set short makes all of them short */
	return jittered(later[n] / (15 * MS_SECOND) * first_ms, seed);
}

static int64_t doubled(int64_t times, int64_t most_ms, uint64_t seed)
{
	int64_t wait_ms = MS_SECOND;

	while (--times > 0 && wait_ms < most_ms)
		wait_ms *= 2;
	return jittered(wait_ms < most_ms ? wait_ms : most_ms, seed);
}

int64_t trouble_relay_wait_ms(int64_t failures, uint64_t seed)
{
	return doubled(failures, MS_MINUTE, seed);
}

int64_t trouble_hold_wait_ms(int64_t refusals, uint64_t seed)
{
	return refusals <= 1 ? 0 : doubled(refusals - 1, 5 * MS_MINUTE, seed);
}
