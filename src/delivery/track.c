#include "delivery/track.h"

#include "audience/list.h"
#include "audience/member.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "campaign/campaign.h"
#include "campaign/merge/merge_tag.h"
#include "delivery/mailing.h"
#include "delivery/public/archive.h"
#include "delivery/track_token.h"
#include "reader/reader_text.h"
#include "store/store.h"

#include "sql/recipient.h"

#include <pthread.h>

#define AGENT_MAX 500
#define SLOTS 512 /* campaigns whose links are kept */

/* The links of one campaign, the first is link 1. */
struct links {
	int64_t campaign_id;
	struct arena *arena; /* keeps the targets */
	struct texts targets;
};

struct track {
	struct track_setup setup;
	pthread_rwlock_t lock;
	struct links
		*slots[SLOTS]; /* by campaign; a later one takes the place */
};

struct track *track_new(const struct track_setup *setup)
{
	struct track *t = calloc(1, sizeof(*t));

	BUG_ON(!t);
	t->setup = *setup;
	pthread_rwlock_init(&t->lock, NULL);
	return t;
}

static void links_free(struct links **links)
{
	if (!*links)
		return;
	vec_release(&(*links)->targets);
	arena_free(&(*links)->arena);
	free(*links);
	*links = NULL;
}

void track_free(struct track **track)
{
	if (!*track)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		links_free(&(*track)->slots[i]);
	pthread_rwlock_destroy(&(*track)->lock);
	free(*track);
	*track = NULL;
}

const struct track_keys *track_signing_keys(const struct track *t)
{
	return t->setup.mailing->keys;
}

/* --- links --- */

static void read_target(const struct rows *rows, struct arena *arena, void *out)
{
	*(const char **)out = rows_dup(rows, 1, arena);
}

static int load_links(struct track *t, int64_t campaign_id, struct links **out,
		      struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(links_free) struct links *links = calloc(1, sizeof(*links));

	BUG_ON(!links);
	links->campaign_id = campaign_id;
	links->arena = arena_new();
	if (store_get(t->setup.store, STORE_AUDIENCE, &db, err) < 0 ||
	    db_list(db, SQL_RECIPIENT_LINK_LIST, SQL_ARGS(sql_int(campaign_id)),
		    read_target, links->arena, &links->targets, err) < 0)
		return -1;
	*out = TAKE(links);
	return 0;
}

/* 1: *out in arena; 0: no such link, or the campaign is not loaded. */
static int look_up(struct track *t, const struct track_token *token,
		   struct arena *arena, const char **out, bool *is_loaded)
{
	const struct links *links;
	int found = 0;

	pthread_rwlock_rdlock(&t->lock);
	links = t->slots[token->campaign_id % SLOTS];
	*is_loaded = links && links->campaign_id == token->campaign_id;
	if (*is_loaded && token->link_id >= 1 &&
	    token->link_id <= (int64_t)links->targets.n) {
		*out = arena_strdup(arena,
				    links->targets.v[token->link_id - 1]);
		found = 1;
	}
	pthread_rwlock_unlock(&t->lock);
	return found;
}

static int find_target(struct track *t, const struct track_token *token,
		       bool may_wait, struct arena *arena, const char **out,
		       struct err *err)
{
	struct links *links = NULL;
	struct links **slot = &t->slots[token->campaign_id % SLOTS];
	bool is_loaded;
	int found = look_up(t, token, arena, out, &is_loaded);

	if (is_loaded)
		return found;
	if (!may_wait)
		return TRACK_WOULD_WAIT;
	if (load_links(t, token->campaign_id, &links, err) < 0)
		return -1;
	/* a test before the campaign is sent: its links are not fixed yet */
	if (links->targets.n == 0) {
		links_free(&links);
		return 0;
	}
	pthread_rwlock_wrlock(&t->lock);
	links_free(slot);
	*slot = links;
	pthread_rwlock_unlock(&t->lock);
	return look_up(t, token, arena, out, &is_loaded);
}

/* Whoever has the message is not told what address the member has now. 1: it
 * has another one; 0, -1. */
static int hide_moved(struct db *db, const struct track_token *token,
		      const char **address, struct err *err)
{
	int64_t one;
	int moved = db_find_int(db, SQL_RECIPIENT_MOVED,
				SQL_ARGS(sql_int(token->campaign_id),
					 sql_int(token->member_id)),
				&one, err);

	if (moved > 0)
		*address = "";
	return moved;
}

static int get_mailing(struct track *t, const struct track_token *token,
		       struct arena *arena, struct mailing **out,
		       struct mailing_person *person, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct member member = { .address = "",
				 .unique_id = "",
				 .merge = "{}" };
	int variant = 0;

	if (store_get(t->setup.store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	if (token->member_id &&
	    member_get_by_id(db, token->member_id, arena, &member, err) < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	if (hide_moved(db, token, &member.address, err) < 0)
		return -1;
	if (token->member_id &&
	    mailing_variant_of(db, token->campaign_id, token->member_id,
			       &variant, err) < 0)
		return -1;
	if (mailing_get(db, t->setup.mailing, token->campaign_id, variant,
			clock_now_ms(), out, err) < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	*person = (struct mailing_person){
		.member_id = token->member_id,
		.address = member.address,
		.unique_id = member.unique_id,
		.merge = member.merge,
		.optin_ms = member.opt_ms,
		.language = member.language,
	};
	if (token->member_id &&
	    mailing_load_interests(db, token->member_id, arena,
				   &person->interests, err) < 0)
		return -1;
	return 1;
}

/* Of a link whose target holds merge tags, or of a test: rendered now. */
static int render_target(struct track *t, const struct track_token *token,
			 struct arena *arena, const char *text,
			 const char **out, struct err *err)
{
	CLEANUP(mailing_put) struct mailing *mailing = NULL;
	CLEANUP(strbuf_release) struct strbuf target = STRBUF_INIT;
	struct mailing_person person;
	int found = get_mailing(t, token, arena, &mailing, &person, err);

	if (found <= 0)
		return found;
	found = mailing_render_link(mailing, &person, token->link_id, text,
				    &target, err);
	if (found > 0)
		*out = arena_strdup(arena, target.buf);
	return found;
}

/* --- hits --- */

static bool parse(const struct track *t, const char *token,
		  enum track_purpose purpose, struct track_token *out)
{
	return track_token_parse(t->setup.mailing->keys, str_of(token), purpose,
				 out);
}

static int find_click(struct track *t, const struct track_token *token,
		      bool may_wait, struct arena *arena, const char **out,
		      struct err *err)
{
	const char *text = NULL;
	int found;

	if (token->link_id == EVENT_LINK_HONEYPOT) {
		*out = arena_printf(arena, "%s/", t->setup.mailing->public_url);
		return 1;
	}
	found = find_target(t, token, may_wait, arena, &text, err);
	if (found < 0 || found == TRACK_WOULD_WAIT)
		return found;
	if (found && !strstr(text, "*|")) {
		*out = text;
		return 1;
	}
	if (!found && token->member_id)
		return 0;
	if (!may_wait)
		return TRACK_WOULD_WAIT;
	return render_target(t, token, arena, text, out, err);
}

static enum event_kind kind_of_hit(char purpose)
{
	switch (purpose) {
	case TRACK_OPEN:
		return EVENT_OPENED;
	case TRACK_CLICK:
		return EVENT_CLICKED;
	default: /* also TRACK_TAKE_BACK, see EVENT_TAKEN_BACK */
		return EVENT_UNSUBSCRIBED;
	}
}

static int64_t code_of_hit(const struct hit *hit)
{
	if (hit->purpose == TRACK_TAKE_BACK)
		return EVENT_TAKEN_BACK;
	return hit->is_head ? EVENT_HIT_HEAD : 0;
}

static const char *cut_agent(const char *agent, struct arena *arena)
{
	struct str kept = str_of(agent);

	if (!utf8_is_valid(kept))
		return "";
	return arena_strndup(arena, agent, utf8_prefix(kept, AGENT_MAX));
}

int track_check(struct track *t, const struct hit *hit, struct arena *arena,
		struct track_hit *out, struct err *err)
{
	struct track_token token;
	int found = 1;

	if (!parse(t, hit->token, (enum track_purpose)hit->purpose, &token))
		return 0;
	*out = (struct track_hit){
		.event = { .at_ms = hit->now_ms,
			   .kind = kind_of_hit(hit->purpose),
			   .campaign_id = token.campaign_id,
			   .member_id = token.member_id,
			   .link_id = token.link_id,
			   .code = code_of_hit(hit),
			   .ip = hit->ip,
			   .agent = cut_agent(hit->agent, arena) },
	};
	if (hit->purpose == TRACK_CLICK)
		found = find_click(t, &token, hit->may_wait, arena,
				   &out->target, err);
	return found;
}

void track_store(struct track *t, const struct track_hit *hit,
		 struct arena *arena, event_done_fn done, void *context)
{
	if (hit->event.member_id == 0)
		done(context, NULL);
	else
		event_add(t->setup.writer, &hit->event, arena, done, context);
}

/* --- pages --- */

/* Whose list it is. */
static int read_sender(struct db *db, const struct campaign *campaign,
		       struct arena *arena, struct track_subject *out,
		       struct err *err)
{
	struct list list;

	out->list_name = campaign->list_name;
	out->list_id = campaign->list_id;
	if (*out->organisation)
		return 0;
	if (list_get_by_id(db, campaign->list_id, arena, &list, err) < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	out->organisation = list_company(&list, arena);
	return 0;
}

/* db: the audience's. 1: it is about a member that is there; 0, -1. */
static int read_member(struct db *db, const struct track_token *token,
		       struct arena *arena, struct track_subject *out,
		       struct err *err)
{
	const struct reader_language *own;
	struct member member;
	int moved;

	if (member_get_by_id(db, token->member_id, arena, &member, err) < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	own = reader_language_find(member.language);
	if (own)
		out->language = own;
	out->address = member.address;
	moved = hide_moved(db, token, &out->address, err);
	if (moved < 0)
		return -1;
	out->is_subscribed = member.status == MEMBER_SUBSCRIBED ||
			     member.status == MEMBER_PENDING;
	out->may_take_back =
		!moved && (out->is_subscribed || member_may_take_back(&member));
	return 1;
}

static int read_subject(struct db *db, const struct track_token *token,
			struct arena *arena, struct track_subject *out,
			struct err *err)
{
	struct campaign campaign;

	if (campaign_get(db, token->campaign_id, arena, &campaign, err) == 0) {
		if (read_sender(db, &campaign, arena, out, err) < 0)
			return -1;
	} else if (err->code != ERR_NOT_FOUND) {
		return -1;
	}
	if (mailing_language(db, token->campaign_id, arena, &out->language,
			     err) < 0)
		return -1;
	return token->member_id && read_member(db, token, arena, out, err) < 0
		       ? -1
		       : 1;
}

int track_subject(struct track *t, const char *text, char purpose,
		  struct arena *arena, struct track_subject *out,
		  struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct track_token token;

	if (!parse(t, text, (enum track_purpose)purpose, &token))
		return 0;
	*out = (struct track_subject){
		.campaign_id = token.campaign_id,
		.member_id = token.member_id,
		.is_copy = !token.member_id && token.link_id == TRACK_COPY,
		.address = "",
		.list_name = "",
		.organisation = t->setup.mailing->organisation,
	};
	if (store_get(t->setup.store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	return read_subject(db, &token, arena, out, err);
}

void track_format_other(const struct track *t,
			const struct track_subject *subject, char purpose,
			struct strbuf *out)
{
	const struct track_token token = {
		.purpose = (enum track_purpose)purpose,
		.campaign_id = subject->campaign_id,
		.member_id = subject->member_id,
	};

	track_token_format(t->setup.mailing->keys, &token, out);
}

int track_archive(struct track *t, const char *text, struct strbuf *html_out,
		  struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(mailing_put) struct mailing *mailing = NULL;
	struct mailing_person person;
	struct track_token token;
	int found;

	if (!parse(t, text, TRACK_ARCHIVE, &token) ||
	    token.link_id == TRACK_COPY)
		return 0;
	found = get_mailing(t, &token, arena, &mailing, &person, err);
	if (found <= 0)
		return found;
	if (mailing_render_page(mailing, &person, html_out, err) < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	return 1;
}

/* --- copies for everybody --- */

int track_copy(struct track *t, const char *text, struct arena *arena,
	       struct mailing_view *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct track_token token;

	if (!parse(t, text, TRACK_ARCHIVE, &token) || token.member_id ||
	    token.link_id != TRACK_COPY)
		return 0;
	if (store_get(t->setup.store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	return archive_view(db, t->setup.mailing, token.campaign_id,
			    clock_now_ms(), arena, out, err);
}

void track_add_copy_url(const struct track *t, int64_t campaign_id,
			struct strbuf *out)
{
	archive_add_url(t->setup.mailing, campaign_id, out);
}

int track_list_copies(struct track *t, int64_t list_id,
		      const struct archive_mark *behind, int64_t limit,
		      struct arena *arena, struct archive_entries *out,
		      struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;

	if (store_get(t->setup.store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	return archive_list(db, t->setup.mailing, list_id, behind, limit,
			    clock_now_ms(), arena, out, err);
}
