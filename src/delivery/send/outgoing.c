/*
 * A row that was taken is nobody else's for a while, and goes out again after
 * that if its sender dies. All on the claiming thread.
 */
#include "delivery/send/outgoing.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "campaign/campaign.h"
#include "delivery/mailing.h"
#include "delivery/relay.h"
#include "delivery/send/claim.h"
#include "delivery/send/handover.h"
#include "delivery/send/keep_back.h"
#include "delivery/send/shipment.h"
#include "delivery/trouble.h"
#include "mail/mail_view.h"
#include "store/store.h"

#include "sql/recipient.h"

#include <strings.h>

#define AT_ONCE 20
/* Nobody else takes one that was taken; if its sender dies, it goes out again
 * after that. */
#define TAKEN_MS (10 * MS_MINUTE)

struct single {
	int64_t id, attempts, next_ms, created_ms;
	const char *sender, *rcpt, *source;
};

static void read_single(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct single *)out = (struct single){
		.id = rows_int(rows, 0),
		.sender = rows_dup(rows, 1, arena),
		.rcpt = rows_dup(rows, 2, arena),
		.source = rows_dup(rows, 3, arena),
		.attempts = rows_int(rows, 4),
		.next_ms = rows_int(rows, 5),
		.created_ms = rows_int(rows, 6),
	};
}

/* 1: ours; 0: somebody else was quicker. */
static int take_single(struct db *db, const struct single *m, int64_t now_ms,
		       struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int changed;

	if (tx_begin(db, &tx, err) < 0)
		return -1;
	changed = db_exec(&tx, SQL_OUTGOING_TAKE,
			  SQL_ARGS(sql_int(now_ms + TAKEN_MS), sql_int(m->id),
				   sql_int(m->next_ms)),
			  err);
	if (changed < 0 || tx_commit(&tx, err) < 0)
		return -1;
	return changed > 0;
}

static const char *field_of(const struct mail_view *view, const char *name)
{
	for (size_t i = 0; i < view->fields_n; i++)
		if (strcasecmp(view->fields[i].name, name) == 0)
			return view->fields[i].value;
	return NULL;
}

/* For the lists of the outbox; nobody else needs it. A mail that has a campaign
 * and comes alone is a test of it. */
static void note_message(struct db *db, const char *source, struct shipment *p,
			 struct relay_message *message)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct mail_view view = { 0 };
	struct campaign campaign;
	struct err ignored = ERR_INIT; /* such a mail goes without */
	const char *hex;

	if (mail_view_read(str_of(source), arena, &view, &ignored) < 0)
		return;
	if (view.subject)
		strbuf_addstr(&p->subject, view.subject);
	message->subject = p->subject.buf;
	hex = field_of(&view, MAILING_CAMPAIGN_FIELD);
	if (hex &&
	    campaign_get_by_hex(db, hex, arena, &campaign, &ignored) == 0) {
		message->campaign_id = campaign.id;
		message->is_test = true;
	}
}

/* It was queued while the catcher took it. */
static int drop_single(struct db *db, const struct single *m, struct err *err)
{
	log_warn("single mail is for the mail catcher only",
		 LOG_INT("id", m->id));
	return db_write(db, SQL_OUTGOING_REMOVE, SQL_ARGS(sql_int(m->id)), err);
}

static void send_one(const struct outgoing *o, struct db *db,
		     const struct single *m)
{
	struct claimed person = {
		.attempts = m->attempts,
		.first_ms = m->created_ms,
		.address = m->rcpt,
	};
	struct shipment *p = shipment_new(NULL, m->sender, &person);
	struct relay_message message = {
		.sender = p->envelope_sender,
		.rcpt = p->person.address,
		.content = SMTP_CONTENT_INIT,
	};

	p->outgoing_id = m->id;
	strbuf_addstr(&message.content.text, m->source);
	message.subject = p->subject.buf;
	note_message(db, m->source, p, &message);
	handover_send_single(o->handover, p, &message);
}

int outgoing_send_due(const struct outgoing *o, struct db *db, int64_t now_ms,
		      struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) VEC(struct single) due = VEC_INIT;

	if (db_list(db, SQL_OUTGOING_DUE,
		    SQL_ARGS(sql_int(now_ms), sql_int(AT_ONCE)), read_single,
		    arena, &due, err) < 0)
		return -1;
	vec_each (&due, m) {
		int barred = keep_back_single(o->keep_back, m->rcpt, err);
		int ours = barred < 0 ? -1 : take_single(db, m, now_ms, err);

		if (ours < 0 || (ours && barred && drop_single(db, m, err) < 0))
			return -1;
		if (ours && !barred)
			send_one(o, db, m);
	}
	return 0;
}

static int settle_one(struct tx *tx, const struct shipment *p, int64_t now_ms,
		      int64_t first_ms, struct err *err)
{
	int64_t wait_ms;

	if (p->outcome == EVENT_DEFERRED || p->outcome == EVENT_RETURNED) {
		wait_ms = trouble_wait_ms(p->attempts, first_ms,
					  (uint64_t)p->outgoing_id);
		return db_exec(tx, SQL_OUTGOING_LATER,
			       SQL_ARGS(sql_int(now_ms + wait_ms),
					sql_text(p->detail),
					sql_int(p->outgoing_id)),
			       err);
	}
	if (p->outcome != EVENT_ACCEPTED)
		log_warn("single mail was refused",
			 LOG_INT("id", p->outgoing_id),
			 LOG_TEXT("answer", p->detail));
	return db_exec(tx, SQL_OUTGOING_REMOVE,
		       SQL_ARGS(sql_int(p->outgoing_id)), err);
}

static int settle_all(const struct outgoing *o, struct db *db,
		      struct shipments *list, int64_t now_ms, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct shipment *p;
	int rc = tx_begin(db, &tx, err);

	while (rc >= 0 && (p = shipments_take(list))) {
		rc = settle_one(&tx, p, now_ms, o->retry_first_ms, err);
		shipment_free(p);
	}
	return rc < 0 ? -1 : tx_commit(&tx, err);
}

int outgoing_settle(const struct outgoing *o, struct db *db, int64_t now_ms,
		    struct err *err)
{
	struct shipments list;
	int rc;

	if (!shipment_bin_take(o->ended, &list))
		return 0;
	rc = settle_all(o, db, &list, now_ms, err);
	/* what was not written is taken again when its time is over */
	shipments_free(&list);
	return rc;
}
