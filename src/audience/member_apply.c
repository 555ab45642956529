/*
 * member_apply: many changes with few statements. Everything that the changes
 * need is read first, decided in memory, and written in one batch.
 */
#include "audience/form/signup.h"
#include "audience/kept/list_kept.h"
#include "audience/list.h"
#include "audience/member_private.h"
#include "audience/must_exist.h"
#include "audience/side/unsubscriber.h"

#include "audience/suppression.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "sql/address_left.h"
#include "sql/member.h"
#include "store/store.h"
#include "store/tally.h"
#include "store/update.h"

#include <string.h>

/* Members by hash: open addressing. An address that was given up keeps its
 * slot, with no entry. */
struct slot {
	const char *hash;
	struct member_entry *entry;
};

struct table {
	struct slot *v;
	size_t mask;
};

struct wanted {
	struct email email;     /* of the body; folded NULL: none */
	char hash[MD5_HEX + 1]; /* whom it is about: the key's, or email's */
	int64_t id;             /* the key was a contact id */
	enum address_past past; /* of email */
};

static size_t hash_value(const char *hash)
{
	size_t h = 5381;

	for (size_t i = 0; i < 12 && hash[i]; i++)
		h = h * 33 + (unsigned char)hash[i];
	return h;
}

static void table_init(struct table *t, size_t items, struct arena *arena)
{
	size_t size = 16;

	while (size < items * 2)
		size *= 2;
	t->v = arena_array(arena, struct slot, size);
	t->mask = size - 1;
}

static struct slot *slot_of(struct table *t, const char *hash)
{
	size_t i = hash_value(hash) & t->mask;

	while (t->v[i].hash && strcmp(t->v[i].hash, hash) != 0)
		i = (i + 1) & t->mask;
	t->v[i].hash = hash;
	return &t->v[i];
}

/* --- reading --- */

static int read_address(struct member_op *op, struct wanted *w,
			struct arena *arena, struct err *err)
{
	const char *text = NULL;
	struct err why = ERR_INIT;

	if (json_get_text(op->body, "email_address", &text, err) < 0)
		return -1;
	if (!text && op->key && strchr(op->key, '@') && op->mode == MEMBER_PUT)
		text = op->key;
	op->address = text ? text : "";
	if (!text && op->key)
		return 0;
	if (!text || !strchr(text, '@'))
		return err_set(err, ERR_INVALID,
			       "Please provide a valid email address.");
	if (email_parse(text, arena, &w->email, &why) < 0)
		return err_set(err, ERR_INVALID,
			       "%s looks fake or invalid, please enter a real "
			       "email address.",
			       text);
	return 0;
}

static int read_wanted(struct member_run *run, struct member_op *op,
		       struct wanted *w, struct err *err)
{
	char shown[MD5_HEX + 1];
	struct member member;
	int found;

	if (read_address(op, w, run->arena, err) < 0) {
		op->outcome = MEMBER_REFUSED;
		op->err = *err;
		*err = (struct err)ERR_INIT;
		return 0;
	}
	if (!op->key) {
		memcpy(w->hash, w->email.hash, sizeof(w->hash));
		return 0;
	}
	/* The key may be spelt in three ways: find out whom it names. */
	found = member_find(run->tx->db, run->list->id, op->key, run->arena,
			    &member, err);
	if (found < 0)
		return -1;
	if (found)
		memcpy(w->hash, member.email_hash, sizeof(w->hash));
	else if (member_hash_of_key(op->key, run->arena, w->hash) &&
		 w->email.folded && email_shown_hash(w->email.folded, shown) &&
		 strcmp(w->hash, shown) == 0)
		memcpy(w->hash, w->email.hash, sizeof(w->hash));
	/* if not: somebody may be adding it right now, it is looked for again
	 */
	return 0;
}

/* The members with these hashes, and, if it is asked for, what they have
 * beside. */
static int load_entries(struct member_run *run, const struct text_ids *hashes,
			bool with_side, struct table *table, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct members found = VEC_INIT;
	struct member_entry **entries;
	size_t n = 0;

	if (db_list(run->tx->db, SQL_MEMBER_BY_HASHES,
		    SQL_ARGS(sql_int(run->list->id),
			     text_ids_keys(hashes, &keys)),
		    member_read_row, run->arena, &found, err) < 0)
		return -1;
	entries = arena_array(run->arena, struct member_entry *, found.n + 1);
	vec_each (&found, m) {
		struct slot *slot = slot_of(table, m->email_hash);

		/* its address in letters leads to it, too */
		if (slot->entry)
			continue;
		slot->entry = arena_new_of(run->arena, struct member_entry);
		*slot->entry = (struct member_entry){ .old = *m,
						      .now = *m,
						      .exists = true };
		entries[n++] = slot->entry;
	}
	return with_side ? side_load(run, entries, n, err) : 0;
}

static int load_members(struct member_run *run, const struct wanted *wanted,
			const struct member_op *ops, size_t n,
			struct table *table, struct err *err)
{
	CLEANUP(vec_release) struct text_ids hashes = VEC_INIT;

	for (size_t i = 0; i < n; i++) {
		const struct wanted *w = &wanted[i];

		if (w->hash[0])
			vec_push(&hashes, ((struct text_id){ w->hash, 0 }));
		if (w->email.folded && strcmp(w->hash, w->email.hash) != 0)
			vec_push(&hashes,
				 ((struct text_id){ w->email.hash, 0 }));
	}
	return hashes.n ? load_entries(run, &hashes, side_is_given(ops, n),
				       table, err)
			: 0;
}

static int load_past(struct member_run *run, struct wanted *wanted, size_t n,
		     struct err *err)
{
	const char **folded = arena_array(run->arena, const char *, n);
	bool *forgotten = arena_array(run->arena, bool, n);
	bool *left = arena_array(run->arena, bool, n);

	for (size_t i = 0; i < n; i++)
		folded[i] =
			wanted[i].email.folded ? wanted[i].email.folded : "";
	if (forgotten_check(run->tx->db, run->list->id, folded, n, forgotten,
			    err) < 0 ||
	    left_check(run->tx->db, run->list->id, folded, n, left, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		wanted[i].past = forgotten[i] ? ADDRESS_FORGOTTEN
				 : left[i]    ? ADDRESS_LEFT
					      : ADDRESS_NEW;
	return 0;
}

/* --- deciding --- */

static struct member_entry *new_entry(struct member_run *run)
{
	struct member_entry *entry =
		arena_new_of(run->arena, struct member_entry);

	entry->is_new = true;
	entry->now = (struct member){
		.list_id = run->list->id,
		.address = "",
		.email_hash = "",
		.unsubscribe_reason = "",
		.merge = "{}",
		.language = "",
		.country = "",
		.rating = 2,
		.source = "API - Generic",
		.ip_signup = "",
		.ip_opt = "",
	};
	return entry;
}

/* The other member that has the address of the body already. */
static bool is_taken(struct table *table, const struct wanted *w,
		     const struct member_entry *entry)
{
	struct slot *slot;

	if (!w->email.folded)
		return false;
	slot = slot_of(table, w->email.hash);
	return slot->entry && slot->entry != entry;
}

/* 0, or -1 with op->err: refused. */
static int decide_op(struct member_run *run, struct member_op *op,
		     const struct wanted *w, struct table *table)
{
	struct slot *slot = w->hash[0] ? slot_of(table, w->hash) : NULL;
	struct member_entry *entry = slot ? slot->entry : NULL;
	const char *before;

	if (!entry && op->mode == MEMBER_PATCH)
		return must_exist(0, &op->err);
	if (!entry && !w->email.folded)
		return err_set(&op->err, ERR_INVALID,
			       "Please provide a valid email address.");
	if (op->key && is_taken(table, w, entry))
		return refuse_existing_member(op->address, &op->err);
	if (!entry)
		entry = new_entry(run);
	before = entry->now.email_hash;
	if (member_decide(run, op, entry, &w->email, w->past) < 0)
		return -1;
	if (strcmp(before, entry->now.email_hash) != 0) {
		if (*before)
			slot_of(table, before)->entry = NULL;
		slot_of(table, entry->now.email_hash)->entry = entry;
	}
	op->outcome = entry->exists ? MEMBER_CHANGED : MEMBER_NEW;
	entry->exists = true;
	op->entry = entry;
	return 0;
}

static bool differs(const struct member *a, const struct member *b)
{
	return strcmp(a->email_hash, b->email_hash) != 0 ||
	       strcmp(a->address, b->address) != 0 || a->status != b->status ||
	       a->unsubscribed_by != b->unsubscribed_by ||
	       strcmp(a->unsubscribe_reason, b->unsubscribe_reason) != 0 ||
	       a->text_only != b->text_only ||
	       strcmp(a->merge, b->merge) != 0 ||
	       strcmp(a->language, b->language) != 0 ||
	       strcmp(a->country, b->country) != 0 || a->vip != b->vip ||
	       strcmp(a->ip_signup, b->ip_signup) != 0 ||
	       strcmp(a->ip_opt, b->ip_opt) != 0 ||
	       a->signup_ms != b->signup_ms || a->opt_ms != b->opt_ms ||
	       a->unsubscribed_ms != b->unsubscribed_ms;
}

/* --- writing --- */

/* Ops may share an entry: each is written once. */
static size_t collect_dirty(struct member_run *run, struct member_op *ops,
			    size_t n, struct member_entry **out)
{
	size_t dirty = 0;

	for (size_t i = 0; i < n; i++) {
		struct member_entry *entry = ops[i].entry;

		if (!entry)
			continue;
		if (!entry->is_new && !differs(&entry->old, &entry->now) &&
		    !side_differs(entry)) {
			ops[i].outcome = MEMBER_SAME;
			continue;
		}
		if (entry->is_listed)
			continue;
		entry->is_listed = true;
		entry->now.changed_ms =
			member_change_ms(&entry->old, run->actor->now_ms);
		out[dirty++] = entry;
	}
	return dirty;
}

static int give_ids(struct member_run *run, struct member_entry **dirty,
		    size_t n, struct err *err)
{
	int64_t wanted = 0, id;
	char hex[UNIQUE_ID_HEX + 1];

	for (size_t i = 0; i < n; i++)
		wanted += dirty[i]->is_new;
	if (!wanted)
		return 0;
	if (sequence_take(run->tx, "member", wanted, &id, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!dirty[i]->is_new)
			continue;
		dirty[i]->now.id = id;
		member_unique_id(id++, hex);
		dirty[i]->now.unique_id = arena_strdup(run->arena, hex);
	}
	return 0;
}

/* The column says NULL where the member says "". */
static const char *or_null(const char *text)
{
	return *text ? text : NULL;
}

static int insert_member(struct batch *batch, const struct member *m,
			 struct err *err)
{
	return batch_add(batch, SQL_MEMBER_ADD,
			 SQL_ARGS(sql_int(m->id), sql_int(m->list_id),
				  sql_text(m->address), sql_text(m->email_hash),
				  sql_text(m->unique_id), sql_int(m->status),
				  sql_int(m->unsubscribed_by),
				  sql_text(or_null(m->unsubscribe_reason)),
				  sql_int(m->text_only ? 2 : 1),
				  sql_text(m->merge), sql_text(m->language),
				  sql_int(m->vip), sql_int(m->rating),
				  sql_text(m->source), sql_text(m->ip_signup),
				  sql_text(m->ip_opt), sql_int(m->signup_ms),
				  sql_int(m->opt_ms), sql_int(m->changed_ms),
				  sql_id_or_null(m->unsubscribed_ms),
				  sql_id_or_null(m->unsubscribed_campaign_id),
				  sql_text(m->country)),
			 err);
}

static void note_changes(const struct member *old, const struct member *now,
			 struct update *u)
{
	update_text(u, "address", old->address, now->address);
	update_text(u, "email_hash", old->email_hash, now->email_hash);
	update_int(u, "status", old->status, now->status);
	update_int(u, "unsubscribed_by", old->unsubscribed_by,
		   now->unsubscribed_by);
	update_text(u, "unsubscribe_reason", or_null(old->unsubscribe_reason),
		    or_null(now->unsubscribe_reason));
	update_int(u, "email_type", old->text_only ? 2 : 1,
		   now->text_only ? 2 : 1);
	update_text(u, "merge", old->merge, now->merge);
	update_text(u, "language", old->language, now->language);
	update_text(u, "country", old->country, now->country);
	update_int(u, "vip", old->vip, now->vip);
	update_int(u, "rating", old->rating, now->rating);
	update_text(u, "source", old->source, now->source);
	update_text(u, "ip_signup", old->ip_signup, now->ip_signup);
	update_text(u, "ip_opt", old->ip_opt, now->ip_opt);
	update_int(u, "signup_ms", old->signup_ms, now->signup_ms);
	update_int(u, "opt_ms", old->opt_ms, now->opt_ms);
	update_id(u, "unsubscribed_ms", old->unsubscribed_ms,
		  now->unsubscribed_ms);
	update_id(u, "unsubscribed_campaign_id", old->unsubscribed_campaign_id,
		  now->unsubscribed_campaign_id);
	if (strcmp(old->email_hash, now->email_hash) != 0)
		update_stamp(u, "moved_ms", now->changed_ms);
	update_stamp(u, "changed_ms", now->changed_ms);
}

int member_write(struct batch *batch, const struct member *old,
		 const struct member *now, struct err *err)
{
	CLEANUP(update_release) struct update u = UPDATE_OF("member");

	note_changes(old, now, &u);
	return update_batch(&u, batch, "id = ?", SQL_ARGS(sql_int(now->id)),
			    err);
}

int member_forget_address(struct batch *batch, const struct member *m,
			  struct err *err)
{
	char shown[MD5_HEX + 1];

	if (batch_add(batch, SQL_MEMBER_ADDRESS_REMOVE,
		      SQL_ARGS(sql_int(m->list_id), sql_text(m->email_hash)),
		      err) < 0)
		return -1;
	if (!email_shown_hash(m->address, shown))
		return 0;
	return batch_add(batch, SQL_MEMBER_ADDRESS_REMOVE,
			 SQL_ARGS(sql_int(m->list_id), sql_text(shown)), err);
}

static int add_address(struct batch *batch, const struct member *m,
		       const char *hash, struct err *err)
{
	return batch_add(
		batch, SQL_MEMBER_ADDRESS_ADD,
		SQL_ARGS(sql_int(m->list_id), sql_text(hash), sql_int(m->id)),
		err);
}

static bool has_moved(const struct member_entry *e)
{
	return strcmp(e->old.email_hash, e->now.email_hash) != 0;
}

/* A sender that claims one of them meanwhile, by the old address, would go
 * unseen by leave_address, which sees what is committed. */
static int keep_senders_away(struct member_run *run,
			     struct member_entry **dirty, size_t n,
			     struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids moved = VEC_INIT;
	CLEANUP(vec_release) struct ids locked = VEC_INIT;

	for (size_t i = 0; i < n; i++)
		if (!dirty[i]->is_new && has_moved(dirty[i]))
			vec_push(&moved, dirty[i]->now.id);
	if (moved.n == 0)
		return 0;
	return db_list_ids(run->tx->db, SQL_ADDRESS_LEFT_LOCK,
			   SQL_ARGS(sql_keys(&moved, &keys)), &locked, err);
}

/* What goes out just now, and has gone there, is not sent there again. */
static int leave_address(struct batch *batch, const struct member *old,
			 struct err *err)
{
	if (member_forget_address(batch, old, err) < 0)
		return -1;
	return batch_add(batch, SQL_ADDRESS_LEFT_ADD,
			 SQL_ARGS(sql_text(old->email_hash), sql_int(old->id)),
			 err);
}

/* Old addresses go before new ones come: two members may swap theirs. */
static int write_addresses(struct batch *batch, struct member_entry **dirty,
			   size_t n, struct err *err)
{
	char shown[MD5_HEX + 1];

	for (size_t i = 0; i < n; i++)
		if (!dirty[i]->is_new && has_moved(dirty[i]) &&
		    leave_address(batch, &dirty[i]->old, err) < 0)
			return -1;
	for (size_t i = 0; i < n; i++) {
		const struct member *m = &dirty[i]->now;

		if (!dirty[i]->is_new && !has_moved(dirty[i]))
			continue;
		if (add_address(batch, m, m->email_hash, err) < 0 ||
		    (email_shown_hash(m->address, shown) &&
		     add_address(batch, m, shown, err) < 0))
			return -1;
	}
	return 0;
}

static int write_member(struct batch *batch, const struct member_entry *e,
			struct err *err)
{
	if (e->is_new)
		return insert_member(batch, &e->now, err);
	if (differs(&e->old, &e->now))
		return member_write(batch, &e->old, &e->now, err);
	/* what it has beside is another */
	return batch_add(
		batch, SQL_MEMBER_TOUCH,
		SQL_ARGS(sql_int(e->now.changed_ms), sql_int(e->now.id)), err);
}

/* The rows of members, and what becomes of the figures of the list. */
static int write_members(struct batch *batch, struct member_entry **dirty,
			 size_t n, struct tally *kept, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		const struct member_entry *e = dirty[i];

		list_kept_change(kept, e->is_new ? NULL : &e->old, &e->now);
		if (write_member(batch, e, err) < 0)
			return -1;
	}
	return 0;
}

static int write_unsubscribers(struct member_run *run, struct batch *batch,
			       struct member_entry **dirty, size_t n,
			       struct err *err)
{
	const char *by = run->actor->by;

	for (size_t i = 0; by && i < n; i++) {
		const struct member *now = &dirty[i]->now;

		if (now->unsubscribed_ms &&
		    now->unsubscribed_ms != dirty[i]->old.unsubscribed_ms &&
		    unsubscriber_put(batch, now, by, err) < 0)
			return -1;
	}
	return 0;
}

static int write_all(struct member_run *run, struct member_entry **dirty,
		     size_t n, struct err *err)
{
	CLEANUP(tally_release) struct tally kept = TALLY_INIT;
	struct batch batch;

	if (n == 0)
		return 0;
	if (give_ids(run, dirty, n, err) < 0 ||
	    keep_senders_away(run, dirty, n, err) < 0)
		return -1;
	batch_begin(run->tx, &batch);
	/* what was decided on has no such address: somebody was faster */
	if (write_members(&batch, dirty, n, &kept, err) < 0 ||
	    write_addresses(&batch, dirty, n, err) < 0 ||
	    write_unsubscribers(run, &batch, dirty, n, err) < 0 ||
	    batch_end(&batch, err) < 0)
		return db_lost_race(err);
	return list_kept_write(&kept, run->tx, err) < 0
		       ? -1
		       : side_write(run, dirty, n, err);
}

/* The no goes along with the member, and stays with the address. */
static int keep_left(struct member_run *run, struct member_entry **dirty,
		     size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		const struct member_entry *e = dirty[i];

		if (!e->is_new && has_moved(e) &&
		    member_said_no_itself(&e->old) &&
		    left_add(run->tx, run->list->id, e->old.address,
			     run->actor->now_ms, err) < 0)
			return -1;
	}
	return 0;
}

static int tell_all(struct member_run *run, struct member_entry **dirty,
		    size_t n, struct err *err)
{
	if (run->listeners.n == 0)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (member_tell(run, dirty[i]->is_new ? NULL : &dirty[i]->old,
				&dirty[i]->now, err) < 0)
			return -1;
	return 0;
}

/* Whoever becomes pending is asked to confirm. */
static int ask_all(struct member_run *run, struct member_entry **dirty,
		   size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		const struct member_entry *e = dirty[i];
		struct signup_mail_order order = {
			.member = &e->now,
			.mail = SIGNUP_MAIL_CONFIRM,
			.language = e->now.language,
		};

		if (e->now.status == MEMBER_PENDING &&
		    (e->is_new || e->old.status != MEMBER_PENDING) &&
		    signup_order_mail(run->tx, &order, run->actor, run->arena,
				      err) < 0)
			return -1;
	}
	return 0;
}

/* --- the whole --- */

static int decide_all(struct member_run *run, struct member_op *ops, size_t n,
		      struct err *err)
{
	struct wanted *wanted = arena_array(run->arena, struct wanted, n);
	struct table table;

	for (size_t i = 0; i < n; i++)
		if (read_wanted(run, &ops[i], &wanted[i], err) < 0)
			return -1;
	table_init(&table, 3 * n, run->arena);
	if (load_members(run, wanted, ops, n, &table, err) < 0 ||
	    load_past(run, wanted, n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (ops[i].outcome != MEMBER_REFUSED &&
		    decide_op(run, &ops[i], &wanted[i], &table) < 0)
			ops[i].outcome = MEMBER_REFUSED;
	return 0;
}

static int apply_ops(struct member_run *run, struct member_op *ops, size_t n,
		     struct err *err)
{
	struct member_entry **dirty =
		arena_array(run->arena, struct member_entry *, n + 1);
	size_t dirty_n;

	if (member_run_load(run, err) < 0 || decide_all(run, ops, n, err) < 0)
		return -1;
	dirty_n = collect_dirty(run, ops, n, dirty);
	if (write_all(run, dirty, dirty_n, err) < 0 ||
	    keep_left(run, dirty, dirty_n, err) < 0 ||
	    member_apply_tags(run, ops, n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (ops[i].entry)
			ops[i].member = ops[i].entry->now;
	return tell_all(run, dirty, dirty_n, err) < 0 ||
			       ask_all(run, dirty, dirty_n, err) < 0
		       ? -1
		       : 0;
}

int member_apply(struct tx *tx, const struct list *list, struct member_op *ops,
		 size_t n, const struct member_actor *actor,
		 struct arena *arena, struct err *err)
{
	CLEANUP(member_run_release)
	struct member_run run = {
		.tx = tx, .list = list, .actor = actor, .arena = arena
	};

	return n ? apply_ops(&run, ops, n, err) : 0;
}

void member_op_release(struct member_op *op)
{
	vec_release(&op->errors);
}
