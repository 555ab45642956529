#include "delivery/verdict.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"
#include "delivery/event.h"

#define SCAN_MS 2000
#define SCAN_LINKS 3
#define BURST_MS 2000
#define BURST_SLOTS 1024

static const char *const why_names[] = {
	[MACHINE_NO] = NULL,           [MACHINE_PROXY] = "proxy",
	[MACHINE_SCANNER] = "scanner", [MACHINE_HONEYPOT] = "honeypot",
	[MACHINE_EARLY] = "early",     [MACHINE_HEAD] = "head",
	[MACHINE_BURST] = "burst",
};

/* Parts of the User-Agent of programs that fetch mails without a reader, in
 * lower case. */
static const char *const proxies[] = {
	"duckduckgo-email", "protonmail",       "barracuda", "mimecast",
	"proofpoint",       "safelinks",        "symantec",  "cloudmark",
	"slackbot-linkexp", "facebookexternal", "googlebot", "bingbot",
	"bingpreview",
};

/* Of those that fetch the pictures when a reader opens the mail: Gmail's and
 * Yahoo's. */
static const char *const reader_proxies[] = {
	"googleimageproxy",
	"ggpht.com",
	"yahoomailproxy",
	"yahoocachesystem",
};

const char *machine_why_name(enum machine_why why)
{
	return (size_t)why < ARRAY_SIZE(why_names) ? why_names[why] : NULL;
}

enum machine_why machine_why_parse(const char *name)
{
	for (size_t i = 1; name && i < ARRAY_SIZE(why_names); i++)
		if (strcmp(why_names[i], name) == 0)
			return (enum machine_why)i;
	return MACHINE_NO;
}

/* A User-Agent in lower case, once for all that it is compared with: what
 * strcasestr does for each of them cost more than all else of a verdict. */
struct agent {
	char lower[512]; /* a hit keeps less of it */
};

static void agent_read(const char *text, struct agent *out)
{
	size_t n = 0;

	for (; text[n] && n + 1 < sizeof(out->lower); n++)
		out->lower[n] =
			(char)(text[n] >= 'A' && text[n] <= 'Z' ? text[n] | 0x20
								: text[n]);
	out->lower[n] = '\0';
}

static bool is_named(const struct agent *agent, const char *const *names,
		     size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strstr(agent->lower, names[i]))
			return true;
	return false;
}

static bool is_reader_proxy(const struct agent *agent)
{
	return is_named(agent, reader_proxies, ARRAY_SIZE(reader_proxies));
}

bool verdict_is_of_reader(const struct verdict_hit *hit)
{
	struct agent agent;

	if (hit->is_click)
		return false;
	agent_read(hit->agent, &agent);
	return is_reader_proxy(&agent);
}

/* Apple's proxy calls itself just Mozilla/5.0, which no browser does. Nobody
 * clicks by one that fetches pictures. */
static bool is_machine(const struct verdict_hit *hit)
{
	struct agent agent;

	if (strcmp(hit->agent, "Mozilla/5.0") == 0)
		return true;
	agent_read(hit->agent, &agent);
	return is_named(&agent, proxies, ARRAY_SIZE(proxies)) ||
	       (hit->is_click && is_reader_proxy(&agent));
}

static uint64_t mix(uint64_t hash, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)s[i]) * UINT64_C(0x100000001b3);
	return hash;
}

uint64_t verdict_place(const char *ip)
{
	return mix(UINT64_C(0xcbf29ce484222325), ip, strlen(ip));
}

static enum machine_why judge_alone(const struct verdict_facts *facts,
				    const struct verdict_hit *hit)
{
	if (hit->is_click && hit->link_id == EVENT_LINK_HONEYPOT)
		return MACHINE_HONEYPOT;
	if (hit->is_head)
		return MACHINE_HEAD;
	if (is_machine(hit))
		return MACHINE_PROXY;
	if (!facts->is_accepted ||
	    hit->at_ms < facts->accepted_ms + facts->early_ms)
		return MACHINE_EARLY;
	return MACHINE_NO;
}

static void turn_to_machine(struct verdict_hit *hit, enum machine_why why)
{
	if (hit->why != MACHINE_NO)
		return;
	hit->why = why;
	if (!hit->is_new)
		hit->is_changed = true;
}

/* Distinct links clicked in the SCAN_MS that begin with hits[first]. */
static size_t links_from(const struct verdict_hit *hits, size_t n, size_t first)
{
	int64_t seen[SCAN_LINKS];
	size_t count = 0;

	for (size_t i = first; i < n && count < SCAN_LINKS; i++) {
		bool is_known = false;

		if (hits[i].at_ms - hits[first].at_ms > SCAN_MS)
			break;
		for (size_t k = 0; k < count; k++)
			is_known |= seen[k] == hits[i].link_id;
		if (hits[i].is_click && !is_known)
			seen[count++] = hits[i].link_id;
	}
	return count;
}

/* A scanner opens what it scans, too: all within the window is its doing. */
static void judge_scans(struct verdict_hit *hits, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!hits[i].is_click || links_from(hits, n, i) < SCAN_LINKS)
			continue;
		for (size_t k = i;
		     k < n && hits[k].at_ms - hits[i].at_ms <= SCAN_MS; k++)
			turn_to_machine(&hits[k], MACHINE_SCANNER);
	}
}

/* Who follows the hidden link did the rest from there, too. */
static void judge_honeypot(struct verdict_hit *hits, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (hits[i].why != MACHINE_HONEYPOT)
			continue;
		for (size_t k = 0; k < n; k++)
			if (llabs(hits[k].at_ms - hits[i].at_ms) <=
				    VERDICT_WINDOW_MS &&
			    hits[k].place == hits[i].place)
				turn_to_machine(&hits[k], MACHINE_HONEYPOT);
	}
}

void verdict_judge(const struct verdict_facts *facts, struct verdict_hit *hits,
		   size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (hits[i].is_new)
			hits[i].why = judge_alone(facts, &hits[i]);
	judge_honeypot(hits, n);
	judge_scans(hits, n);
}

/* --- bursts --- */

struct burst {
	uint64_t key;
	int64_t since_ms;
	struct burst_hits VEC_FIELDS(struct burst_hit) hits;
};

struct verdict_bursts {
	int64_t limit;
	struct burst slots[BURST_SLOTS];
};

struct verdict_bursts *verdict_bursts_new(int64_t limit)
{
	struct verdict_bursts *b = calloc(1, sizeof(*b));

	BUG_ON(!b);
	b->limit = limit;
	return b;
}

void verdict_bursts_free(struct verdict_bursts **b)
{
	if (!*b)
		return;
	for (size_t i = 0; i < BURST_SLOTS; i++)
		vec_release(&(*b)->slots[i].hits);
	free(*b);
	*b = NULL;
}

/* The network: /24 of IPv4, the first four groups of IPv6. */
static size_t network_length(const char *ip)
{
	char separator = strchr(ip, ':') ? ':' : '.';
	int wanted = separator == ':' ? 4 : 3;
	size_t i = 0;

	for (; ip[i]; i++)
		if (ip[i] == separator && --wanted == 0)
			break;
	return i;
}

static uint64_t burst_key(int64_t campaign_id, const char *domain,
			  const char *ip)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	hash = mix(hash, (const char *)&campaign_id, sizeof(campaign_id));
	hash = mix(hash, domain, strlen(domain) + 1);
	return mix(hash, ip, network_length(ip));
}

static bool has_member(const struct burst *burst, int64_t member_id)
{
	for (size_t i = 0; i < burst->hits.n; i++)
		if (burst->hits.v[i].member_id == member_id)
			return true;
	return false;
}

bool verdict_bursts_add(struct verdict_bursts *b, const struct burst_hit *hit,
			int64_t at_ms, const char *domain, const char *ip,
			const struct burst_hit **earlier_out, size_t *n_out)
{
	uint64_t key = burst_key(hit->campaign_id, domain, ip);
	struct burst *burst = &b->slots[key % BURST_SLOTS];

	*n_out = 0;
	if (burst->key != key || at_ms - burst->since_ms > BURST_MS) {
		burst->key = key;
		burst->since_ms = at_ms;
		vec_reset(&burst->hits);
	}
	if ((int64_t)burst->hits.n >= b->limit) {
		burst->since_ms = at_ms; /* it goes on */
		return true;
	}
	if (has_member(burst, hit->member_id))
		return false;
	vec_push(&burst->hits, *hit);
	if ((int64_t)burst->hits.n < b->limit)
		return false;
	*earlier_out = burst->hits.v;
	*n_out = burst->hits.n - 1;
	return true;
}
