/* Notes on a member. Handlers; any worker. */
#include "api/mc30/mc30.h"

#include "api/handlers.h"
#include "audience/list.h"
#include "audience/side/member_note.h"
#include "base/arena.h"
#include "base/err.h"

/* What the handlers begin with. */
struct call {
	struct request *rq;
	struct db *db;
	struct tx tx;
	struct list list;
	struct member member;
	const char *path; /* of the member */
};

static void call_release(struct call *c)
{
	tx_release(&c->tx);
	store_put(&c->db);
}

/* In a transaction, if it writes: the member's row is locked by then. */
static int begin(struct request *rq, struct call *c, bool writes,
		 struct err *err)
{
	c->rq = rq;
	if (mc_db(rq, &c->db, err) < 0 ||
	    (writes && tx_begin(c->db, &c->tx, err) < 0) ||
	    mc_list_of_path(rq, c->db, &c->list, err) < 0 ||
	    member_get(c->db, c->list.id, request_param(rq, "subscriber_hash"),
		       rq->arena, &c->member, err) < 0)
		return -1;
	if (c->member.list_id != c->list.id)
		return mc_not_found(err); /* forgotten since */
	c->path = arena_printf(rq->arena, "/lists/%s/members/%s", c->list.hex,
			       c->member.email_hash);
	return 0;
}

static void write_note(const struct call *c, const struct member_note *note,
		       struct json_writer *w)
{
	static const char *const methods[] = { "GET", "PATCH", "DELETE" };
	static const char *const rels[] = { "self", "update", "delete" };
	const char *base = mc_base(c->rq);
	char contact_id[CONTACT_ID_HEX + 1];

	member_contact_id(c->member.id, contact_id);
	json_begin_object(w);
	json_key_int(w, "id", note->id);
	json_key_time(w, "created_at", note->created_ms);
	json_key_text(w, "created_by", note->created_by);
	json_key_time(w, "updated_at", note->updated_ms);
	json_key_text(w, "note", note->note);
	json_key_text(w, "list_id", c->list.hex);
	json_key_text(w, "email_id", c->member.email_hash);
	json_key_text(w, "contact_id", contact_id);
	mc_links_begin(w);
	for (size_t i = 0; i < ARRAY_SIZE(rels); i++)
		mc_link(w, rels[i], methods[i], base, "%s/notes/%lld", c->path,
			(long long)note->id);
	mc_link(w, "parent", "GET", base, "%s/notes", c->path);
	mc_links_end(w);
	json_end_object(w);
}

static int read_sort(const struct request *rq, enum member_note_sort *out,
		     struct err *err)
{
	static const char *const fields[] = { "created_at", "updated_at",
					      "note_id", NULL };
	static const char *const dirs[] = { "DESC", "ASC", NULL };
	int field = mc_query_word(rq, "sort_field", fields, 0, err);
	int dir = mc_query_word(rq, "sort_dir", dirs, 0, err);

	if (field < 0 || dir < 0)
		return -1;
	*out = (enum member_note_sort)(2 * field + dir);
	return 0;
}

int mc_member_notes_list(struct request *rq, struct response *rs,
			 struct err *err)
{
	CLEANUP(call_release) struct call c = { .tx = TX_INIT };
	CLEANUP(vec_release) struct member_notes notes = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	enum member_note_sort sort;
	struct mc_page page;
	int64_t total = 0;

	if (mc_page(rq, &page, err) < 0 || read_sort(rq, &sort, err) < 0 ||
	    begin(rq, &c, false, err) < 0 ||
	    member_note_list(c.db, c.member.id, sort, page.count, page.offset,
			     rq->arena, &notes, &total, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "notes");
	vec_each (&notes, note)
		write_note(&c, note, &w);
	json_end_array(&w);
	json_key_text(&w, "email_id", c.member.email_hash);
	json_key_text(&w, "list_id", c.list.hex);
	mc_collection_end(&w, total, mc_base(rq),
			  arena_printf(rq->arena, "%s/notes", c.path), c.path);
	json_end_object(&w);
	return 0;
}

int mc_member_notes_get(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(call_release) struct call c = { .tx = TX_INIT };
	struct json_writer w = mc_writer(rq, rs);
	struct member_note note;
	int64_t id;

	if (request_param_id(rq, "note_id", &id, err) < 0 ||
	    begin(rq, &c, false, err) < 0 ||
	    member_note_get(c.db, c.member.id, id, rq->arena, &note, err) < 0)
		return -1;
	write_note(&c, &note, &w);
	return 0;
}

int mc_member_notes_add(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(call_release) struct call c = { .tx = TX_INIT };
	struct json_writer w = mc_writer(rq, rs);
	const char *by = rq->caller.name ? rq->caller.name : "";
	struct member_note note;
	const json_t *body;

	if (mc_body(rq, &body, err) < 0 || begin(rq, &c, true, err) < 0 ||
	    member_note_add(&c.tx, c.member.id, body, by, rq->now_ms, rq->arena,
			    &note, err) < 0 ||
	    tx_commit(&c.tx, err) < 0)
		return -1;
	write_note(&c, &note, &w);
	return 0;
}

int mc_member_notes_update(struct request *rq, struct response *rs,
			   struct err *err)
{
	CLEANUP(call_release) struct call c = { .tx = TX_INIT };
	struct json_writer w = mc_writer(rq, rs);
	struct member_note note;
	const json_t *body;
	int64_t id;

	if (request_param_id(rq, "note_id", &id, err) < 0 ||
	    mc_body(rq, &body, err) < 0 || begin(rq, &c, true, err) < 0 ||
	    member_note_update(&c.tx, c.member.id, id, body, rq->now_ms,
			       rq->arena, &note, err) < 0 ||
	    tx_commit(&c.tx, err) < 0)
		return -1;
	write_note(&c, &note, &w);
	return 0;
}

int mc_member_notes_remove(struct request *rq, struct response *rs,
			   struct err *err)
{
	CLEANUP(call_release) struct call c = { .tx = TX_INIT };
	int64_t id;

	if (request_param_id(rq, "note_id", &id, err) < 0 ||
	    begin(rq, &c, true, err) < 0 ||
	    member_note_remove(&c.tx, c.member.id, id, err) < 0 ||
	    tx_commit(&c.tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
