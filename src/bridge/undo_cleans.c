/*
 * Undoing a mass clean: what a campaign made cleaned in the audience gets its
 * status of before, and the addresses that were held for it are free again.
 * The audience decides whom; doing it twice, or half and then again, ends the
 * same, since it tells of those restored before too. Only what this job changed
 * is counted: the figures so far are kept with the place to go on.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/address.h"
#include "crm/campaign_record.h"

#include "sql/bridge.h"

#include <string.h>

#define PEOPLE_TOLD 1000

struct undoing {
	struct work *w;
	int64_t campaign_id;
	const char *marketing_id;
	bool dry_run;
	int64_t after; /* the page to come; -1: that was all */
	int64_t restored, addresses;
	json_t *kept;   /* counts by reason */
	json_t *people; /* ids of people whose addresses are free again */
};

static void undoing_release(struct undoing *u)
{
	json_free(&u->kept);
	json_free(&u->people);
}

static int get_page(struct undoing *u, json_t **out, struct err *err)
{
	const char *path = arena_printf(
		u->w->arena, "/campaigns/%s/%s?after=%lld", u->marketing_id,
		u->dry_run ? "cleaned" : "actions/restore-cleaned",
		(long long)u->after);
	int rc = u->dry_run
			 ? mc_get(u->w->client, path, out, err)
			 : mc_call(u->w->client, "POST", path, NULL, out, err);

	if (rc < 0 && err->code == ERR_NOT_FOUND)
		return err_set(err, ERR_INVALID,
			       "this audience cannot undo that members were "
			       "cleaned: it has to be done there");
	return rc;
}

static void count_kept(struct undoing *u, const char *reason)
{
	json_int_t n = json_integer_value(json_object_get(u->kept, reason));

	(void)json_object_set_new(u->kept, reason, json_integer(n + 1));
}

static int note_people(struct undoing *u, struct db *db, const char *hash,
		       struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db, SQL_BRIDGE_BOUNCED_PEOPLE, SQL_ARGS(sql_text(hash)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		u->addresses++;
		if (json_array_size(u->people) < PEOPLE_TOLD)
			(void)json_array_append_new(
				u->people, json_integer(rows_int(rows, 0)));
	}
	return more;
}

/* Whoever had it was deleted, or has another one now: the next sync settles
 * that member as any that the bridge subscribed and nobody has. */
static int own_if_nobodys(struct undoing *u, struct tx *tx, const char *hash,
			  struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	if (address_find_records(tx->db, ENTITY_PERSON, hash, &ids, err) < 0)
		return -1;
	if (ids.n > 0)
		return 0;
	return db_exec(tx, SQL_BRIDGE_MEMBER_OWN,
		       SQL_ARGS(sql_int(u->w->actor.now_ms), sql_text(hash)),
		       err) < 0
		       ? -1
		       : 0;
}

/* Not by a job before this one. */
static bool is_ours(const struct undoing *u, const json_t *item)
{
	json_int_t at =
		json_integer_value(json_object_get(item, "restored_ms"));

	return u->dry_run ? at == 0 : at >= u->w->run->job->created_ms;
}

static int undo_one(struct undoing *u, struct tx *tx, const json_t *item,
		    struct err *err)
{
	const char *hash = json_string_value(json_object_get(item, "email_id"));
	const char *reason = json_string_value(json_object_get(item, "reason"));
	const char *status = json_string_value(json_object_get(item, "status"));

	if (!hash)
		return 0;
	if (!json_is_true(json_object_get(item, "restored"))) {
		count_kept(u, reason && *reason ? reason : "other");
		return 0;
	}
	u->restored += is_ours(u, item);
	if (note_people(u, tx->db, hash, err) < 0)
		return -1;
	if (u->dry_run)
		return 0;
	if (mirror_put(tx, hash, mirror_status_of(status), NULL, NULL,
		       u->w->actor.now_ms, err) < 0 ||
	    own_if_nobodys(u, tx, hash, err) < 0)
		return -1;
	return address_release_bounced(tx, hash, &u->w->actor, u->w->arena,
				       err) < 0
		       ? -1
		       : 0;
}

static void write_result(const struct undoing *u, struct strbuf *out)
{
	struct json_writer j = JSON_WRITER(out);

	strbuf_reset(out);
	json_begin_object(&j);
	json_key_int(&j, "campaign_id", u->campaign_id);
	json_key_bool(&j, "dry_run", u->dry_run);
	json_key_int(&j, "restored", u->restored);
	json_key_int(&j, "addresses", u->addresses);
	json_key(&j, "kept");
	json_tree(&j, u->kept);
	json_key(&j, "people");
	json_tree(&j, u->people);
	json_end_object(&j);
}

/* {"after", "result"} */
static int save_state(struct undoing *u, struct tx *tx, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf state = STRBUF_INIT;

	write_result(u, &result);
	strbuf_addf(&state, "{\"after\":%lld,\"result\":%s}",
		    (long long)u->after, result.buf);
	return job_progress(u->w->run, tx, u->restored, 0, state.buf, err);
}

static int go_on(struct undoing *u, struct err *err)
{
	CLEANUP(json_free) json_t *state = NULL;
	const json_t *result, *kept, *people;

	if (!u->w->run->job->state_json)
		return 0;
	if (json_parse(str_of(u->w->run->job->state_json), &state, err) < 0)
		return -1;
	result = json_object_get(state, "result");
	kept = json_object_get(result, "kept");
	people = json_object_get(result, "people");
	u->after = json_integer_value(json_object_get(state, "after"));
	u->restored = json_integer_value(json_object_get(result, "restored"));
	u->addresses = json_integer_value(json_object_get(result, "addresses"));
	(void)json_object_update(u->kept, (json_t *)kept);
	(void)json_array_extend(u->people, (json_t *)people);
	return 0;
}

static int undo_page(struct undoing *u, const json_t *page, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	json_t *item;
	size_t i;

	if (tx_begin(u->w->db, &tx, err) < 0)
		return -1;
	json_array_foreach (json_object_get(page, "cleaned"), i, item)
		if (undo_one(u, &tx, item, err) < 0)
			return -1;
	if (!u->dry_run && journal(&tx, u->w, "undo_cleans", 0, NULL, err) < 0)
		return -1;
	u->after = json_integer_value(json_object_get(page, "next"));
	if (u->after == 0)
		u->after = -1;
	if (save_state(u, &tx, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int undo_all(struct undoing *u, struct err *err)
{
	while (u->after >= 0) {
		CLEANUP(json_free) json_t *page = NULL;

		if (get_page(u, &page, err) < 0 || undo_page(u, page, err) < 0)
			return -1;
		if (job_is_stopping(u->w->run))
			return err_set(err, ERR_RETRY, "the server stops");
	}
	return 0;
}

int job_undo_cleans(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };
	CLEANUP(json_free) json_t *payload = NULL;
	CLEANUP(undoing_release)
	struct undoing u = { .w = &w,
			     .kept = json_object(),
			     .people = json_array() };
	struct crm_campaign c;

	if (json_parse(str_of(run->job->payload), &payload, err) < 0 ||
	    json_get_int(payload, "campaign_id", &u.campaign_id, err) < 0 ||
	    json_get_bool(payload, "dry_run", &u.dry_run, err) < 0 ||
	    work_begin(run, &w, err) < 0 ||
	    crm_campaign_get(run->db, u.campaign_id, run->arena, &c, err) < 0 ||
	    go_on(&u, err) < 0)
		return -1;
	if (!c.marketing_campaign_id)
		return err_set(err, ERR_CONFLICT, "the campaign was not sent");
	u.marketing_id = c.marketing_campaign_id;
	if (undo_all(&u, err) < 0)
		return -1;
	write_result(&u, run->result);
	return 0;
}
