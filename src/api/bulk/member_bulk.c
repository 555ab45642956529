#include "api/bulk/member_bulk.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "api/mc30/mc30.h"
#include "audience/segment.h"
#include "audience/side/member_browse.h"
#include "base/arena.h"
#include "base/err.h"

void member_bulk_release(struct member_bulk *bulk)
{
	bulk_choice_release(&bulk->choice);
}

/* --- reading --- */

static int parse_all(const json_t *all, struct member_bulk *out,
		     struct err *err)
{
	if (json_get_text(all, "q", &out->q, err) < 0 ||
	    json_get_text(all, "status", &out->status, err) < 0 ||
	    json_get_text(all, "interest_id", &out->interest, err) < 0 ||
	    json_get_int(all, "segment_id", &out->in_segment, err) < 0)
		return -1;
	return 0;
}

static int parse_act(const json_t *body, struct member_bulk *out,
		     struct err *err)
{
	const char *act = NULL;

	if (json_get_text(body, "list_id", &out->list_hex, err) < 0 ||
	    json_get_text(body, "act", &act, err) < 0 ||
	    json_get_int(body, "segment_id", &out->segment_id, err) < 0)
		return -1;
	if (!member_act_parse(act, &out->act))
		return err_field(err, "act",
				 "not one of tag, untag, unsubscribe, archive");
	if (out->act <= MEMBER_ACT_UNTAG && out->segment_id <= 0)
		return err_field(err, "segment_id", "must be given");
	return 0;
}

int member_bulk_parse(const json_t *body, struct member_bulk *out,
		      struct err *err)
{
	CLEANUP(member_bulk_release)
	struct member_bulk b = { 0 };
	const json_t *all;

	if (parse_act(body, &b, err) < 0 ||
	    bulk_choice_parse(body, &b.choice, &all, err) < 0 ||
	    (all && parse_all(all, &b, err) < 0))
		return -1;
	*out = b;
	b.choice.ids = (struct ids)VEC_INIT;
	return 0;
}

/* --- as a job's payload --- */

static void write_all(const struct member_bulk *b, struct json_writer *w)
{
	json_key_begin_object(w, "all");
	json_key_text(w, "q", b->q);
	json_key_text(w, "status", b->status);
	json_key_text(w, "interest_id", b->interest);
	json_key_int(w, "segment_id", b->in_segment);
	json_end_object(w);
}

const char *member_bulk_payload(const struct member_bulk *b,
				const struct member_actor *actor,
				bool with_choice, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&text);

	json_begin_object(&w);
	json_key_text(&w, "list_id", b->list_hex);
	json_key_text(&w, "act", member_act_name(b->act));
	json_key_int(&w, "segment_id", b->segment_id);
	bulk_choice_write(&b->choice, with_choice, &w);
	json_key_int(&w, "source", actor->source);
	json_key_text(&w, "ip", actor->ip);
	json_key_text(&w, "by", actor->by);
	if (with_choice && !b->choice.by_ids)
		write_all(b, &w);
	json_end_object(&w);
	return arena_str(arena, strbuf_str(&text));
}

/* --- who they are --- */

/* Those who are shown are not all of them: who is not would be left out, and
 * nobody would be told. */
static int refuse_part(const struct member_found *found, struct err *err)
{
	if (found->is_indexing)
		return err_set(err, ERR_RETRY,
			       "the search is still taking in new members: ask "
			       "again in a moment; nothing was done");
	if (found->is_least)
		return err_field(err, "all.q",
				 "finds more than can be counted: ask for "
				 "more of the address or name");
	return 0;
}

static int find_chosen(struct db *audience, const struct member_bulk *b,
		       const struct list *list, int64_t now_ms,
		       struct arena *arena, struct ids *out, struct err *err)
{
	CLEANUP(member_found_release)
	struct member_found found = { .total = 0 };
	const struct member_asked asked = { .text = b->q,
					    .statuses = b->status,
					    .interest = b->interest,
					    .segment_id = b->in_segment };
	const struct member_page all = { .count = INT64_MAX };
	struct member_choice choice;

	if (member_choice_read(audience, list->id, &asked, arena, &choice,
			       err) < 0 ||
	    member_browse(audience, &choice, &all, now_ms, arena, &found, err) <
		    0 ||
	    refuse_part(&found, err) < 0)
		return -1;
	*out = found.ids;
	found.ids = (struct ids)VEC_INIT;
	return 0;
}

int member_bulk_find(struct db *audience, const struct member_bulk *bulk,
		     const struct list *list, int64_t now_ms,
		     struct arena *arena, struct ids *out, struct err *err)
{
	const struct bulk_choice *choice = &bulk->choice;

	vec_each (&choice->ids, id)
		vec_push(out, *id);
	if (bulk_choice_check_any(choice, err) < 0 ||
	    (!choice->by_ids &&
	     find_chosen(audience, bulk, list, now_ms, arena, out, err) < 0))
		return -1;
	return bulk_choice_check(choice, (int64_t)out->n, err);
}

/* --- asking --- */

static int check_segment(struct db *audience, const struct member_bulk *bulk,
			 const struct list *list, struct arena *arena,
			 struct err *err)
{
	struct segment segment;

	if (bulk->act > MEMBER_ACT_UNTAG)
		return 0;
	if (segment_get(audience, list->id, bulk->segment_id, arena, &segment,
			err) < 0)
		return err->code == ERR_NOT_FOUND
			       ? err_field(err, "segment_id",
					   "is no segment of this list")
			       : -1;
	return segment.kind == SEGMENT_STATIC
		       ? 0
		       : err_field(err, "segment_id",
				   "is a segment by conditions: nobody is put "
				   "into it by hand");
}

static int check(const struct request *rq, const struct member_bulk *bulk,
		 struct err *err)
{
	CLEANUP(store_put) struct db *audience = NULL;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct list list;

	if (mc_db(rq, &audience, err) < 0 ||
	    list_get(audience, bulk->list_hex, rq->arena, &list, err) < 0 ||
	    check_segment(audience, bulk, &list, rq->arena, err) < 0 ||
	    member_bulk_find(audience, bulk, &list, rq->now_ms, rq->arena, &ids,
			     err) < 0)
		return -1;
	return bulk_choice_confirm(&bulk->choice, bulk->act > MEMBER_ACT_UNTAG,
				   (int64_t)ids.n, err);
}

int v1_audience_members_bulk(struct request *rq, struct response *rs,
			     struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(member_bulk_release)
	struct member_bulk bulk = { 0 };
	const struct member_actor actor = mc_actor(rq);
	struct job_new job = { .kind = MEMBER_BULK_JOB,
			       .user_id = rq->caller.user_id };
	const json_t *body;
	int64_t id;

	if (request_json(rq, &body, err) < 0 ||
	    member_bulk_parse(body, &bulk, err) < 0 ||
	    check(rq, &bulk, err) < 0 || v1_begin(rq, &db, &tx, err) < 0)
		return -1;
	job.payload = member_bulk_payload(&bulk, &actor, true, rq->arena);
	if (job_add(&tx, &job, rq->now_ms, &id, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	v1_accepted(rs, id);
	return 0;
}
