/*
 * The mirror: status and merge fields of each member as the audience last told
 * us. refresh.c brings it up to date.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "crm/campaign_figures.h"
#include "crm/consent/consent.h"
#include "store/store.h"

#include "sql/bridge.h"

#include <string.h>

enum left_out mirror_reason(enum mirror_status status)
{
	switch (status) {
	case MIRROR_NONE:
	case MIRROR_SUBSCRIBED:
	case MIRROR_PENDING: /* gets mail once it has confirmed */
		return LEFT_OUT_NOT;
	case MIRROR_UNSUBSCRIBED:
	case MIRROR_TRANSACTIONAL:
		return LEFT_OUT_UNSUBSCRIBED;
	case MIRROR_CLEANED:
		return LEFT_OUT_CLEANED;
	case MIRROR_ARCHIVED: /* put away there on purpose */
		return LEFT_OUT_SUPPRESSED;
	case MIRROR_FORGOTTEN:
		return LEFT_OUT_FORGOTTEN;
	}
	return LEFT_OUT_NOT;
}

enum mirror_status mirror_status_of(const char *name)
{
	static const char *const names[] = {
		"",        "subscribed",    "unsubscribed", "cleaned",
		"pending", "transactional", "archived",
	};

	for (size_t i = 1; i < ARRAY_SIZE(names); i++)
		if (name && strcmp(names[i], name) == 0)
			return (enum mirror_status)i;
	return MIRROR_NONE;
}

int mirror_put(struct tx *tx, const char *hash, enum mirror_status status,
	       const char *merge_hash, const char *contact_id,
	       int64_t changed_ms, struct err *err)
{
	return db_exec(tx, SQL_BRIDGE_MEMBER_PUT,
		       SQL_ARGS(sql_text(hash), sql_int(status),
				sql_text(merge_hash), sql_int(changed_ms),
				sql_text(contact_id), sql_null(),
				sql_int(clock_now_ms())),
		       err);
}

int mirror_disown(struct tx *tx, const char *hash, struct err *err)
{
	return db_exec(tx, SQL_BRIDGE_MEMBER_OWN,
		       SQL_ARGS(sql_null(), sql_text(hash)), err) < 0
		       ? -1
		       : 0;
}

int mirror_renamed(struct tx *tx, const char *hash, int64_t now_ms,
		   struct err *err)
{
	return db_exec(tx, SQL_BRIDGE_MEMBER_RENAMED,
		       SQL_ARGS(sql_int(clock_now_ms()),
				sql_int(now_ms - MS_DAY), sql_text(hash)),
		       err);
}

int mirror_carry(struct tx *tx, const struct mirrored *old,
		 const char *new_hash, const json_t *member, int64_t now_ms,
		 struct err *err)
{
	const char *contact =
		json_string_value(json_object_get(member, "contact_id"));
	enum mirror_status status = member_status(member);
	bool is_ours = status != MIRROR_ARCHIVED || old->archived_ms;
	bool is_out = status == MIRROR_UNSUBSCRIBED;

	if (mirror_put(tx, new_hash, status, old->merge_hash, contact, now_ms,
		       err) < 0 ||
	    (old->language &&
	     db_exec(tx, SQL_BRIDGE_MEMBER_LANGUAGE,
		     SQL_ARGS(sql_text(old->language), sql_text(new_hash),
			      sql_text(old->language)),
		     err) < 0))
		return -1;
	return db_exec(
		tx, SQL_BRIDGE_MEMBER_CARRIED,
		SQL_ARGS(sql_id_or_null(is_ours ? old->added_ms : 0),
			 sql_id_or_null(status == MIRROR_ARCHIVED
						? old->archived_ms
						: 0),
			 sql_id_or_null(is_out ? old->unsubscribed_ms : 0),
			 sql_id_or_null(is_out ? old->unsubscribe_call_ms : 0),
			 sql_text(new_hash)),
		err);
}

bool mirrored_is_gone(const struct mirrored *known)
{
	return known->status == MIRROR_NONE &&
	       (known->merge_hash || !known->added_ms);
}

static void read_mirrored(const struct rows *rows, struct arena *arena,
			  void *out)
{
	*(struct mirrored *)out = (struct mirrored){
		.status = (enum mirror_status)rows_int(rows, 0),
		.merge_hash = rows_dup(rows, 1, arena),
		.added_ms = rows_int(rows, 2),
		.contact_id = rows_dup(rows, 3, arena),
		.archived_ms = rows_int(rows, 4),
		.unsubscribed_ms = rows_int(rows, 5),
		.strayed_contact_id = rows_dup(rows, 6, arena),
		.strayed_added_ms = rows_int(rows, 7),
		.changed_ms = rows_int(rows, 8),
		.unsubscribe_call_ms = rows_int(rows, 9),
		.language = rows_dup(rows, 10, arena),
	};
}

int mirror_find(struct db *db, const char *hash, struct arena *arena,
		struct mirrored *out, struct err *err)
{
	return db_get(db, SQL_BRIDGE_MEMBER_GET, SQL_ARGS(sql_text(hash)),
		      read_mirrored, arena, out, err);
}

void known_members_release(struct known_members *known)
{
	json_decref(known->index);
	vec_release(&known->rows);
}

int known_members_load(struct work *w, const json_t *members,
		       bool (*asked)(const json_t *member),
		       struct known_members *out, struct err *err)
{
	CLEANUP(vec_release) struct texts hashes = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	json_t *member;
	size_t i;
	int more;

	json_array_foreach (members, i, member) {
		json_t *id = json_object_get(member, "id");

		if (json_is_string(id) && asked(member))
			vec_push(&hashes, json_string_value(id));
	}
	if (db_query(w->db, SQL_BRIDGE_MEMBER_KNOWN,
		     SQL_ARGS(sql_texts(&hashes, &buf)), &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		struct mirrored known = {
			.status = (enum mirror_status)rows_int(rows, 1),
			.added_ms = rows_int(rows, 2),
			.unsubscribed_ms = rows_int(rows, 3),
			.changed_ms = rows_int(rows, 4),
		};

		(void)json_object_set_new(
			out->index, rows_text(rows, 0),
			json_integer((json_int_t)out->rows.n));
		vec_push(&out->rows, known);
	}
	return more;
}

const struct mirrored *known_member(const struct known_members *known,
				    const char *hash)
{
	const json_t *at = json_object_get(known->index, hash);

	return at ? &known->rows.v[json_integer_value(at)] : NULL;
}

/* What no sync has brought to the CRM yet. */
static int hear_leaver(struct tx *tx, struct work *w, const char *hash,
		       const struct mirrored *known, struct err *err)
{
	struct consent c = { .state = CONSENT_OPTED_OUT,
			     .source = CONSENT_BY_AUDIENCE,
			     .reason = "unsubscribed in the audience",
			     .at_ms = known->changed_ms + 999 };

	if (known->status != MIRROR_UNSUBSCRIBED || known->unsubscribed_ms)
		return 0;
	return consent_add_by_address(tx, hash, &c, &w->actor, err);
}

int recipient_move(struct tx *tx, int64_t person_id, const char *old_hash,
		   const char *new_hash, struct err *err)
{
	if (figures_lock_of(tx, person_id, old_hash, err) < 0)
		return -1;
	return db_exec(tx, SQL_BRIDGE_RECIPIENT_MOVE,
		       SQL_ARGS(sql_text(new_hash), sql_int(person_id),
				sql_text(old_hash)),
		       err) < 0
		       ? -1
		       : 0;
}

int mirror_remove(struct tx *tx, struct work *w, const char *hash,
		  struct err *err)
{
	struct mirrored known = { 0 };

	if (mirror_find(tx->db, hash, w->arena, &known, err) < 0 ||
	    hear_leaver(tx, w, hash, &known, err) < 0)
		return -1;
	return db_exec(tx, SQL_BRIDGE_MEMBER_REMOVE,
		       SQL_ARGS(sql_int(clock_now_ms()),
				sql_int(w->actor.now_ms), sql_text(hash)),
		       err);
}
