/*
 * Many who have opted out: their members are unsubscribed in calls of 500. Only
 * who is simply that, a member who is subscribed as far as the audience has
 * just told; who is anything else is left to a job of their own (person.c), and
 * so is whoever the audience refuses.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "base/strbuf.h"

#include "sql/bridge.h"

#include <stdlib.h>
#include <string.h>

#define MANY 8 /* worth to ask what has changed over there */
#define NOTES_A_TX 100

struct address_out {
	char hash[MD5_HEX + 1];
	const char *folded;
	enum mirror_status status; /* NONE: it is not known */
	bool called, done;         /* by us, just now */
};
struct addresses_out VEC_FIELDS(struct address_out);

/* Person and job by place. */
struct people_out {
	struct work *w;
	struct ids jobs, people;
	struct records records;
	struct addresses_out addresses; /* each once, by hash */
	struct ids left;                /* who has left an address */
	struct ids said_there;          /* who may have taken it back there */
};

static void people_release(struct people_out *o)
{
	vec_release(&o->jobs);
	vec_release(&o->people);
	vec_release(&o->records);
	vec_release(&o->addresses);
	vec_release(&o->left);
	vec_release(&o->said_there);
}

/* --- who waits --- */

static int find_waiting(struct people_out *o, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	vec_reset(&o->jobs);
	vec_reset(&o->people);
	if (db_query(o->w->db, SQL_PEOPLE_OUT_WAITING,
		     SQL_ARGS(sql_int(clock_now_ms()), sql_int(MEMBERS_A_CALL)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		vec_push(&o->jobs, rows_int(rows, 0));
		vec_push(&o->people, rows_int(rows, 1));
	}
	return more;
}

/* They are looked at first without a lock: mostly there is nobody. */
static int take_along(struct people_out *o, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (find_waiting(o, err) < 0)
		return -1;
	if (o->jobs.n < MANY)
		return 0;
	if (tx_begin(o->w->db, &tx, err) < 0 || find_waiting(o, err) < 0 ||
	    job_take_along(o->w->run, &tx, &o->jobs, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return 1;
}

/* --- what is known of them --- */

static int by_hash(const void *a, const void *b)
{
	return strcmp(((const struct address_out *)a)->hash,
		      ((const struct address_out *)b)->hash);
}

static struct address_out *find_address(struct people_out *o, const char *hash)
{
	struct address_out key;

	snprintf(key.hash, sizeof(key.hash), "%s", hash);
	return o->addresses.n == 0
		       ? NULL
		       : bsearch(&key, o->addresses.v, o->addresses.n,
				 sizeof(key), by_hash);
}

static void add_addresses(struct people_out *o)
{
	size_t n = 0;

	vec_each (&o->records, r) {
		for (size_t i = 0; i < r->emails_n; i++) {
			struct address_out a = { .folded =
							 r->emails[i].folded };

			snprintf(a.hash, sizeof(a.hash), "%s",
				 r->emails[i].hash);
			vec_push(&o->addresses, a);
		}
	}
	if (o->addresses.n == 0)
		return;
	qsort(o->addresses.v, o->addresses.n, sizeof(*o->addresses.v), by_hash);
	for (size_t i = 1; i < o->addresses.n; i++)
		if (by_hash(&o->addresses.v[n], &o->addresses.v[i]) != 0)
			o->addresses.v[++n] = o->addresses.v[i];
	o->addresses.n = n + 1;
}

static int add_status(struct people_out *o, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf hashes = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct json_writer j = JSON_WRITER(&hashes);
	int more;

	json_begin_array(&j);
	vec_each (&o->addresses, a)
		json_text(&j, a->hash);
	json_end_array(&j);
	if (db_query(o->w->db, SQL_PEOPLE_MEMBERS,
		     SQL_ARGS(sql_text(hashes.buf)), &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		struct address_out *a = find_address(o, rows_text(rows, 0));

		if (a)
			a->status = (enum mirror_status)rows_int(rows, 1);
	}
	return more;
}

/* After the audience has told what changed there: who left by themselves just
 * now is not unsubscribed by us. */
static int load(struct people_out *o, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	struct work *w = o->w;

	if (mirror_follow(w, err) < 0 ||
	    records_load(w->db, ENTITY_PERSON, &o->people, w->arena,
			 &o->records, err) < 0 ||
	    records_add_addresses(w->db, &o->records, w->arena, err) < 0 ||
	    db_list_ids(w->db, SQL_PEOPLE_LEFT,
			SQL_ARGS(sql_keys(&o->people, &keys)), &o->left,
			err) < 0 ||
	    db_list_ids(w->db, SQL_PEOPLE_SAID_THERE,
			SQL_ARGS(sql_text(keys.buf)), &o->said_there, err) < 0)
		return -1;
	add_addresses(o);
	return add_status(o, err);
}

/* --- the calls --- */

static void write_members(struct address_out *const *some, size_t n,
			  struct strbuf *body)
{
	struct json_writer j = JSON_WRITER(body);

	json_begin_object(&j);
	json_key_bool(&j, "update_existing", true);
	json_key_begin_array(&j, "members");
	for (size_t i = 0; i < n; i++) {
		json_begin_object(&j);
		json_key_text(&j, "email_address", some[i]->folded);
		json_key_text(&j, "status", "unsubscribed");
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
}

/* Who is subscribed after all is not done. */
static void read_done(struct people_out *o, const json_t *members)
{
	json_t *member;
	size_t i;

	json_array_foreach (members, i, member) {
		const char *address = json_string_value(
			json_object_get(member, "email_address"));
		char hash[MD5_HEX + 1];
		struct address_out *a;

		if (!address || member_status(member) != MIRROR_UNSUBSCRIBED)
			continue;
		email_hash(address, hash);
		a = find_address(o, hash);
		if (a)
			a->done = true;
	}
}

/* Some in a transaction. All were subscribed. */
static int note_done(struct people_out *o, struct address_out *const *some,
		     size_t n, int64_t call_ms, struct err *err)
{
	for (size_t i = 0; i < n;) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;
		struct batch b;

		if (tx_begin(o->w->db, &tx, err) < 0)
			return -1;
		batch_begin(&tx, &b);
		do
			if (some[i]->done &&
			    member_note_unsubscribed(&b, o->w, some[i]->hash,
						     MIRROR_SUBSCRIBED, call_ms,
						     err) < 0)
				return -1;
		while (++i < n && i % NOTES_A_TX != 0);
		if (batch_end(&b, err) < 0 || tx_commit(&tx, err) < 0)
			return -1;
	}
	return 0;
}

static int unsubscribe(struct people_out *o, struct address_out *const *some,
		       size_t n, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	int64_t call_ms = clock_now_ms();

	write_members(some, n, &body);
	if (mc_call(o->w->client, "POST",
		    list_path(o->w, "?skip_merge_validation=true&fields="
				    "new_members.email_address,"
				    "new_members.status,"
				    "updated_members.email_address,"
				    "updated_members.status"),
		    body.buf, &reply, err) < 0)
		return -1;
	read_done(o, json_object_get(reply, "new_members"));
	read_done(o, json_object_get(reply, "updated_members"));
	return note_done(o, some, n, call_ms, err);
}

static bool is_settled(const struct address_out *a)
{
	return a->done || a->status == MIRROR_UNSUBSCRIBED;
}

/* Are all their addresses settled, or (may) can they be by these calls? */
static bool is_simple(struct people_out *o, const struct record *r, bool may)
{
	if (!r->opted_out || ids_has(&o->left, r->id))
		return false;
	may = may && !ids_has(&o->said_there, r->id);
	for (size_t i = 0; i < r->emails_n; i++) {
		const struct address_out *a =
			find_address(o, r->emails[i].hash);

		if (!is_settled(a) && !(may && a->status == MIRROR_SUBSCRIBED))
			return false;
	}
	return true;
}

static int unsubscribe_all(struct people_out *o, struct err *err)
{
	CLEANUP(vec_release) VEC(struct address_out *) some = VEC_INIT;

	vec_each (&o->records, r) {
		for (size_t i = 0; is_simple(o, r, true) && i < r->emails_n;
		     i++) {
			struct address_out *a =
				find_address(o, r->emails[i].hash);

			if (!is_settled(a) && !a->called)
				vec_push(&some, a);
			a->called = true; /* two people may have it */
		}
	}
	for (size_t i = 0; i < some.n; i += MEMBERS_A_CALL) {
		size_t n = some.n - i;

		if (unsubscribe(o, some.v + i,
				n < MEMBERS_A_CALL ? n : MEMBERS_A_CALL,
				err) < 0)
			return -1;
	}
	return 0;
}

/* --- all of it --- */

static const struct record *record_of(const struct people_out *o, int64_t id)
{
	vec_each (&o->records, r)
		if (r->id == id)
			return r;
	return NULL;
}

/* Their jobs are over, or theirs alone. */
static int end_jobs(struct people_out *o, struct err *err)
{
	CLEANUP(vec_release) struct ids done = VEC_INIT;
	CLEANUP(vec_release) struct ids others = VEC_INIT;

	for (size_t i = 0; i < o->jobs.n; i++) {
		const struct record *r = record_of(o, o->people.v[i]);

		if (r && is_simple(o, r, false))
			vec_push(&done, o->jobs.v[i]);
		else
			vec_push(&others, o->jobs.v[i]);
	}
	if (job_leave_along(o->w->run, &others, err) < 0)
		return -1;
	return job_end_along(o->w->run, &done, err);
}

int people_opt_out(struct work *w, struct err *err)
{
	CLEANUP(people_release) struct people_out o = { .w = w };
	struct err why = ERR_INIT;
	int taken = take_along(&o, &why);

	if (taken < 0 && why.code != ERR_CONFLICT) {
		*err = why;
		return -1;
	}
	if (taken <= 0) /* nobody waits, or others are at them */
		return 0;
	if (load(&o, &why) < 0)
		vec_reset(&o.records); /* half known: nobody is done */
	else
		(void)unsubscribe_all(&o, &why); /* some are */
	if (why.code != ERR_NONE && job_is_stopping(w->run)) {
		*err = why;
		return -1;
	}
	return end_jobs(&o, err);
}
