/*
 * What the demo's people did with its campaigns, as events of the log with
 * times of the past. Everything follows from a person's number, so that the
 * figures are always the same.
 */
#include "api/demo/demo_private.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "delivery/event.h"
#include "delivery/recipient.h"
#include "store/store.h"

#include "sql/event.h"

#include <stdlib.h>

/* Of 200. */
enum role {
	ROLE_HARD_BOUNCE, /* 3 */
	ROLE_SOFT_BOUNCE, /* 2 */
	ROLE_LEAVER,      /* 4: opens, and unsubscribes */
	ROLE_CLICKER,     /* 41 */
	ROLE_READER,      /* 62: opens */
	ROLE_PROXY,       /* 28: their mail program opens, nobody reads */
	ROLE_SILENT,
};

static enum role role_of(int64_t n, int k)
{
	static const int below[] = { 3, 5, 9, 50, 112, 140, DEMO_PEOPLE };
	int64_t slot = (n * 37 + k * 71) % DEMO_PEOPLE;
	int role = 0;

	while (slot >= below[role])
		role++;
	return (enum role)role;
}

bool demo_has_left(int64_t n)
{
	enum role role = role_of(n, 0);

	return role == ROLE_HARD_BOUNCE || role == ROLE_LEAVER;
}

struct writer {
	struct arena *arena;
	int64_t campaign_id, send_ms;
	int k;
	struct written_events VEC_FIELDS(struct event) events;
};

/* Minutes until somebody reads: most within hours, some after days. */
static int64_t read_ms(const struct writer *w, int64_t n)
{
	static const int minutes[] = { 6,    14,   25,   38,  55,  83,
				       126,  190,  275,  410, 655, 1010,
				       1560, 2430, 3720, 5480 };
	size_t i = (size_t)(n * 11 + w->k * 5) % ARRAY_SIZE(minutes);

	return w->send_ms + minutes[i] * MS_MINUTE + n % 53 * 7 * MS_SECOND +
	       MS_MINUTE;
}

static struct event hit_of(const struct writer *w,
			   const struct demo_target *who, int64_t at_ms)
{
	static const char *const agents[] = {
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) "
		"AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
		"(KHTML, like Gecko) Chrome/126.0 Safari/537.36",
		"Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, "
		"like Gecko) Chrome/126.0 Mobile Safari/537.36",
		"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 "
		"Thunderbird/128.0",
	};

	return (struct event){
		.at_ms = at_ms,
		.campaign_id = w->campaign_id,
		.member_id = who->member_id,
		/* addresses of documentation, RFC 5737 */
		.ip = arena_printf(w->arena, "203.0.113.%lld",
				   (long long)(who->n % 250 + 1)),
		.agent = agents[who->n % (int)ARRAY_SIZE(agents)],
	};
}

static void add_open(struct writer *w, const struct demo_target *who,
		     int64_t at_ms)
{
	struct event e = hit_of(w, who, at_ms);

	e.kind = EVENT_OPENED;
	vec_push(&w->events, e);
}

static void add_click(struct writer *w, const struct demo_target *who,
		      int64_t at_ms, int64_t link_id)
{
	struct event e = hit_of(w, who, at_ms);

	e.kind = EVENT_CLICKED;
	e.link_id = link_id;
	vec_push(&w->events, e);
}

static void add_bounce(struct writer *w, const struct demo_target *who,
		       enum bounce_kind kind)
{
	struct event e = {
		.at_ms = w->send_ms + 2 * MS_MINUTE + who->n * MS_SECOND,
		.kind = EVENT_BOUNCED,
		.campaign_id = w->campaign_id,
		.member_id = who->member_id,
		.code = (int64_t)kind << EVENT_BOUNCE_SHIFT |
			(kind == BOUNCE_HARD ? 550 : 452),
		.detail = kind == BOUNCE_HARD
				  ? "550 5.1.1 There is no such mailbox"
				  : "452 4.2.2 The mailbox is full",
	};

	vec_push(&w->events, e);
}

static void add_reading(struct writer *w, const struct demo_target *who)
{
	int64_t at_ms = read_ms(w, who->n);

	add_open(w, who, at_ms);
	if (who->n % 4 == 0) /* once more, in the evening */
		add_open(w, who, at_ms + 9 * MS_HOUR);
}

static void add_clicking(struct writer *w, const struct demo_target *who)
{
	int64_t at_ms = read_ms(w, who->n) + 40 * MS_SECOND;

	add_reading(w, who);
	/* most take what interests them, many what comes last and is large */
	add_click(w, who, at_ms, who->n % 3 ? 1 + who->n % 4 : 3);
	if (who->n % 2)
		add_click(w, who, at_ms + 70 * MS_SECOND, 2 + who->n % 3);
}

static void add_leaving(struct writer *w, const struct demo_target *who)
{
	struct event e = hit_of(w, who, read_ms(w, who->n) + 90 * MS_SECOND);

	add_open(w, who, read_ms(w, who->n));
	e.kind = EVENT_UNSUBSCRIBED;
	vec_push(&w->events, e);
}

static void add_proxy(struct writer *w, const struct demo_target *who)
{
	struct event e = hit_of(w, who,
				w->send_ms + 3 * MS_MINUTE +
					who->n % 40 * 47 * MS_SECOND);

	e.kind = EVENT_OPENED;
	e.agent = "Mozilla/5.0";
	vec_push(&w->events, e);
}

static void add_person(struct writer *w, const struct demo_target *who)
{
	switch (role_of(who->n, w->k)) {
	case ROLE_HARD_BOUNCE:
		add_bounce(w, who, BOUNCE_HARD);
		return;
	case ROLE_SOFT_BOUNCE:
		add_bounce(w, who, BOUNCE_SOFT);
		return;
	case ROLE_LEAVER:
		add_leaving(w, who);
		return;
	case ROLE_CLICKER:
		add_clicking(w, who);
		return;
	case ROLE_READER:
		add_reading(w, who);
		return;
	case ROLE_PROXY:
		add_proxy(w, who);
		return;
	case ROLE_SILENT:
		return;
	}
}

static int in_time(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	return x->at_ms < y->at_ms ? -1 : x->at_ms > y->at_ms ? 1 : 0;
}

/* What was not sent yet is left out: a campaign of the demo is always old
 * enough. */
static int collect(struct demo *d, struct writer *w, struct err *err)
{
	CLEANUP(store_put) struct db *audience = NULL;
	struct demo_push push;
	int found = demo_push_find(d, &push, err);

	if (found <= 0)
		return found;
	if (store_get(d->run->store, STORE_AUDIENCE, &audience, err) < 0)
		return -1;
	for (w->k = 0; w->k < DEMO_CAMPAIGNS; w->k++) {
		CLEANUP(vec_release) struct demo_targets targets = VEC_INIT;

		found = demo_engine_campaign(audience, w->k, d->arena,
					     &w->campaign_id, &w->send_ms, NULL,
					     err);
		if (found <= 0 ||
		    demo_targets_list(d, &push, w->k, &targets, err) < 0)
			return found < 0 ? -1 : found;
		vec_each (&targets, who)
			add_person(w, who);
	}
	qsort(w->events.v, w->events.n, sizeof(*w->events.v), in_time);
	return 1;
}

static void writer_release(struct writer *w)
{
	vec_release(&w->events);
}

/* All at once, with where they stand: "first last". */
static int insert(struct demo *d, struct db *db, const struct writer *w,
		  struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t before = 0, last = 0;

	if (tx_begin(db, &tx, err) < 0 ||
	    db_find_int(db, SQL_EVENT_LAST, SQL_NO_ARGS, &before, err) < 0 ||
	    event_insert(&tx, DEMO_EVENTS_INSTANCE, w->events.v, w->events.n,
			 err) < 0 ||
	    db_find_int(db, SQL_EVENT_LAST, SQL_NO_ARGS, &last, err) < 0 ||
	    setting_put(&tx, DEMO_EVENTS_KEY,
			arena_printf(d->arena, "%lld %lld",
				     (long long)before + 1, (long long)last),
			err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int demo_write_events(struct demo *d, struct err *err)
{
	CLEANUP(writer_release) struct writer w = { .arena = d->arena };
	CLEANUP(store_put) struct db *db = NULL;
	const char *written;
	int found;

	if (store_get(d->run->store, STORE_EVENTS, &db, err) < 0)
		return -1;
	found = setting_find(db, DEMO_EVENTS_KEY, d->arena, &written, err);
	if (found != 0)
		return found;
	found = collect(d, &w, err);
	if (found <= 0)
		return found;
	return insert(d, db, &w, err) < 0 ? -1 : 1;
}
