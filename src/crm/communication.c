#include "crm/communication.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "sql/communication.h"
#include "store/store.h"
#include "store/update.h"

#include <string.h>

#define LINKS_MOST 500
#define SUBJECT_MAX 1000
#define BODY_MAX 1000000
#define STATUS_MAX 50

/* --- writing --- */

static bool is_one_of(const char *s, const char *const *words)
{
	while (*words && strcmp(*words, s) != 0)
		words++;
	return *words != NULL;
}

static int check_communication(const struct communication *c, struct err *err)
{
	static const char *const kinds[] = { "call",  "meeting", "letter",
					     "email", "task",    "other",
					     NULL };
	static const char *const directions[] = { "in", "out", NULL };

	if (!c->kind || !is_one_of(c->kind, kinds))
		return err_field(err, "kind",
				 "not one of call, meeting, letter, email, "
				 "task, other");
	if (c->direction && !is_one_of(c->direction, directions))
		return err_field(err, "direction", "not in or out");
	if (c->subject && strlen(c->subject) > SUBJECT_MAX)
		return err_field(err, "subject", "longer than %d bytes",
				 SUBJECT_MAX);
	if (c->body && strlen(c->body) > BODY_MAX)
		return err_field(err, "body", "longer than %d bytes", BODY_MAX);
	if (c->status && strlen(c->status) > STATUS_MAX)
		return err_field(err, "status", "longer than %d bytes",
				 STATUS_MAX);
	if (c->links_n == 0 || c->links_n > LINKS_MOST)
		return err_field(err, "links", "needs 1 to %d links",
				 LINKS_MOST);
	return 0;
}

/* Are the linked records there? */
static int check_links(struct db *db, const struct communication *c,
		       struct err *err)
{
	for (size_t i = 0; i < c->links_n; i++) {
		const struct communication_link *l = &c->links[i];
		const struct sql *sql =
			l->entity == ENTITY_PERSON
				? SQL_COMMUNICATION_PERSON_EXISTS
			: l->entity == ENTITY_LEAD
				? SQL_COMMUNICATION_LEAD_EXISTS
			: l->entity == ENTITY_COMPANY
				? SQL_COMMUNICATION_COMPANY_EXISTS
				: SQL_COMMUNICATION_USER_EXISTS;
		int64_t one;
		int found = db_find_int(
			db, sql, SQL_ARGS(sql_int(l->record_id)), &one, err);

		if (found < 0)
			return -1;
		if (found == 0)
			return err_field(err, "links", "%s has no %lld",
					 entity_name(l->entity),
					 (long long)l->record_id);
	}
	return 0;
}

static int add_links(struct tx *tx, const struct communication *c,
		     struct err *err)
{
	for (size_t i = 0; i < c->links_n; i++) {
		if (db_exec(tx, SQL_COMMUNICATION_LINK_ADD,
			    SQL_ARGS(sql_int(c->links[i].entity),
				     sql_int(c->links[i].record_id),
				     sql_int(c->id)),
			    err) < 0)
			return -1;
	}
	return 0;
}

int communication_add(struct tx *tx, struct communication *c,
		      const struct actor *actor, struct err *err)
{
	if (check_communication(c, err) < 0 ||
	    check_links(tx->db, c, err) < 0 ||
	    sequence_take(tx, "communication", 1, &c->id, err) < 0)
		return -1;
	c->created_ms = actor->now_ms;
	c->user_id = actor->user_id;
	if (c->at_ms == 0)
		c->at_ms = actor->now_ms;
	if (db_exec(tx, SQL_COMMUNICATION_ADD,
		    SQL_ARGS(sql_int(c->id), sql_text(c->kind),
			     sql_text(c->direction), sql_text(c->subject),
			     sql_text(c->body), sql_text(c->status),
			     sql_id_or_null(c->user_id), sql_int(c->at_ms),
			     sql_int(c->created_ms)),
		    err) < 0)
		return -1;
	return add_links(tx, c, err);
}

static int no_communication(int64_t id, struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, "there is no communication %lld",
		       (long long)id);
}

int communication_update(struct tx *tx, const struct communication *before,
			 const struct communication *c, struct err *err)
{
	CLEANUP(update_release) struct update u = UPDATE_OF("communication");

	/* it stays signed by who wrote it first */
	if (check_communication(c, err) < 0 || check_links(tx->db, c, err) < 0)
		return -1;
	update_text(&u, "kind", before->kind, c->kind);
	update_text(&u, "direction", before->direction, c->direction);
	update_text(&u, "subject", before->subject, c->subject);
	update_text(&u, "body", before->body, c->body);
	update_text(&u, "status", before->status, c->status);
	update_int(&u, "at_ms", before->at_ms, c->at_ms);
	if (update_run(&u, tx, "id = ?", SQL_ARGS(sql_int(c->id)), err) < 0)
		return -1;
	if (db_exec(tx, SQL_COMMUNICATION_REMOVE_LINKS,
		    SQL_ARGS(sql_int(c->id)), err) < 0)
		return -1;
	return add_links(tx, c, err);
}

int communication_remove(struct tx *tx, int64_t id, const struct actor *actor,
			 struct err *err)
{
	int removed;

	(void)actor;
	if (db_exec(tx, SQL_COMMUNICATION_REMOVE_LINKS, SQL_ARGS(sql_int(id)),
		    err) < 0)
		return -1;
	removed = db_exec(tx, SQL_COMMUNICATION_REMOVE, SQL_ARGS(sql_int(id)),
			  err);
	if (removed == 0)
		return no_communication(id, err);
	return removed < 0 ? -1 : 0;
}

/* --- reading --- */

static int load_links(struct db *db, struct communications *list,
		      struct arena *arena, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db, SQL_COMMUNICATION_LINKS,
		     SQL_ARGS(sql_keys_of(list, id, &keys)), &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		vec_each (list, c) {
			struct communication_link *links =
				(struct communication_link *)(uintptr_t)
					c->links;

			if (c->id == 0 || c->id != rows_int(rows, 0) ||
			    c->links_n == LINKS_MOST)
				continue;
			if (c->links_n == 0)
				links = arena_array(arena,
						    struct communication_link,
						    LINKS_MOST);
			links[c->links_n++] = (struct communication_link){
				(enum entity)rows_int(rows, 1),
				rows_int(rows, 2)
			};
			c->links = links;
		}
	}
	return more;
}

static const char *outcome_of(const struct rows *rows)
{
	enum {
		STATE = 11,
		BOUNCED,
		OPENED_MS,
		CLICKED_MS,
		UNSUBSCRIBED_MS,
		COMPLAINED_MS,
		CAUGHT
	};

	if (rows_int(rows, COMPLAINED_MS))
		return "complained";
	if (rows_int(rows, UNSUBSCRIBED_MS))
		return "unsubscribed";
	if (rows_int(rows, CLICKED_MS))
		return "clicked";
	if (rows_int(rows, OPENED_MS))
		return "opened";
	if (rows_int(rows, BOUNCED))
		return "bounced";
	return rows_int(rows, CAUGHT) ? "caught" : "sent";
}

static void read_listed(const struct rows *rows, struct arena *arena, void *out)
{
	struct communication *c = out;

	*c = (struct communication){
		.id = rows_int(rows, 0),
		.campaign_id = rows_int(rows, 1),
		.kind = rows_dup(rows, 2, arena),
		.direction = rows_dup(rows, 3, arena),
		.subject = rows_dup(rows, 4, arena),
		.body = rows_dup(rows, 5, arena),
		.status = rows_dup(rows, 6, arena),
		.user_id = rows_int(rows, 7),
		.at_ms = rows_int(rows, 8),
		.created_ms = rows_int(rows, 9),
		.person_id = rows_int(rows, 10),
	};
	if (c->campaign_id)
		c->status = outcome_of(rows);
}

static int query_page(struct db *db, enum entity entity, int64_t id,
		      const struct communication_page *p, struct rows **out,
		      struct err *err)
{
	int64_t at = p->before_ms ? p->before_ms : INT64_MAX;
	struct sql_value v[8];
	int n = 0;

	v[n++] = sql_int(id);
	v[n++] = sql_int(id);
	if (entity == ENTITY_PERSON)
		v[n++] = sql_int(id);
	v[n++] = sql_int(at);
	v[n++] = sql_int(p->before_campaign_id);
	v[n++] = sql_int(p->before_person_id);
	v[n++] = sql_int(p->before_id);
	v[n++] = sql_int(p->limit);
	return db_query(db,
			entity == ENTITY_PERSON ? SQL_COMMUNICATION_OF_PERSON
			: entity == ENTITY_LEAD ? SQL_COMMUNICATION_OF_LEAD
						: SQL_COMMUNICATION_OF_COMPANY,
			(struct sql_args){ v, (size_t)n }, out, err);
}

int communication_list(struct db *db, enum entity entity, int64_t record_id,
		       const struct communication_page *page,
		       struct arena *arena, struct communications *out,
		       struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;

	if (query_page(db, entity, record_id, page, &rows, err) < 0 ||
	    rows_list(rows, read_listed, arena, out, err) < 0)
		return -1;
	return load_links(db, out, arena, err);
}

int communication_count(struct db *db, enum entity entity, int64_t record_id,
			int64_t *out, struct err *err)
{
	struct sql_value id = sql_int(record_id);

	if (entity == ENTITY_PERSON)
		return db_find_int(db, SQL_COMMUNICATION_COUNT_PERSON,
				   SQL_ARGS(id, id, id), out, err);
	return db_find_int(db,
			   entity == ENTITY_LEAD
				   ? SQL_COMMUNICATION_COUNT_LEAD
				   : SQL_COMMUNICATION_COUNT_COMPANY,
			   SQL_ARGS(id, id), out, err);
}

static void read_written(const struct rows *rows, struct arena *arena,
			 void *out)
{
	*(struct communication *)out = (struct communication){
		.id = rows_int(rows, 0),
		.kind = rows_dup(rows, 1, arena),
		.direction = rows_dup(rows, 2, arena),
		.subject = rows_dup(rows, 3, arena),
		.body = rows_dup(rows, 4, arena),
		.status = rows_dup(rows, 5, arena),
		.user_id = rows_int(rows, 6),
		.at_ms = rows_int(rows, 7),
		.created_ms = rows_int(rows, 8),
	};
}

int communication_get(struct db *db, int64_t id, struct arena *arena,
		      struct communication *out, struct err *err)
{
	struct communications one = { .v = out, .n = 1, .cap = 1 };
	int found = db_get(db, SQL_COMMUNICATION_GET, SQL_ARGS(sql_int(id)),
			   read_written, arena, out, err);

	if (found <= 0)
		return found < 0 ? -1 : no_communication(id, err);
	return load_links(db, &one, arena, err);
}
