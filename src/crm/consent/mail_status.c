#include "crm/consent/mail_status.h"

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "crm/mirror_status.h"
#include "crm/record.h"
#include "sql/consent.h"
#include "sql/obstacle.h"

#include <string.h>

static const char *const names[] = {
	[MAIL_OPEN] = "open",
	[MAIL_AGREED] = "agreed",
	[MAIL_OPTED_OUT] = "opted_out",
	[MAIL_HELD] = "held",
	[MAIL_NO_ADDRESS] = "no_address",
	[MAIL_SHARED_OPT_OUT] = "shared_opt_out",
	[MAIL_UNSUBSCRIBED] = "unsubscribed",
	[MAIL_PENDING] = "pending",
	[MAIL_REFUSED] = "refused",
};

const char *mail_status_name(enum mail_status status)
{
	return names[status];
}

bool mail_status_named(const char *name, enum mail_status *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(names[i], name) == 0) {
			*out = (enum mail_status)i;
			return true;
		}
	}
	return false;
}

static bool is_held(const struct record *r)
{
	for (size_t i = 0; i < r->emails_n; i++) {
		if (r->emails[i].id == r->email_id)
			return address_held_name(&r->emails[i]) != NULL;
	}
	return false;
}

/* Of the record alone. */
static enum mail_status status_of(const struct record *r)
{
	if (r->opted_out)
		return MAIL_OPTED_OUT;
	if (!r->email_id)
		return MAIL_NO_ADDRESS;
	return is_held(r) ? MAIL_HELD : MAIL_OPEN;
}

static enum mail_status status_of_member(enum mirror_status status)
{
	switch (status) {
	case MIRROR_NONE:
	case MIRROR_SUBSCRIBED:
		break;
	case MIRROR_UNSUBSCRIBED:
	case MIRROR_TRANSACTIONAL: /* never subscribed */
		return MAIL_UNSUBSCRIBED;
	case MIRROR_PENDING:
		return MAIL_PENDING;
	case MIRROR_CLEANED:
	case MIRROR_ARCHIVED:
	case MIRROR_FORGOTTEN:
		return MAIL_REFUSED;
	}
	return MAIL_OPEN;
}

/* The opt-outs of others, against who has an address, held or not. */
static int ask_sharers(struct db *db, struct records *records, struct err *err)
{
	CLEANUP(vec_release) struct ids emails = VEC_INIT;
	CLEANUP(vec_release) struct ids out = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	vec_each (records, r)
		if (r->mail_status == MAIL_OPEN || r->mail_status == MAIL_HELD)
			vec_push(&emails, r->email_id);
	if (emails.n == 0)
		return 0;
	if (db_list_ids(db, SQL_OBSTACLE_SHARED_OPT_OUTS,
			SQL_ARGS(sql_keys(&emails, &keys)), &out, err) < 0)
		return -1;
	vec_each (records, r)
		if (!r->opted_out && r->email_id && ids_has(&out, r->email_id))
			r->mail_status = MAIL_SHARED_OPT_OUT;
	return 0;
}

/* What the audience says against who is open until then. */
static int ask_members(struct db *db, struct records *records, struct err *err)
{
	CLEANUP(vec_release) struct ids emails = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	vec_each (records, r)
		if (r->mail_status == MAIL_OPEN)
			vec_push(&emails, r->email_id);
	if (emails.n == 0)
		return 0;
	if (db_query(db, SQL_OBSTACLE_MEMBERS,
		     SQL_ARGS(sql_keys(&emails, &keys)), &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0)
		vec_each (records, r)
			if (r->email_id == rows_int(rows, 0))
				r->mail_status = status_of_member(
					(enum mirror_status)rows_int(rows, 1));
	return more;
}

static int ask_agreed(struct db *db, struct records *records, struct err *err)
{
	CLEANUP(vec_release) struct ids open = VEC_INIT;
	CLEANUP(vec_release) struct ids agreed = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	vec_each (records, r)
		if (r->mail_status == MAIL_OPEN)
			vec_push(&open, r->id);
	if (open.n == 0)
		return 0;
	if (db_list_ids(db, SQL_CONSENT_AGREED,
			SQL_ARGS(sql_int(records->v[0].entity),
				 sql_keys(&open, &keys)),
			&agreed, err) < 0)
		return -1;
	vec_each (records, r)
		if (r->mail_status == MAIL_OPEN && ids_has(&agreed, r->id))
			r->mail_status = MAIL_AGREED;
	return 0;
}

int records_add_mail_status(struct db *db, struct records *records,
			    struct err *err)
{
	vec_each (records, r)
		r->mail_status = status_of(r);
	if (records->n == 0 || records->v[0].entity == ENTITY_COMPANY)
		return 0;
	if (ask_sharers(db, records, err) < 0 ||
	    ask_members(db, records, err) < 0)
		return -1;
	return ask_agreed(db, records, err);
}
