#include "crm/group/criteria_sql.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/address.h"
#include "crm/campaign_record.h"
#include "crm/consent/consent.h"
#include "crm/consent/mail_status.h"
#include "crm/group/criteria_sql_private.h"
#include "crm/group/group.h"
#include "sql/crm_campaign.h"
#include "sql/obstacle.h"
#include "store/sqlbuild.h"

#include <string.h>

static bool uses_company(const struct criterion *c)
{
	if (c->members)
		return uses_company(c->members);
	if (c->is_condition)
		return c->of_company;
	for (size_t i = 0; i < c->n; i++) {
		if (uses_company(&c->children[i]))
			return true;
	}
	return false;
}

static void add_from(enum entity entity, bool with_company, struct sqlbuild *b)
{
	if (entity == ENTITY_PERSON)
		sqlbuild_add(b, " FROM person r");
	else if (entity == ENTITY_LEAD)
		sqlbuild_add(b, " FROM lead r");
	else
		sqlbuild_add(b, " FROM company r");
	if (with_company)
		sqlbuild_add(b, " LEFT JOIN company c ON c.id = r.company_id");
}

void criteria_sql_from(const struct criteria *c, struct sqlbuild *b)
{
	add_from(c->entity, uses_company(&c->root), b);
}

/*
 * `<the record> is among <column> of <tables> where ...`; the caller goes on
 * with the condition and closes the parenthesis.
 */
static void begin_among(struct compiler *k, const char *column,
			const char *tables)
{
	struct sqlbuild *b = k->b;

	sqlbuild_add(b, k->as_ids    ? "(SELECT "
			: k->as_sets ? "r.id IN (SELECT "
				     : "EXISTS (SELECT ");
	sqlbuild_add(b, column);
	sqlbuild_add(b, k->as_ids ? " AS id FROM " : " FROM ");
	sqlbuild_add(b, tables);
	sqlbuild_add(b, " WHERE ");
	sqlbuild_add(b, column);
	sqlbuild_add(b, k->as_ids || k->as_sets ? " IS NOT NULL" : " = r.id");
}

static void add_email(struct compiler *k, const struct criterion *c)
{
	begin_among(k, "e.record_id", "email e");
	sqlbuild_add(k->b, " AND e.ended_ms IS NULL AND e.entity = ");
	sqlbuild_bind_int(k->b, k->entity);
	if (c->hash) {
		sqlbuild_add(k->b, " AND e.hash = ");
		sqlbuild_bind_text(k->b, c->hash);
	} else if (c->text) { /* as it is compared, and as it is shown */
		sqlbuild_add(k->b, " AND (e.folded");
		criterion_add_text_op(k, c->op, c->text);
		sqlbuild_add(k->b, " OR ");
		sqlbuild_lower_begin(k->b, criterion_wanted(c));
		sqlbuild_add(k->b, "e.address");
		sqlbuild_lower_end(k->b, criterion_wanted(c));
		criterion_add_text_op(k, c->op, c->text);
		sqlbuild_add(k->b, ")");
	}
	sqlbuild_add(k->b, ")");
}

static void add_tag(struct compiler *k, const struct criterion *c)
{
	begin_among(k, "rt.record_id",
		    "record_tag rt JOIN tag t ON t.id = rt.tag_id");
	sqlbuild_add(k->b, " AND rt.entity = ");
	sqlbuild_bind_int(k->b, k->entity);
	if (c->text) {
		sqlbuild_add(k->b, " AND t.name_folded");
		criterion_add_text_op(k, c->op, c->text);
	}
	sqlbuild_add(k->b, ")");
}

#define WAS_SENT " AND cr.state IN (" SQL_SET_CRM_RECIPIENT_SENT ")"

static const char *response_test(const struct criterion *c)
{
	switch (c->response) {
	case RESPONSE_SENT:
		return WAS_SENT;
	case RESPONSE_OPENED:
		return c->machines ? " AND (cr.opened_ms IS NOT NULL OR "
				     "cr.machine_opened_ms IS NOT NULL)"
				   : " AND cr.opened_ms IS NOT NULL";
	case RESPONSE_CLICKED:
		return c->machines ? " AND (cr.clicked_ms IS NOT NULL OR "
				     "cr.machine_clicked_ms IS NOT NULL)"
				   : " AND cr.clicked_ms IS NOT NULL";
	case RESPONSE_BOUNCED:
		return " AND cr.bounced <> 0";
	case RESPONSE_UNSUBSCRIBED:
		return " AND cr.unsubscribed_ms IS NOT NULL";
	case RESPONSE_COMPLAINED:
		return " AND cr.complained_ms IS NOT NULL";
	case RESPONSE_REPLIED:
		return " AND cr.replied_ms IS NOT NULL";
	}
	return "";
}

static void add_clicked_url(struct compiler *k, const struct criterion *c)
{
	sqlbuild_add(k->b, " AND EXISTS (SELECT 1 FROM campaign_activity a"
			   " JOIN campaign_link l ON l.id = a.link_id"
			   " WHERE a.campaign_id = cr.campaign_id"
			   " AND a.person_id = cr.person_id"
			   " AND l.campaign_id = cr.campaign_id AND a.kind = ");
	sqlbuild_bind_int(k->b, CRM_ACTIVITY_CLICK);
	sqlbuild_add(k->b, " AND l.url = ");
	sqlbuild_bind_text(k->b, c->url);
	sqlbuild_add(k->b, c->machines ? ")" : " AND a.machine = 0)");
}

static void add_recipients(struct compiler *k, const struct criterion *c,
			   const char *test, bool with_url)
{
	const char *column = k->entity == ENTITY_PERSON ? "cr.person_id"
			     : k->entity == ENTITY_LEAD ? "cr.lead_id"
							: "cr.company_id";

	begin_among(k, column, "campaign_recipient cr");
	if (c->campaign_id) {
		sqlbuild_add(k->b, " AND cr.campaign_id = ");
		sqlbuild_bind_int(k->b, c->campaign_id);
	}
	sqlbuild_add(k->b, test);
	if (with_url)
		add_clicked_url(k, c);
	sqlbuild_add(k->b, ")");
}

/* Who was sent nothing has not failed to answer: negations need a sending. */
static void add_response(struct compiler *k, const struct criterion *c)
{
	if (c->negated) {
		sqlbuild_add(k->b, "(");
		if (c->response != RESPONSE_SENT) {
			add_recipients(k, c, WAS_SENT, false);
			sqlbuild_add(k->b, " AND ");
		}
		sqlbuild_add(k->b, "NOT ");
	}
	add_recipients(k, c, response_test(c), c->url != NULL);
	if (c->negated)
		sqlbuild_add(k->b, ")");
}

static void add_rows_of_group(struct compiler *k, const struct criterion *c)
{
	bool is_out = c->part == CRITERIA_TAKEN_OUT;

	begin_among(k, "g.record_id",
		    is_out ? "group_exclusion g" : "group_member g");
	sqlbuild_add(k->b, " AND g.group_id = ");
	sqlbuild_bind_int(k->b, c->number);
	if (c->part == CRITERIA_PUT_IN || c->part == CRITERIA_FITTED) {
		sqlbuild_add(k->b, " AND g.how = ");
		sqlbuild_bind_int(k->b, c->part == CRITERIA_PUT_IN
						? GROUP_BY_HAND
						: GROUP_BY_CRITERIA);
	}
	sqlbuild_add(k->b, ")");
}

static void add_held(struct compiler *k)
{
	sqlbuild_add(k->b,
		     "EXISTS (SELECT 1 FROM email e WHERE e.id = r.email_id"
		     " AND (e.held <> ");
	sqlbuild_bind_int(k->b, HELD_NO);
	sqlbuild_add(k->b, " OR EXISTS (SELECT 1 FROM unclear_opt_out u"
			   " WHERE u.hash = e.hash)))");
}

/* The same as consent-agreed of sql/consent.sql. */
static void add_agreed(struct compiler *k)
{
	sqlbuild_add(k->b, "EXISTS (SELECT 1 FROM consent a"
			   " WHERE a.record_id = r.id AND a.entity = ");
	sqlbuild_bind_int(k->b, k->entity);
	sqlbuild_add(k->b, " AND a.source <> 'undo' AND a.state = ");
	sqlbuild_bind_int(k->b, CONSENT_OPTED_IN);
	sqlbuild_add(k->b, " AND NOT EXISTS (SELECT 1 FROM consent b"
			   " WHERE b.record_id = a.record_id"
			   " AND b.entity = a.entity AND b.id > a.id"
			   " AND b.state = ");
	sqlbuild_bind_int(k->b, CONSENT_OPTED_OUT);
	sqlbuild_add(k->b, "))");
}

/* The members that stand against it, of any kind for MAIL_OPEN; the others get
 * mail. */
static const char *members_of(enum mail_status status)
{
	switch (status) {
	case MAIL_UNSUBSCRIBED:
		return SQL_SET_MIRROR_LEFT;
	case MAIL_PENDING:
		return SQL_SET_MIRROR_WAITS;
	case MAIL_REFUSED:
		return SQL_SET_MIRROR_REFUSED;
	default:
		return SQL_SET_MIRROR_AGAINST;
	}
}

/*
 * The same as obstacle-members of sql/obstacle.sql. The index on the members
 * that are not subscribed is SQLite's by the words of its own condition alone.
 */
static void add_member(struct compiler *k, enum mail_status status)
{
	struct sqlbuild *b = k->b;

	sqlbuild_add(b, k->as_sets ? "r.email_id IN (SELECT e.id"
				   : "EXISTS (SELECT 1");
	sqlbuild_add(b, " FROM bridge_member m"
			" JOIN email e ON e.hash = m.email_hash WHERE ");
	if (!k->as_sets)
		sqlbuild_add(b, "e.id = r.email_id AND ");
	sqlbuild_add(b, "m.status <> " SQL_SET_MIRROR_GETS_MAIL
			" AND m.status IN (");
	sqlbuild_add(b, members_of(status));
	sqlbuild_add(b, ") AND NOT (m.status = " SQL_SET_MIRROR_PUT_AWAY
			" AND m.added_ms IS NOT NULL))");
}

/* The addresses that those have of whom `from` tells. CROSS JOIN is SQLite's
 * word for going the way that is written. */
static void add_addresses_of(struct compiler *k, const char *from)
{
	const char *join = k->as_sets ? " CROSS JOIN" : " JOIN";

	sqlbuild_add(k->b, "SELECT e.id");
	sqlbuild_add(k->b, from);
	sqlbuild_add(k->b, join);
	sqlbuild_add(k->b, " email o ON o.record_id = q.id"
			   " AND o.ended_ms IS NULL AND o.entity = ");
	sqlbuild_bind_int(k->b, ENTITY_PERSON);
	sqlbuild_add(k->b, join);
	sqlbuild_add(k->b, " email e ON e.hash = o.hash");
}

/* The same as obstacle-shared-opt-outs of sql/obstacle.sql; as a set, begun
 * with the few who opted out. */
static void add_shared_opt_out(struct compiler *k)
{
	if (k->as_sets) {
		sqlbuild_add(k->b, "r.email_id IN (");
		add_addresses_of(k, " FROM person q");
		sqlbuild_add(k->b, " WHERE q.opted_out = 1 UNION ALL ");
		add_addresses_of(k, " FROM company c"
				    " CROSS JOIN person q"
				    " ON q.company_id = c.id");
		sqlbuild_add(k->b, " WHERE c.opted_out = 1)");
		return;
	}
	sqlbuild_add(k->b, "EXISTS (");
	add_addresses_of(k, " FROM person q"
			    " LEFT JOIN company c ON c.id = q.company_id");
	sqlbuild_add(k->b, " WHERE e.id = r.email_id"
			   " AND (q.opted_out = 1 OR c.opted_out = 1))");
}

/* Who has an address that is not held. */
static void add_reached(struct compiler *k, enum mail_status status)
{
	bool gets_mail = status == MAIL_AGREED || status == MAIL_OPEN;

	sqlbuild_add(k->b, " AND NOT ");
	add_held(k);
	sqlbuild_add(k->b, gets_mail ? " AND NOT " : " AND ");
	add_member(k, status);
	if (!gets_mail)
		return;
	sqlbuild_add(k->b, status == MAIL_AGREED ? " AND " : " AND NOT ");
	add_agreed(k);
}

/* As mail_status.c has it: the first that fits. */
static void add_mail_status(struct compiler *k, const struct criterion *c)
{
	enum mail_status status = (enum mail_status)c->number;

	if (status == MAIL_OPTED_OUT) {
		sqlbuild_add(k->b, "(r.opted_out = 1)");
		return;
	}
	sqlbuild_add(k->b, "(r.opted_out = 0 AND r.email_id IS ");
	sqlbuild_add(k->b, status == MAIL_NO_ADDRESS ? "NULL" : "NOT NULL");
	if (status != MAIL_NO_ADDRESS) {
		sqlbuild_add(k->b, status == MAIL_SHARED_OPT_OUT ? " AND "
								 : " AND NOT ");
		add_shared_opt_out(k);
	}
	if (status == MAIL_HELD) {
		sqlbuild_add(k->b, " AND ");
		add_held(k);
	} else if (status != MAIL_NO_ADDRESS && status != MAIL_SHARED_OPT_OUT) {
		add_reached(k, status);
	}
	sqlbuild_add(k->b, ")");
}

static void add_criterion(struct compiler *k, const struct criterion *c);

/* Whether somebody fits the tree of a dynamic group may be unknown, which is
 * not to fit. */
static void add_group(struct compiler *k, const struct criterion *c)
{
	if (!c->members) {
		add_rows_of_group(k, c);
		return;
	}
	criterion_begin_known(k, c);
	add_criterion(k, c->members);
	criterion_end_known(k, c);
}

static void add_positive(struct compiler *k, const struct criterion *c)
{
	switch (c->type) {
	case CRITERIA_EMAIL:
		add_email(k, c);
		break;
	case CRITERIA_TAG:
		add_tag(k, c);
		break;
	case CRITERIA_RESPONSE:
		add_response(k, c);
		break;
	case CRITERIA_GROUP:
		add_group(k, c);
		break;
	case CRITERIA_MAIL_STATUS:
		add_mail_status(k, c);
		break;
	default:
		criterion_add_field(k, c);
		break;
	}
}

static void add_criterion(struct compiler *k, const struct criterion *c)
{
	if (c->is_condition) {
		if (c->type != CRITERIA_RESPONSE &&
		    criterion_is_negative(c->op))
			sqlbuild_add(k->b, "NOT ");
		add_positive(k, c);
		return;
	}
	if (c->n == 0) {
		sqlbuild_add(k->b, "TRUE");
		return;
	}
	sqlbuild_add(k->b, "(");
	for (size_t i = 0; i < c->n; i++) {
		if (i > 0)
			sqlbuild_add(k->b, c->any ? " OR " : " AND ");
		add_criterion(k, &c->children[i]);
	}
	sqlbuild_add(k->b, ")");
}

void criteria_sql_where(const struct criteria *c, enum criteria_use use,
			struct sqlbuild *b)
{
	struct compiler k = {
		.b = b,
		.entity = c->entity,
		.as_sets = use == CRITERIA_SET && b->backend == DB_SQLITE,
	};

	sqlbuild_add(b, " WHERE ");
	criteria_sql_live(c->entity, b);
	if (c->root.n > 0) {
		sqlbuild_add(b, " AND ");
		add_criterion(&k, &c->root);
	}
}

void criteria_sql_tables(enum entity entity, bool with_company,
			 struct sqlbuild *b)
{
	add_from(entity, with_company, b);
}

void criteria_sql_live(enum entity entity, struct sqlbuild *b)
{
	sqlbuild_add(b,
		     entity == ENTITY_COMPANY ? "TRUE" : "r.erased_ms IS NULL");
}

void criteria_sql_positive(enum entity entity, const struct criterion *c,
			   struct sqlbuild *b)
{
	struct compiler k = { .b = b, .entity = entity };

	add_positive(&k, c);
}

void criteria_sql_ids(enum entity entity, const struct criterion *c,
		      struct sqlbuild *b)
{
	struct compiler k = { .b = b, .entity = entity };

	if (c->type != CRITERIA_MAIL_STATUS) {
		k.as_ids = true;
		add_positive(&k, c);
		return;
	}
	k.as_sets = b->backend == DB_SQLITE;
	sqlbuild_add(b, "(SELECT r.id");
	add_from(entity, false, b);
	sqlbuild_add(b, " WHERE ");
	add_positive(&k, c);
	sqlbuild_add(b, ")");
}

/* A column a tree: begin, 1 where it fits and else 0, end. */
static void add_columns(const struct criteria *const *all, size_t n,
			const char *begin, const char *end, struct sqlbuild *b)
{
	struct compiler k = { .b = b, .entity = all[0]->entity };
	bool with_company = false;

	for (size_t i = 0; i < n; i++) {
		sqlbuild_add(b, i ? ", " : "SELECT ");
		sqlbuild_add(b, begin);
		sqlbuild_add(b, "CASE WHEN ");
		add_criterion(&k, &all[i]->root);
		sqlbuild_add(b, " THEN 1 ELSE 0 END");
		sqlbuild_add(b, end);
		with_company = with_company || uses_company(&all[i]->root);
	}
	add_from(k.entity, with_company, b);
}

void criteria_sql_fits(const struct criteria *const *all, size_t n,
		       int64_t record_id, struct sqlbuild *b)
{
	add_columns(all, n, "", "", b);
	sqlbuild_add(b, " WHERE r.id = ");
	sqlbuild_bind_int(b, record_id);
}

void criteria_sql_sums(const struct criteria *const *all, size_t n,
		       struct sqlbuild *b)
{
	add_columns(all, n, "COALESCE(SUM(", "), 0)", b);
}
