#include "crm/campaign_record.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/email.h"
#include "base/err.h"
#include "base/utf8.h"
#include "crm/campaign/schedule.h"
#include "crm/campaign/send_job.h"
#include "crm/campaign_design.h"
#include "crm/campaign_figures.h"
#include "crm/group/group.h"
#include "design/design.h"

#include "sql/crm_campaign.h"
#include "sql/crm_journal.h"
#include "sql/send_job.h"
#include "store/update.h"

#include <string.h>

#define COPY " (copy)"

const char *crm_campaign_status_name(enum crm_campaign_status status)
{
	static const char *const names[] = { "",        "draft",  "scheduled",
					     "sending", "paused", "sent",
					     "canceled" };

	return names[status];
}

bool crm_campaign_status_parse(const char *name, enum crm_campaign_status *out)
{
	for (int i = CRM_CAMPAIGN_DRAFT; i <= CRM_CAMPAIGN_CANCELED; i++)
		if (strcmp(crm_campaign_status_name(
				   (enum crm_campaign_status)i),
			   name) == 0) {
			*out = (enum crm_campaign_status)i;
			return true;
		}
	return false;
}

const char *crm_campaign_to_name(enum crm_campaign_to kind)
{
	static const char *const names[] = { "", "group", "tag", "segment",
					     "audience" };

	return names[kind];
}

const char *crm_campaign_origin_name(enum crm_campaign_origin origin)
{
	static const char *const names[] = { "crm", "elsewhere", "feed" };

	return names[origin];
}

/* --- reading --- */

static void read_campaign(const struct rows *rows, struct arena *arena,
			  void *out)
{
	struct crm_campaign *c = out;

	*c = (struct crm_campaign){
		.id = rows_int(rows, 0),
		.name = rows_dup(rows, 1, arena),
		.group_id = rows_int(rows, 2),
		.subject = rows_dup(rows, 3, arena),
		.preview_text = rows_dup(rows, 4, arena),
		.from_name = rows_dup(rows, 5, arena),
		.from_email = rows_dup(rows, 6, arena),
		.reply_to = rows_dup(rows, 7, arena),
		.status = (enum crm_campaign_status)rows_int(rows, 8),
		.push_id = rows_int(rows, 9),
		.audience_id = rows_dup(rows, 10, arena),
		.marketing_campaign_id = rows_dup(rows, 11, arena),
		.schedule_ms = rows_int(rows, 12),
		.started_ms = rows_int(rows, 13),
		.sent_ms = rows_int(rows, 14),
		.user_id = rows_int(rows, 15),
		.created_ms = rows_int(rows, 16),
		.updated_ms = rows_int(rows, 17),
		.pull_state = rows_dup(rows, 18, arena),
		.html = rows_dup(rows, 19, arena),
		.plain_text = rows_dup(rows, 20, arena),
		.restored_ms = rows_int(rows, 21),
		.hold_reason = rows_dup(rows, 22, arena),
		.hold_detail = rows_dup(rows, 23, arena),
		.hold_ms = rows_int(rows, 24),
		.content = (enum crm_content)rows_int(rows, 25),
		.design = rows_dup(rows, 26, arena),
		.plain_is_made = rows_int(rows, 27) != 0,
		.language = rows_dup(rows, 28, arena),
		.direction = rows_dup(rows, 29, arena),
		.to_kind = (enum crm_campaign_to)rows_int(rows, 30),
		.segment_id = rows_int(rows, 31),
		.to_name = rows_dup(rows, 32, arena),
		.send_at_ms = rows_int(rows, 33),
		.ab_result = rows_dup(rows, 35, arena),
	};
	ab_test_load(rows_is_null(rows, 34) ? NULL : rows_text(rows, 34), arena,
		     &c->test);
	for (int i = 0; i < AB_VARIANTS_MAX - 1; i++)
		c->more[i] = (struct ab_content){
			.design = rows_dup(rows, 36 + 4 * i, arena),
			.html = rows_dup(rows, 37 + 4 * i, arena),
			.plain_text = rows_dup(rows, 38 + 4 * i, arena),
			.plain_is_made = rows_int(rows, 39 + 4 * i) != 0,
		};
	c->origin = (enum crm_campaign_origin)rows_int(rows, 44);
}

static int no_campaign(int64_t id, struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, "there is no campaign %lld",
		       (long long)id);
}

int crm_campaign_get(struct db *db, int64_t id, struct arena *arena,
		     struct crm_campaign *out, struct err *err)
{
	int found = db_get(db, SQL_CRM_CAMPAIGN_GET, SQL_ARGS(sql_int(id)),
			   read_campaign, arena, out, err);

	if (found == 0)
		return no_campaign(id, err);
	return found < 0 ? -1 : 0;
}

int crm_campaign_list(struct db *db, const struct ids *ids, struct arena *arena,
		      struct crm_campaigns *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	return db_list(db, SQL_CRM_CAMPAIGN_SOME,
		       SQL_ARGS(sql_keys(ids, &keys)), read_campaign, arena,
		       out, err);
}

static void read_name(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct crm_campaign_name *)out = (struct crm_campaign_name){
		.name = rows_dup(rows, 0, arena),
		.marketing_campaign_id = rows_dup(rows, 1, arena),
	};
}

int crm_campaign_list_showing(struct db *db, const char *pattern,
			      struct arena *arena,
			      struct crm_campaign_names *out, struct err *err)
{
	return db_list(db, SQL_CRM_CAMPAIGN_SHOWING,
		       SQL_ARGS(sql_text(pattern), sql_text(pattern),
				sql_text(pattern)),
		       read_name, arena, out, err);
}

/* --- writing --- */

/* 1, 0, -1. */
static int has_group(struct tx *tx, int64_t id, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct err why = ERR_INIT;
	struct group group;

	if (id == 0 || group_get(tx->db, id, arena, &group, &why) >= 0)
		return 1;
	if (why.code == ERR_NOT_FOUND)
		return 0;
	*err = why;
	return -1;
}

/* A group that is not there would only be noticed when it is to be sent. */
static int check_group(struct tx *tx, int64_t id, struct err *err)
{
	int found = has_group(tx, id, err);

	if (found != 0)
		return found < 0 ? -1 : 0;
	return err_field(err, "group_id", "there is no such group");
}

int crm_campaign_add(struct tx *tx, struct crm_campaign *c,
		     const struct actor *actor, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const struct ab_content *b = &c->more[0], *v = &c->more[1];

	if (check_group(tx, c->group_id, err) < 0)
		return -1;
	c->status = CRM_CAMPAIGN_DRAFT;
	c->user_id = actor->user_id;
	c->created_ms = c->updated_ms = actor->now_ms;
	utf8_fold(str_of(c->name), &folded);
	return db_find_int(
		       tx->db, SQL_CRM_CAMPAIGN_ADD,
		       SQL_ARGS(sql_text(c->name), sql_str(strbuf_str(&folded)),
				sql_id_or_null(c->group_id),
				sql_text(c->subject), sql_text(c->preview_text),
				sql_text(c->from_name), sql_text(c->from_email),
				sql_text(c->reply_to), sql_text(c->design),
				sql_int(c->plain_is_made), sql_text(c->html),
				sql_text(c->plain_text), sql_text(c->language),
				sql_text(c->direction),
				sql_id_or_null(c->to_kind),
				sql_id_or_null(c->segment_id),
				sql_text(c->to_name),
				sql_id_or_null(c->send_at_ms),
				sql_text(ab_test_store(&c->test, arena)),
				sql_text(b->design), sql_text(b->html),
				sql_text(b->plain_text),
				sql_int(b->plain_is_made), sql_text(v->design),
				sql_text(v->html), sql_text(v->plain_text),
				sql_int(v->plain_is_made),
				sql_id_or_null(c->user_id),
				sql_int(c->created_ms), sql_int(c->updated_ms)),
		       &c->id, err) < 0
		       ? -1
		       : 0;
}

static const char *copy_name(const char *name, struct arena *arena)
{
	size_t room = CRM_CAMPAIGN_NAME_MAX - strlen(COPY);
	struct str kept = str_of(name);

	while (kept.len > room ||
	       (kept.len < strlen(name) &&
		((unsigned char)name[kept.len] & 0xc0) == 0x80))
		kept.len--; /* never within a character */
	return arena_printf(arena, "%.*s" COPY, (int)kept.len, kept.s);
}

int crm_campaign_copy(struct tx *tx, int64_t id, const char *name,
		      const struct actor *actor, struct arena *arena,
		      int64_t *id_out, struct err *err)
{
	struct crm_campaign c;
	int found;

	if (crm_campaign_get(tx->db, id, arena, &c, err) < 0)
		return -1;
	found = has_group(tx, c.group_id, err);
	if (found < 0)
		return -1;
	if (found == 0) {
		c.to_kind = CRM_CAMPAIGN_TO_NOBODY;
		c.group_id = 0;
	}
	c.name = name ? name : copy_name(c.name, arena);
	c.send_at_ms = 0;
	for (int i = 0; i < AB_VARIANTS_MAX - 1; i++)
		c.test.more[i].send_at_ms = 0;
	if (crm_campaign_add(tx, &c, actor, err) < 0)
		return -1;
	*id_out = c.id;
	return 0;
}

/* The columns that are made of the design, or stand in its place. */
static int update_content(struct update *u, const struct crm_campaign *before,
			  struct crm_campaign *c, struct arena *arena,
			  struct err *err)
{
	if (c->design && !campaign_design_same(before, c) &&
	    campaign_design_make(c, arena, err) < 0)
		return -1;
	update_text(u, "design", before->design, c->design);
	update_int(u, "plain_is_made", before->plain_is_made, c->plain_is_made);
	update_text(u, "language", before->language, c->language);
	update_text(u, "direction", before->direction, c->direction);
	update_text(u, "html", before->html, c->html);
	update_text(u, "plain_text", before->plain_text, c->plain_text);
	return 0;
}

/* The same of what B or C say. */
static int update_variant(struct update *u, const struct crm_campaign *before,
			  struct crm_campaign *c, int variant,
			  struct arena *arena, struct err *err)
{
	const char *letter = variant == 2 ? "b" : "c";
	struct crm_campaign was = *before, is = *c;

	ab_content_show(&was, variant);
	ab_content_show(&is, variant);
	if (is.design && !campaign_design_same(&was, &is) &&
	    campaign_design_make(&is, arena, err) < 0)
		return -1;
	update_text(u, arena_printf(arena, "%s_design", letter), was.design,
		    is.design);
	update_text(u, arena_printf(arena, "%s_html", letter), was.html,
		    is.html);
	update_text(u, arena_printf(arena, "%s_plain_text", letter),
		    was.plain_text, is.plain_text);
	update_int(u, arena_printf(arena, "%s_plain_is_made", letter),
		   was.plain_is_made, is.plain_is_made);
	return 0;
}

static int update_test(struct update *u, const struct crm_campaign *before,
		       struct crm_campaign *c, struct arena *arena,
		       struct err *err)
{
	update_text(u, "ab_test", ab_test_store(&before->test, arena),
		    ab_test_store(&c->test, arena));
	for (int i = 2; i <= AB_VARIANTS_MAX; i++)
		if (update_variant(u, before, c, i, arena, err) < 0)
			return -1;
	return 0;
}

int crm_campaign_update(struct tx *tx, const struct crm_campaign *before,
			const struct crm_campaign *c, const struct actor *actor,
			struct err *err)
{
	CLEANUP(update_release) struct update u = UPDATE_OF("campaign");
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct crm_campaign made = *c;

	if (before->status != CRM_CAMPAIGN_DRAFT)
		return err_set(err, ERR_CONFLICT,
			       "only a draft can be changed; this one is %s",
			       crm_campaign_status_name(before->status));
	if (campaign_send_may_change(tx->db, before, err) < 0)
		return -1;
	if (c->group_id != before->group_id &&
	    check_group(tx, c->group_id, err) < 0)
		return -1;
	utf8_fold(str_of(c->name), &folded);
	update_text(&u, "name", before->name, c->name);
	if (strcmp(before->name, c->name) != 0)
		update_text(&u, "name_folded", NULL, folded.buf);
	update_id(&u, "group_id", before->group_id, c->group_id);
	update_id(&u, "to_kind", before->to_kind, c->to_kind);
	update_id(&u, "segment_id", before->segment_id, c->segment_id);
	update_text(&u, "to_name", before->to_name, c->to_name);
	update_id(&u, "send_at_ms", before->send_at_ms, c->send_at_ms);
	update_text(&u, "subject", before->subject, c->subject);
	update_text(&u, "preview_text", before->preview_text, c->preview_text);
	update_text(&u, "from_name", before->from_name, c->from_name);
	update_text(&u, "from_email", before->from_email, c->from_email);
	update_text(&u, "reply_to", before->reply_to, c->reply_to);
	if (update_content(&u, before, &made, arena, err) < 0 ||
	    update_test(&u, before, &made, arena, err) < 0)
		return -1;
	update_stamp(&u, "updated_ms", actor->now_ms);
	return update_run(&u, tx, "id = ?", SQL_ARGS(sql_int(c->id)), err) < 0
		       ? -1
		       : 0;
}

static int check_no_job(struct tx *tx, int64_t id, struct err *err)
{
	int64_t job_id = 0;
	int found =
		db_find_int(tx->db, SQL_CAMPAIGN_OPEN_JOB,
			    SQL_ARGS(sql_int(id), sql_int(id)), &job_id, err);

	if (found <= 0)
		return found;
	return err_set(err, ERR_CONFLICT,
		       "a job of it (%lld) has not ended: wait for it, or stop "
		       "it, and remove the campaign then",
		       (long long)job_id);
}

int crm_campaign_remove(struct tx *tx, int64_t id, struct err *err)
{
	int changed;

	if (check_no_job(tx, id, err) < 0)
		return -1;
	changed = db_exec(tx, SQL_CRM_CAMPAIGN_REMOVE, SQL_ARGS(sql_int(id)),
			  err);
	if (changed != 0)
		return changed < 0 || send_job_drop(tx, id, err) < 0
			       ? -1
			       : figures_remove(tx, id, err);
	return err_set(err, ERR_CONFLICT,
		       "only drafts and canceled campaigns can be removed");
}

bool crm_campaign_is_open(const struct crm_campaign *c)
{
	return c->status == CRM_CAMPAIGN_DRAFT ||
	       c->status == CRM_CAMPAIGN_SCHEDULED;
}

int crm_campaign_check_open(const struct crm_campaign *c, struct err *err)
{
	if (crm_campaign_is_open(c))
		return 0;
	return err_set(err, ERR_CONFLICT, "the campaign is %s already",
		       crm_campaign_status_name(c->status));
}

/* The reply is for those who write it: their server takes what it likes. */
int crm_campaign_check_sender(const struct crm_campaign *c, struct err *err)
{
	if (!c->from_email || !*c->from_email)
		return err_field(err, "from_email",
				 "there is no address of the sender");
	if (!email_has_ascii_local(c->from_email))
		return err_field(err, "from_email",
				 "has letters outside ASCII before the @: "
				 "most mail servers refuse such a sender");
	return 0;
}

int crm_campaign_check_complete(const struct crm_campaign *c, struct err *err)
{
	if (c->to_kind == CRM_CAMPAIGN_TO_NOBODY)
		return err_field(err, "to", "nobody to send to");
	if (!c->subject || !*c->subject)
		return err_field(err, "subject", "there is no subject");
	if (crm_campaign_check_sender(c, err) < 0)
		return -1;
	if (!c->html && !c->plain_text)
		return err_field(err, "html", "there is no content");
	return ab_test_check(c, err);
}

/* --- status --- */

static bool may_move(enum crm_campaign_status from, enum crm_campaign_status to)
{
	static const unsigned to_of[] = {
		[CRM_CAMPAIGN_DRAFT] = 1 << CRM_CAMPAIGN_SCHEDULED |
				       1 << CRM_CAMPAIGN_SENDING |
				       1 << CRM_CAMPAIGN_CANCELED,
		[CRM_CAMPAIGN_SCHEDULED] = 1 << CRM_CAMPAIGN_DRAFT |
					   1 << CRM_CAMPAIGN_SENDING |
					   1 << CRM_CAMPAIGN_CANCELED,
		[CRM_CAMPAIGN_SENDING] =
			1 << CRM_CAMPAIGN_DRAFT | 1 << CRM_CAMPAIGN_PAUSED |
			1 << CRM_CAMPAIGN_SENT | 1 << CRM_CAMPAIGN_CANCELED,
		[CRM_CAMPAIGN_PAUSED] = 1 << CRM_CAMPAIGN_SENDING |
					1 << CRM_CAMPAIGN_SENT |
					1 << CRM_CAMPAIGN_CANCELED,
		[CRM_CAMPAIGN_SENT] = 0,
		[CRM_CAMPAIGN_CANCELED] = 0,
	};

	return (to_of[from] & 1u << to) != 0;
}

int crm_campaign_move(struct tx *tx, int64_t id, enum crm_campaign_status to,
		      int64_t now_ms, struct err *err)
{
	int64_t from = 0;
	int found = db_find_int(tx->db, SQL_CRM_CAMPAIGN_STATUS,
				SQL_ARGS(sql_int(id)), &from, err);

	if (found < 0)
		return -1;
	if (found == 0)
		return no_campaign(id, err);
	if (from == (int64_t)to)
		return 0;
	if (!may_move((enum crm_campaign_status)from, to))
		return err_set(err, ERR_CONFLICT,
			       "a campaign that is %s cannot become %s",
			       crm_campaign_status_name(
				       (enum crm_campaign_status)from),
			       crm_campaign_status_name(to));
	return db_exec(tx, SQL_CRM_CAMPAIGN_SET_STATUS,
		       SQL_ARGS(sql_int(to), sql_int(to), sql_int(now_ms),
				sql_int(to), sql_int(now_ms), sql_int(now_ms),
				sql_int(id)),
		       err);
}

int crm_campaign_follow(struct tx *tx, int64_t id,
			enum crm_campaign_status from,
			enum crm_campaign_status to, int64_t now_ms,
			struct err *err)
{
	int64_t now = 0;

	if (db_find_int(tx->db, SQL_CRM_CAMPAIGN_STATUS, SQL_ARGS(sql_int(id)),
			&now, err) < 0)
		return -1;
	return now == (int64_t)from ? crm_campaign_move(tx, id, to, now_ms, err)
				    : 0;
}

/* --- acts --- */

#define BIT(status) (1u << CRM_CAMPAIGN_##status)

static const struct {
	const char *name, *done;
	unsigned from; /* bits of enum crm_campaign_status */
} acts[] = {
	[CRM_CAMPAIGN_PAUSE] = { "pause", "paused", BIT(SENDING) },
	[CRM_CAMPAIGN_RESUME] = { "resume", "resumed", BIT(PAUSED) },
	[CRM_CAMPAIGN_CANCEL] = { "cancel", "canceled",
				  BIT(DRAFT) | BIT(SCHEDULED) | BIT(SENDING) |
					  BIT(PAUSED) },
	[CRM_CAMPAIGN_FINISH] = { "finish", "finished",
				  BIT(SENDING) | BIT(PAUSED) },
};

const char *crm_campaign_act_name(enum crm_campaign_act act)
{
	return acts[act].name;
}

int crm_campaign_act_parse(const char *name, enum crm_campaign_act *out,
			   struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(acts); i++)
		if (strcmp(acts[i].name, name) == 0) {
			*out = (enum crm_campaign_act)i;
			return 0;
		}
	return err_set(err, ERR_INVALID, "a campaign cannot be told to %s",
		       name);
}

int crm_campaign_may_act(const struct crm_campaign *c,
			 enum crm_campaign_act act, struct err *err)
{
	if (c->origin != CRM_CAMPAIGN_OF_CRM)
		return err_set(err, ERR_CONFLICT,
			       "the campaign was not sent from here: it can "
			       "only be looked at and copied");
	if (acts[act].from & 1u << c->status)
		return 0;
	return err_set(err, ERR_CONFLICT, "a campaign that is %s cannot be %s",
		       crm_campaign_status_name(c->status), acts[act].done);
}

/* --- after a restore --- */

int crm_campaigns_restored(struct db *db, int64_t now_ms, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct sql_value now = sql_int(now_ms);

	if (tx_begin(db, &tx, err) < 0 ||
	    db_list_ids(db, SQL_CRM_JOURNAL_UNDER_WAY, SQL_ARGS(now), &ids,
			err) < 0)
		return -1;
	vec_each (&ids, id)
		if (db_exec(&tx, SQL_CRM_JOURNAL_PAUSE,
			    SQL_ARGS(now, now, sql_int(*id)), err) < 0)
			return -1;
	if (db_exec(&tx, SQL_CRM_JOURNAL_DROP_JOBS, SQL_ARGS(now, now), err) <
		    0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return (int)ids.n;
}

int crm_campaigns_under_way(struct db *db, struct err *err)
{
	int64_t id;

	return db_find_int(db, SQL_CRM_JOURNAL_UNDER_WAY, SQL_ARGS(sql_int(0)),
			   &id, err);
}

/* --- shape --- */

static const char *paused_because(const struct crm_campaign *c)
{
	if (c->restored_ms == 0)
		return NULL;
	return "The database was restored from a backup while this campaign "
	       "was under way. Whoever got it since the backup was made gets "
	       "it again if it is resumed: compare with the relay's log "
	       "first, or cancel it.";
}

int crm_campaign_set_hold(struct tx *tx, int64_t id, const char *reason,
			  const char *detail, int64_t since_ms, struct err *err)
{
	return db_exec(tx, SQL_CRM_CAMPAIGN_HOLD,
		       SQL_ARGS(sql_text(reason),
				sql_text(reason ? detail : NULL),
				sql_id_or_null(reason ? since_ms : 0),
				sql_int(id)),
		       err) < 0
		       ? -1
		       : 0;
}

void crm_campaign_write_hold(const struct crm_campaign *c,
			     struct json_writer *w)
{
	if (!c->hold_reason) {
		json_key_raw(w, "hold", str_of("null"));
		return;
	}
	json_key_begin_object(w, "hold");
	json_key_text(w, "reason", c->hold_reason);
	json_key_text(w, "detail", c->hold_detail);
	json_key_time_or_null(w, "since", c->hold_ms);
	json_end_object(w);
}

static const char *const content_names[] = {
	[CRM_CONTENT_NONE] = NULL,
	[CRM_CONTENT_DESIGN] = "design",
	[CRM_CONTENT_HTML] = "html",
	[CRM_CONTENT_PLAIN] = "plain",
};

void crm_campaign_write(const struct crm_campaign *c, bool with_content,
			struct json_writer *w)
{
	json_key_int(w, "id", c->id);
	json_key_text(w, "name", c->name);
	json_key_text(w, "status", crm_campaign_status_name(c->status));
	json_key_text(w, "origin", crm_campaign_origin_name(c->origin));
	json_key_text(w, "paused_because", paused_because(c));
	crm_campaign_write_hold(c, w);
	json_key_id(w, "group_id", c->group_id);
	json_key_text(w, "subject", c->subject);
	json_key_text(w, "preview_text", c->preview_text);
	json_key_text(w, "from_name", c->from_name);
	json_key_text(w, "from_email", c->from_email);
	json_key_text(w, "reply_to", c->reply_to);
	if (with_content) {
		json_key_text(w, "html", c->html);
		json_key_text(w, "plain_text", c->plain_text);
	}
	json_key_text(w, "content", content_names[c->content]);
	json_key_text(w, "language", c->language);
	json_key_text(w, "direction", c->direction ? c->direction : "auto");
	json_key_text(w, "marketing_campaign_id", c->marketing_campaign_id);
	json_key_text(w, "audience_id", c->audience_id);
	json_key_id(w, "push_id", c->push_id);
	json_key_time_or_null(w, "schedule_at", c->schedule_ms);
	json_key_time_or_null(w, "send_at", c->send_at_ms);
	ab_test_write(&c->test, w);
	json_key_time_or_null(w, "started_at", c->started_ms);
	json_key_time_or_null(w, "sent_at", c->sent_ms);
	json_key_time_or_null(w, "created_at", c->created_ms);
	json_key_time_or_null(w, "updated_at", c->updated_ms);
}

void crm_campaign_format(const struct crm_campaign *c, bool with_content,
			 struct json_writer *w)
{
	json_begin_object(w);
	crm_campaign_write(c, with_content, w);
	json_key_int(w, "to_kind", c->to_kind);
	json_key_int(w, "segment_id", c->segment_id);
	json_end_object(w);
}
