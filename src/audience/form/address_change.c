#include "audience/form/address_change.h"

#include "audience/form/signup_limit.h"
#include "audience/list.h"
#include "audience/suppression.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "sql/address_change.h"
#include "store/db.h"

#include <string.h>

static const struct signup_limit by_address = { 1, 10 };
static const struct signup_limit by_member = { 3, 10 };

/* --- asking --- */

/* 1: a mail may go there, as far as it and this list are concerned; 0, -1. */
static int is_free(struct db *db, const struct member *member,
		   const struct email *email, struct arena *arena,
		   struct err *err)
{
	bool forgotten = false, left = false, suppressed = false;
	struct member other;
	int64_t list_id = member->list_id;
	int found = member_find(db, list_id, email->hash, arena, &other, err);

	if (found < 0)
		return -1;
	if (found)
		return other.id == member->id; /* moved a moment ago */
	if (forgotten_check(db, list_id, &email->folded, 1, &forgotten, err) <
		    0 ||
	    left_check(db, list_id, &email->folded, 1, &left, err) < 0 ||
	    suppression_check(db, &email->folded, 1, &suppressed, err) < 0)
		return -1;
	return !forgotten && !left && !suppressed;
}

static int may_mail(struct tx *tx, const struct member *member,
		    const char *folded, int64_t now_ms, struct arena *arena,
		    struct err *err)
{
	int allowed = signup_limit_take(
		tx, arena_printf(arena, "move %lld", (long long)member->id),
		&by_member, now_ms, err);

	if (allowed <= 0)
		return allowed;
	return signup_limit_take(tx, signup_limit_name(folded, arena),
				 &by_address, now_ms, err);
}

int address_change_ask(struct tx *tx, const struct member *member,
		       const char *address, const char *language,
		       const struct member_actor *actor, struct arena *arena,
		       struct err *err)
{
	struct member moved = *member;
	const struct signup_mail_order order = { .member = &moved,
						 .mail = SIGNUP_MAIL_MOVE,
						 .language = language };
	const struct signup_mail_order told = { .member = member,
						.mail = SIGNUP_MAIL_TOLD,
						.language = language };
	int64_t now_ms = actor->now_ms;
	int64_t old_ms = now_ms - ADDRESS_CHANGE_DAYS * MS_DAY;
	struct err why = ERR_INIT;
	struct email email;
	int is;

	if (email_parse(address, arena, &email, &why) < 0)
		return err_field(err, "email_address", "%s", why.text);
	if (strcmp(email.hash, member->email_hash) == 0)
		return 0; /* there it goes */
	is = may_mail(tx, member, email.folded, now_ms, arena, err);
	if (is > 0)
		is = is_free(tx->db, member, &email, arena, err);
	if (is <= 0)
		return is;
	moved.address = email.folded;
	moved.email_hash = email.hash;
	if (db_exec(tx, SQL_ADDRESS_CHANGE_REMOVE_OLD,
		    SQL_ARGS(sql_int(old_ms)), err) < 0 ||
	    db_exec(tx, SQL_ADDRESS_CHANGE_PUT,
		    SQL_ARGS(sql_int(member->id), sql_int(now_ms),
			     sql_text(email.folded)),
		    err) < 0)
		return -1;
	if (signup_add_mail_job(tx, &told, now_ms, err) < 0 ||
	    signup_add_mail_job(tx, &order, now_ms, err) < 0)
		return -1;
	return 0;
}

/* --- confirming --- */

struct waiting {
	int64_t asked_ms;
	const char *address;
};

static void read_waiting(const struct rows *rows, struct arena *arena,
			 void *out)
{
	*(struct waiting *)out =
		(struct waiting){ .asked_ms = rows_int(rows, 0),
				  .address = rows_dup(rows, 1, arena) };
}

static bool gets_mail(const struct member *m)
{
	return m->list_id >= 0 &&
	       (m->status == MEMBER_SUBSCRIBED || m->status == MEMBER_PENDING);
}

static int find_waiting(struct db *db, const struct signup_link *link,
			int64_t now_ms, struct arena *arena,
			struct address_change *out, struct err *err)
{
	struct waiting waiting = { .address = "" };
	int found = db_get(db, SQL_ADDRESS_CHANGE_FIND,
			   SQL_ARGS(sql_int(link->member_id)), read_waiting,
			   arena, &waiting, err);
	struct err why = ERR_INIT;
	struct email email;
	struct member moved;

	if (found <= 0)
		return found;
	if (email_parse(waiting.address, arena, &email, &why) < 0)
		return 0;
	moved = (struct member){ .email_hash = email.hash };
	if (signup_mark(&moved) != link->mark ||
	    now_ms - link->asked_ms > ADDRESS_CHANGE_DAYS * MS_DAY)
		return 0;
	out->address = waiting.address;
	out->state = SIGNUP_WAITS;
	return 0;
}

int address_change_look(struct db *db, const struct signup_link *link,
			int64_t now_ms, struct arena *arena,
			struct address_change *out, struct err *err)
{
	*out = (struct address_change){ .address = "", .state = SIGNUP_OVER };
	if (member_get_by_id(db, link->member_id, arena, &out->member, err) <
	    0) {
		if (err->code != ERR_NOT_FOUND)
			return -1;
		*err = (struct err)ERR_INIT;
		out->member = (struct member){ .address = "" };
		return 0;
	}
	if (!gets_mail(&out->member))
		return 0;
	if (signup_mark(&out->member) == link->mark) {
		out->address = out->member.address;
		out->state = SIGNUP_DONE;
		return 0;
	}
	return find_waiting(db, link, now_ms, arena, out, err);
}

/* 1: moved; 0: refused; -1. */
static int move(struct tx *tx, const struct address_change *change,
		const struct member_actor *actor, struct arena *arena,
		struct err *err)
{
	CLEANUP(json_free) json_t *body = json_object();
	char key[CONTACT_ID_HEX + 1];
	struct member_op op = { .mode = MEMBER_PATCH,
				.key = key,
				.body = body,
				.skip_merge_validation = true };
	struct list list;
	int ret;

	member_contact_id(change->member.id, key);
	json_object_set_new(body, "email_address",
			    json_string(change->address));
	if (list_get_by_id(tx->db, change->member.list_id, arena, &list, err) <
	    0)
		return -1;
	ret = member_apply(tx, &list, &op, 1, actor, arena, err);
	if (ret == 0)
		ret = op.outcome != MEMBER_REFUSED;
	member_op_release(&op);
	return ret;
}

int address_change_confirm(struct tx *tx, const struct signup_link *link,
			   const struct member_actor *actor,
			   struct arena *arena, struct address_change *out,
			   struct err *err)
{
	struct email email;
	struct err why = ERR_INIT;
	int moved;

	if (address_change_look(tx->db, link, actor->now_ms, arena, out, err) <
	    0)
		return -1;
	if (out->state != SIGNUP_WAITS)
		return 0;
	if (email_parse(out->address, arena, &email, &why) < 0)
		return -1;
	moved = is_free(tx->db, &out->member, &email, arena, err);
	if (moved > 0)
		moved = move(tx, out, actor, arena, err);
	if (moved < 0 || db_exec(tx, SQL_ADDRESS_CHANGE_REMOVE,
				 SQL_ARGS(sql_int(link->member_id)), err) < 0)
		return -1;
	out->state = moved ? SIGNUP_DONE : SIGNUP_OVER;
	return 0;
}
