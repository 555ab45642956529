#include "bridge/bridge.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/random.h"
#include "bridge/bridge_private.h"
#include "bridge/plan/plan_again.h"
#include "bridge/target/audience_target.h"
#include "store/store.h"

#include "sql/bridge.h"
#include "sql/store.h"

#include <stdlib.h>
#include <string.h>

#define SECRET_DIGITS 40
#define MAIL_LEAVES "mail.leaves" /* a setting, while it does */

int bridge_new(const struct bridge_setup *setup, struct bridge **out,
	       struct err *err)
{
	struct bridge *b;

	if (!setup->inside && !*setup->key)
		return err_set(err, ERR_INVALID,
			       "marketing_api_url is set, but no "
			       "marketing_api_key");
	b = calloc(1, sizeof(*b));
	BUG_ON(!b);
	b->setup = *setup;
	b->plan_overlap_ms = PLAN_OVERLAP_MS;
	b->seen_at_once = ITEMS_A_PAGE;
	*out = b;
	return 0;
}

void bridge_free(struct bridge **bridge)
{
	free(*bridge);
	*bridge = NULL;
}

bool bridge_is_inside(const struct bridge *bridge)
{
	return bridge->setup.inside;
}

size_t bridge_job_kinds(struct bridge *bridge, struct job_kind *out, size_t max)
{
	const struct job_kind kinds[] = {
		{ .name = "push", .fn = job_push },
		{ .name = "campaign-send",
		  .fn = job_campaign_send,
		  .max_attempts = INT32_MAX },
		{ .name = "campaign-test", .fn = job_campaign_test },
		{ .name = "campaign-act", .fn = job_campaign_act },
		{ .name = "campaign-winner", .fn = job_campaign_winner },
		{ .name = "undo-cleans", .fn = job_undo_cleans },
		{ .name = "pull", .fn = job_pull, .max_attempts = INT32_MAX },
		{ .name = "sync", .fn = job_sync },
		{ .name = "nightly",
		  .fn = job_nightly,
		  .max_attempts = INT32_MAX },
		{ .name = "watch", .fn = job_watch, .max_attempts = INT32_MAX },
		{ .name = "bridge-person", .fn = job_person },
		{ .name = "bridge-fields", .fn = job_fields },
		{ .name = "bridge-forget", .fn = job_forget },
		{ .name = "bridge-targets", .fn = job_targets },
		{ .name = "bridge-organisation", .fn = job_organisation },
		{ .name = "bridge-hook", .fn = job_hook, .forgets = true },
		{ .name = "hook-register", .fn = job_hook_register },
	};
	size_t n = ARRAY_SIZE(kinds);

	BUG_ON(n > max);
	for (size_t i = 0; i < n; i++) {
		out[i] = kinds[i];
		out[i].context = bridge;
	}
	return n;
}

static int add_always(struct tx *tx, const char *kind, int64_t now_ms,
		      struct err *err)
{
	struct job_new job = { .kind = kind, .single_key = kind };
	int64_t id;

	return job_add(tx, &job, now_ms, &id, err);
}

int bridge_begin(struct bridge *bridge, int64_t now_ms, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (store_get(bridge->setup.store, STORE_CRM, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    add_always(&tx, "pull", now_ms, err) < 0 ||
	    add_always(&tx, "nightly", now_ms, err) < 0 ||
	    add_always(&tx, "watch", now_ms, err) < 0 ||
	    add_always(&tx, "hook-register", now_ms, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* --- the secret of the webhook --- */

#define SECRET "bridge.hook_secret"
/* Those that were in force, with blanks between, until no webhook with them
 * stands in the audience. */
#define OLD_SECRETS "bridge.hook_secret_old"

int bridge_hook_secret(struct db *db, struct arena *arena, const char **out,
		       struct err *err)
{
	return setting_find(db, SECRET, arena, out, err);
}

static int ensure_secret(struct db *db, struct arena *arena, const char **out,
			 struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	char secret[SECRET_DIGITS + 1];
	int found = bridge_hook_secret(db, arena, out, err);

	if (found != 0)
		return found < 0 ? -1 : 0;
	random_hex(secret, SECRET_DIGITS);
	if (tx_begin(db, &tx, err) < 0 ||
	    setting_ensure(&tx, SECRET, secret, arena, out, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int bridge_renew_hook(struct tx *tx, int64_t now_ms, int64_t *job_out,
		      struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct job_new job = { .kind = "hook-register" };
	const char *was = NULL, *old = NULL;
	char secret[SECRET_DIGITS + 1];

	random_hex(secret, SECRET_DIGITS);
	if (db_find_text(tx->db, SQL_SETTING_LOCK, SQL_ARGS(sql_text(SECRET)),
			 arena, &was, err) < 0 ||
	    setting_find(tx->db, OLD_SECRETS, arena, &old, err) < 0 ||
	    (was &&
	     setting_put(tx, OLD_SECRETS,
			 arena_printf(arena, "%s %s", old ? old : "", was),
			 err) < 0) ||
	    setting_put(tx, SECRET, secret, err) < 0)
		return -1;
	return job_add(tx, &job, now_ms, job_out, err);
}

int hook_secrets_load(struct db *db, struct arena *arena,
		      struct hook_secrets *out, struct err *err)
{
	const char *old = NULL;

	if (setting_find(db, OLD_SECRETS, arena, &old, err) < 0)
		return -1;
	out->old = old ? old : "";
	return ensure_secret(db, arena, &out->now, err);
}

int hook_secrets_settle(struct db *db, const struct hook_secrets *secrets,
			struct err *err)
{

	if (!*secrets->old)
		return 0;
	/* only those that were looked for: more may have come since */
	return db_write(db, SQL_BRIDGE_SETTING_CLEAR,
			SQL_ARGS(sql_text(OLD_SECRETS), sql_text(secrets->old)),
			err);
}

int bridge_hook(struct tx *tx, const char *fields_json, int64_t now_ms,
		struct err *err)
{
	struct job_new job = { .kind = "bridge-hook", .payload = fields_json };
	int64_t id;

	return job_add(tx, &job, now_ms, &id, err);
}

/* --- which audience --- */

#define CHOSEN "bridge.chosen_audience"
#define AUDIENCE_ID_MAX 64

int bridge_audience_choose(struct tx *tx, const char *id, struct err *err)
{
	size_t n = strspn(id, "0123456789abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	if (n == 0 || id[n] || n > AUDIENCE_ID_MAX)
		return err_field(err, "audience_id",
				 "not the id of an audience (letters and "
				 "digits, as in GET /3.0/lists)");
	return setting_put(tx, CHOSEN, id, err);
}

int bridge_audience_chosen(struct db *db, struct arena *arena, const char **out,
			   struct err *err)
{
	*out = NULL;
	return setting_find(db, CHOSEN, arena, out, err) < 0 ? -1 : 0;
}

/* --- a job at work --- */

/* The rows of the other audience are put aside; those of this one, if it was
 * driven before, come back, and all of it is read anew. */
static int exchange_mirror(struct tx *tx, const char *from, const char *to,
			   struct err *err)
{
	struct sql_args args = SQL_ARGS(sql_text(to));

	if (db_exec(tx, SQL_BRIDGE_MEMBER_PUT_ASIDE, SQL_ARGS(sql_text(from)),
		    err) < 0 ||
	    db_exec(tx, SQL_BRIDGE_MEMBER_REMOVE_ALL, SQL_NO_ARGS, err) < 0 ||
	    db_exec(tx, SQL_BRIDGE_MEMBER_BRING_BACK, args, err) < 0 ||
	    db_exec(tx, SQL_BRIDGE_MEMBER_REMOVE_ASIDE, args, err) < 0 ||
	    setting_put(tx, "bridge.cursor_ms", "0", err) < 0)
		return -1;
	return setting_put(tx, "bridge.reconciled_ms", "0", err);
}

/* The mirror is that of one audience, whatever URL leads there. What an earlier
 * version left is taken for this one's, and read anew. */
static int take_mirror(struct work *w, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const char *of = NULL;
	int taken;

	if (tx_begin(w->db, &tx, err) < 0 ||
	    setting_ensure(&tx, "bridge.mirror", w->audience, w->arena, &of,
			   err) < 0)
		return -1;
	if (strcmp(of, w->audience) == 0)
		return setting_put(&tx, "bridge.cursor_ms", "0", err) < 0
			       ? -1
			       : tx_commit(&tx, err);
	taken = db_exec(&tx, SQL_BRIDGE_MIRROR_TAKE,
			SQL_ARGS(sql_text(w->audience), sql_text(of)), err);
	if (taken < 0 ||
	    (taken > 0 && exchange_mirror(&tx, of, w->audience, err) < 0))
		return -1;
	return tx_commit(&tx, err);
}

static int ensure_mirror(struct work *w, struct err *err)
{
	const char *of = NULL;
	int found = setting_find(w->db, "bridge.mirror", w->arena, &of, err);

	if (found < 0)
		return -1;
	return found > 0 && of && strcmp(of, w->audience) == 0
		       ? 0
		       : take_mirror(w, err);
}

static int keep_audience(struct work *w, const char *key, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->db, &tx, err) < 0 ||
	    setting_put(&tx, key, w->audience, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int ask_for_audience(struct work *w, const char **out, struct err *err)
{
	CLEANUP(json_free) json_t *reply = NULL;
	const json_t *lists;

	if (mc_get(w->client,
		   "/lists?count=2&sort_field=date_created&sort_dir=ASC&fields="
		   "lists.id,total_items",
		   &reply, err) < 0)
		return -1;
	lists = json_object_get(reply, "lists");
	if (json_array_size(lists) == 0)
		return err_set(err, ERR_INVALID,
			       "the Marketing API account has no audience: "
			       "make one there first");
	if (json_array_size(lists) > 1 && !w->bridge->setup.inside)
		return err_set(err, ERR_INVALID,
			       "the Marketing API account has several "
			       "audiences: say which one is the master "
			       "audience (`muster sync audience LIST`, or PUT "
			       "/api/v1/sync/audience)");
	*out = arena_strdup(w->arena, json_string_value(json_object_get(
					      json_array_get(lists, 0), "id")));
	return *out ? 0 : err_set(err, ERR_IO, "the audience has no id");
}

static int check_chosen(struct work *w, const char *id, struct err *err)
{
	struct err why = ERR_INIT;

	w->audience = id;
	if (mc_get(w->client, list_path(w, "?fields=id"), NULL, &why) == 0)
		return 0;
	if (why.code == ERR_NOT_FOUND)
		return err_set(
			err, ERR_INVALID,
			"the Marketing API account has no audience %s: "
			"choose another (`muster sync audience LIST`, or "
			"PUT /api/v1/sync/audience)",
			id);
	*err = why;
	return -1;
}

static int find_audience(struct work *w, struct err *err)
{
	const char *chosen;
	const char *key = w->bridge->setup.inside
				  ? "bridge.audience"
				  : arena_printf(w->arena, "bridge.audience %s",
						 w->bridge->setup.url);
	int found = setting_find(w->db, key, w->arena, &w->audience, err);

	if (found < 0 ||
	    bridge_audience_chosen(w->db, w->arena, &chosen, err) < 0)
		return -1;
	if (found > 0 && w->audience &&
	    (!chosen || strcmp(chosen, w->audience) == 0))
		return ensure_mirror(w, err);
	if ((chosen ? check_chosen(w, chosen, err)
		    : ask_for_audience(w, &w->audience, err)) < 0 ||
	    keep_audience(w, key, err) < 0)
		return -1;
	return ensure_mirror(w, err);
}

/* The queries of plans and campaigns ask for it: see the view demo_barred. */
static int note_mails(struct work *w, struct err *err)
{
	const struct bridge_setup *setup = &w->bridge->setup;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	bool stay = false;
	const char *value;
	int leaves = setting_find(w->db, MAIL_LEAVES, w->arena, &value, err);

	if (leaves < 0 ||
	    (setup->mails_stay &&
	     setup->mails_stay(setup->mails_stay_context, &stay, err) < 0))
		return -1;
	if ((leaves > 0) == !stay)
		return 0;
	if (tx_begin(w->db, &tx, err) < 0 ||
	    (stay ? setting_remove(&tx, MAIL_LEAVES, err)
		  : setting_put(&tx, MAIL_LEAVES, "1", err)) < 0)
		return -1;
	return tx_commit(&tx, err);
}

struct mc_client *bridge_client(const struct bridge *b)
{
	struct mc_options options = { .url = b->setup.url,
				      .key = b->setup.key,
				      .allow_private = true,
				      .tries = b->tries,
				      .send = b->send,
				      .context = b->send_context };

	return mc_client_new(&options);
}

int work_begin(struct job_run *run, struct work *out, struct err *err)
{
	struct bridge *b = run->context;

	*out = (struct work){
		.bridge = b,
		.run = run,
		.db = run->db,
		.arena = run->arena,
		.client = bridge_client(b),
		.actor = { .user_id = run->job->user_id,
			   .name = run->job->kind,
			   .now_ms = clock_now_ms() },
	};
	return note_mails(out, err) < 0 ? -1 : find_audience(out, err);
}

void work_release(struct work *w)
{
	mc_client_free(&w->client);
}

const char *list_path(struct work *w, const char *fmt, ...)
{
	CLEANUP(strbuf_release) struct strbuf sb = STRBUF_INIT;
	va_list ap;

	strbuf_addf(&sb, "/lists/%s", w->audience);
	va_start(ap, fmt);
	strbuf_vaddf(&sb, fmt, ap);
	va_end(ap);
	return arena_str(w->arena, strbuf_str(&sb));
}

const char *time_param(int64_t ms, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf iso = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf escaped = STRBUF_INIT;

	time_format_iso(ms, &iso);
	strbuf_add_url(&escaped, strbuf_str(&iso));
	return arena_str(arena, strbuf_str(&escaped));
}

int journal(struct tx *tx, struct work *w, const char *kind, int64_t person_id,
	    const char *detail_json, struct err *err)
{
	return db_exec(tx, SQL_BRIDGE_JOURNAL_ADD,
		       SQL_ARGS(sql_int(w->actor.now_ms), sql_text(kind),
				sql_id_or_null(person_id),
				sql_text(detail_json)),
		       err);
}

int park(struct tx *tx, struct work *w, const char *kind, int64_t person_id,
	 int64_t email_id, const struct err *why, struct err *err)
{
	return db_exec(tx, SQL_BRIDGE_PARK,
		       SQL_ARGS(sql_text(kind), sql_id_or_null(person_id),
				sql_id_or_null(email_id),
				sql_text(w->run->job->payload),
				sql_text(why->text),
				sql_int(w->run->job->attempts),
				sql_int(w->actor.now_ms)),
		       err);
}
