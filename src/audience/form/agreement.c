#include "audience/form/agreement.h"

#include "audience/form/signup.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "sql/agreement.h"
#include "store/db.h"

#include <string.h>

/* --- writing --- */

static int put_text(struct tx *tx, const char *text, int64_t *id_out,
		    struct err *err)
{
	char hash[SHA256_HEX + 1];

	*id_out = 0;
	if (!text || !*text)
		return 0;
	sha256_hex(str_of(text), hash);
	if (db_exec(tx, SQL_AGREEMENT_TEXT_ADD,
		    SQL_ARGS(sql_text(hash), sql_text(text)), err) < 0)
		return -1;
	return db_find_int(tx->db, SQL_AGREEMENT_TEXT_FIND,
			   SQL_ARGS(sql_text(hash)), id_out, err) < 0
		       ? -1
		       : 0;
}

int agreement_ask(struct tx *tx, const struct agreement *a, struct err *err)
{
	int64_t old_ms = a->asked_ms - SIGNUP_DAYS * MS_DAY, text_id;

	if (put_text(tx, a->text, &text_id, err) < 0 ||
	    db_exec(tx, SQL_AGREEMENT_DROP_OPEN, SQL_ARGS(sql_int(old_ms)),
		    err) < 0)
		return -1;
	return db_exec(tx, SQL_AGREEMENT_ASK,
		       SQL_ARGS(sql_int(a->asked_ms),
				sql_text(a->asked_ip ? a->asked_ip : ""),
				sql_text(a->form), sql_id_or_null(text_id),
				sql_id_or_null(a->agreed_ms),
				sql_text(a->agreed_ip ? a->agreed_ip : ""),
				sql_int(a->member_id)),
		       err) < 0
		       ? -1
		       : 0;
}

int agreement_confirm(struct tx *tx, int64_t member_id, int64_t asked_ms,
		      int64_t now_ms, const char *ip, struct err *err)
{
	return db_exec(tx, SQL_AGREEMENT_CONFIRM,
		       SQL_ARGS(sql_int(asked_ms), sql_int(now_ms),
				sql_text(ip ? ip : ""), sql_int(member_id)),
		       err) < 0
		       ? -1
		       : 0;
}

/* --- reading --- */

static struct agreement read_facts(const struct rows *rows, struct arena *arena)
{
	return (struct agreement){
		.form = rows_dup(rows, 1, arena),
		.text = rows_dup(rows, 2, arena),
		.asked_ms = rows_int(rows, 3),
		.asked_ip = rows_dup(rows, 4, arena),
		.agreed_ms = rows_int(rows, 5),
		.agreed_ip = rows_dup(rows, 6, arena),
	};
}

static void read_of_member(const struct rows *rows, struct arena *arena,
			   void *out)
{
	struct agreement *a = out;

	*a = read_facts(rows, arena);
	a->member_id = rows_int(rows, 0);
}

int agreement_list(struct db *db, struct sql_value members, struct arena *arena,
		   struct agreements *out, struct err *err)
{
	return db_list(db, SQL_AGREEMENT_LIST, SQL_ARGS(members),
		       read_of_member, arena, out, err);
}

static void read_of_address(const struct rows *rows, struct arena *arena,
			    void *out)
{
	struct agreement *a = out;

	*a = read_facts(rows, arena);
	a->email_hash = rows_dup(rows, 0, arena);
}

int agreement_of_addresses(struct db *db, int64_t list_id,
			   struct sql_value hashes, struct arena *arena,
			   struct agreements *out, struct err *err)
{
	size_t n = 0;

	if (db_list(db, SQL_AGREEMENT_OF_ADDRESSES,
		    SQL_ARGS(hashes, sql_int(list_id)), read_of_address, arena,
		    out, err) < 0)
		return -1;
	for (size_t i = 0; i < out->n; i++) {
		if (n > 0 &&
		    strcmp(out->v[n - 1].email_hash, out->v[i].email_hash) == 0)
			n--;
		out->v[n++] = out->v[i];
	}
	out->n = n;
	return 0;
}
