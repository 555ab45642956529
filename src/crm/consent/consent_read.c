/*
 * The history of consent, as it is shown, and the texts that people agreed to.
 * Called by handlers, exports and imports; any thread.
 */
#include "base/arena.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "crm/consent/consent.h"
#include "sql/consent.h"

int consent_text_put(struct tx *tx, const char *text, int64_t *id_out,
		     struct err *err)
{
	char hash[SHA256_HEX + 1];

	*id_out = 0;
	if (!text || !*text)
		return 0;
	sha256_hex(str_of(text), hash);
	if (db_exec(tx, SQL_CONSENT_TEXT_ADD,
		    SQL_ARGS(sql_text(hash), sql_text(text)), err) < 0)
		return -1;
	return db_find_int(tx->db, SQL_CONSENT_TEXT_FIND,
			   SQL_ARGS(sql_text(hash)), id_out, err) < 0
		       ? -1
		       : 0;
}

static void read_consent(const struct rows *rows, struct arena *arena,
			 void *out)
{
	*(struct consent *)out = (struct consent){
		.id = rows_int(rows, 0),
		.entity = (enum entity)rows_int(rows, 1),
		.record_id = rows_int(rows, 2),
		.email_id = rows_int(rows, 3),
		.state = (enum consent_state)rows_int(rows, 4),
		.source = consent_source_of(rows_text(rows, 5)),
		.reason = rows_dup(rows, 6, arena),
		.user_id = rows_int(rows, 7),
		.campaign_id = rows_int(rows, 8),
		.ip = rows_dup(rows, 9, arena),
		.at_ms = rows_int(rows, 10),
		.user_name = rows_dup(rows, 11, arena),
		.campaign_name = rows_dup(rows, 12, arena),
		.address = rows_dup(rows, 13, arena),
		.import_id = rows_int(rows, 14),
		.import_name = rows_dup(rows, 15, arena),
		.address_hash = rows_dup(rows, 16, arena),
		.signup = { .form = rows_dup(rows, 17, arena),
			    .text_id = rows_int(rows, 18),
			    .text = rows_dup(rows, 19, arena),
			    .asked_ms = rows_int(rows, 20),
			    .asked_ip = rows_dup(rows, 21, arena) },
	};
}

int consent_list(struct db *db, enum entity entity, int64_t record_id,
		 struct arena *arena, struct consents *out, struct err *err)
{
	return db_list(db, SQL_CONSENT_LIST,
		       SQL_ARGS(sql_int(entity), sql_int(record_id)),
		       read_consent, arena, out, err);
}

int consent_list_newest(struct db *db, enum entity entity,
			const struct ids *ids, struct arena *arena,
			struct consents *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	return db_list(db, SQL_CONSENT_LIST_NEWEST,
		       SQL_ARGS(sql_int(entity), sql_keys(ids, &keys)),
		       read_consent, arena, out, err);
}
