#include "crm/timeline/timeline.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/communication.h"
#include "crm/memo.h"
#include "crm/timeline/campaign_mail.h"
#include "sql/consent.h"
#include "sql/timeline.h"

int timeline_types_parse(const char *text, unsigned *out, struct err *err)
{
	static const struct {
		const char *name;
		unsigned type;
	} known[] = {
		{ "communication", TIMELINE_COMMUNICATIONS },
		{ "note", TIMELINE_NOTES },
		{ "task", TIMELINE_TASKS },
		{ "consent", TIMELINE_CONSENT },
		{ "import", TIMELINE_IMPORTS },
	};
	struct str rest = str_of(text);
	unsigned types = 0;

	while (rest.len > 0) {
		struct str name = str_trim(str_cut(&rest, ','));
		unsigned type = 0;

		for (size_t i = 0; i < ARRAY_SIZE(known); i++)
			if (str_eq(name, str_of(known[i].name)))
				type = known[i].type;
		if (type == 0)
			return err_field(err, "type",
					 "is communication, note, task, "
					 "consent or import, or several with "
					 "commas");
		types |= type;
	}
	*out = types ? types : TIMELINE_ALL;
	return 0;
}

static struct campaign_mail *read_mail(const struct rows *rows,
				       struct arena *arena)
{
	struct campaign_mail *mail = arena_new_of(arena, struct campaign_mail);

	mail->at_ms = rows_int(rows, 1);
	mail->campaign_id = rows_int(rows, 2);
	mail->person_id = rows_int(rows, 3);
	campaign_mail_read(rows, 12, arena, mail);
	return mail;
}

static void read_entry(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct timeline_entry *)out = (struct timeline_entry){
		.type = rows_dup(rows, 0, arena),
		.at_ms = rows_int(rows, 1),
		.campaign_id = rows_int(rows, 2),
		.person_id = rows_int(rows, 3),
		.id = rows_int(rows, 4),
		.kind = rows_dup(rows, 5, arena),
		.title = rows_dup(rows, 6, arena),
		.body = rows_dup(rows, 7, arena),
		.status = rows_dup(rows, 8, arena),
		.user_id = rows_int(rows, 9),
		.direction = rows_dup(rows, 10, arena),
		.user_name = rows_dup(rows, 11, arena),
		.campaign_name = rows_dup(rows, 12, arena),
		.address = rows_dup(rows, 14, arena),
		.mail = rows_int(rows, 2) > 0 ? read_mail(rows, arena) : NULL,
	};
}

static int add_to_mails(struct db *db, const struct timeline *page,
			struct arena *arena, struct err *err)
{
	struct campaign_mail **mails =
		arena_array(arena, struct campaign_mail *, page->n + 1);
	size_t n = 0;

	vec_each (page, e)
		if (e->mail)
			mails[n++] = e->mail;
	if (campaign_mails_add_events(db, mails, n, arena, err) < 0)
		return -1;
	return campaign_mails_add_hashes(db, mails, n, arena, err);
}

int timeline_list(struct db *db, enum entity entity, int64_t record_id,
		  unsigned types, const struct timeline_entry *after,
		  int64_t limit, struct arena *arena, struct timeline *out,
		  struct err *err)
{
	static const struct timeline_entry newest = { .at_ms = INT64_MAX,
						      .type = "" };
	struct sql_value kind = sql_int(entity), id = sql_int(record_id);
	struct sql_value no = sql_int(0), yes = sql_int(1);
	struct sql_value mails = types & TIMELINE_COMMUNICATIONS ? yes : no;
	struct sql_value notes = types & TIMELINE_NOTES ? yes : no;
	struct sql_value tasks = types & TIMELINE_TASKS ? yes : no;
	struct sql_value consent = types & TIMELINE_CONSENT ? yes : no;
	struct sql_value imports = types & TIMELINE_IMPORTS ? yes : no;
	const struct timeline_entry *p = after ? after : &newest;

	if (db_list(db, SQL_TIMELINE_PAGE,
		    SQL_ARGS(mails, kind, id,
			     entity == ENTITY_PERSON ? mails : no, id, id,
			     entity == ENTITY_LEAD ? mails : no, id,
			     entity == ENTITY_COMPANY ? mails : no, id, notes,
			     id, kind, tasks, id, kind, consent, id, kind,
			     entity == ENTITY_PERSON ? imports : no, id,
			     entity == ENTITY_LEAD ? imports : no, id,
			     entity == ENTITY_COMPANY ? imports : no, id,
			     sql_int(p->at_ms), sql_text(p->type),
			     sql_int(p->campaign_id), sql_int(p->person_id),
			     sql_int(p->id), sql_int(limit)),
		    read_entry, arena, out, err) < 0)
		return -1;
	return add_to_mails(db, out, arena, err);
}

int timeline_count(struct db *db, enum entity entity, int64_t record_id,
		   unsigned types, int64_t *out, struct err *err)
{
	const struct memo_filter note = { .kind = MEMO_NOTE,
					  .entity = entity,
					  .record_id = record_id };
	const struct memo_filter task = { .kind = MEMO_TASK,
					  .entity = entity,
					  .record_id = record_id };
	int64_t communications = 0, notes = 0, tasks = 0, consents = 0;
	struct sql_value kind = sql_int(entity), id = sql_int(record_id);
	int64_t imports = 0;

	if ((types & TIMELINE_COMMUNICATIONS) &&
	    communication_count(db, entity, record_id, &communications, err) <
		    0)
		return -1;
	if ((types & TIMELINE_NOTES) && memo_count(db, &note, &notes, err) < 0)
		return -1;
	if ((types & TIMELINE_TASKS) && memo_count(db, &task, &tasks, err) < 0)
		return -1;
	if ((types & TIMELINE_CONSENT) &&
	    db_find_int(db, SQL_CONSENT_COUNT,
			SQL_ARGS(sql_int(record_id), sql_int(entity)),
			&consents, err) < 0)
		return -1;
	if ((types & TIMELINE_IMPORTS) &&
	    db_find_int(db, SQL_TIMELINE_IMPORTS,
			SQL_ARGS(kind, id, kind, id, kind, id), &imports,
			err) < 0)
		return -1;
	*out = communications + notes + tasks + consents + imports;
	return 0;
}
