#include "audience/batch/verified_domain.h"

#include "audience/must_exist.h"
#include "audience/suppression.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/email.h"
#include "base/err.h"
#include "base/random.h"
#include "sql/verified_domain.h"
#include "store/db.h"

#include <string.h>

#define FIELD "verification_email"
#define TRIES_MAX 10
#define WAITING_MAX 50
#define PAUSE_MS MS_MINUTE
#define LIFE_MS MS_DAY

static void read_domain(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct verified_domain *)out = (struct verified_domain){
		.id = rows_int(rows, 0),
		.domain = rows_dup(rows, 1, arena),
		.email = rows_dup(rows, 2, arena),
		.code_hash = rows_dup(rows, 3, arena),
		.tries = rows_int(rows, 4),
		.sent_ms = rows_int(rows, 5),
		.verified_ms = rows_int(rows, 6),
	};
}

int verified_domain_list(struct db *db, struct arena *arena,
			 struct verified_domains *out, struct err *err)
{
	return db_list(db, SQL_VERIFIED_DOMAIN_LIST, SQL_NO_ARGS, read_domain,
		       arena, out, err);
}

/* As it is kept; "": no domain is called so. */
static const char *name_of(const char *domain, struct arena *arena)
{
	struct err unused = ERR_INIT;
	struct email email;

	if (email_parse(arena_printf(arena, "x@%s", domain), arena, &email,
			&unused) < 0)
		return "";
	return email.domain;
}

static int find(struct db *db, const char *domain, struct arena *arena,
		struct verified_domain *out, struct err *err)
{
	return db_get(db, SQL_VERIFIED_DOMAIN_LOCK, SQL_ARGS(sql_text(domain)),
		      read_domain, arena, out, err);
}

int verified_domain_get(struct db *db, const char *domain, struct arena *arena,
			struct verified_domain *out, struct err *err)
{
	return must_exist(find(db, name_of(domain, arena), arena, out, err),
			  err);
}

/* --- asking --- */

static int check_address(struct db *db, const char *text, struct arena *arena,
			 struct email *out, struct err *err)
{
	struct err why = ERR_INIT;
	bool suppressed = false;

	if (email_parse(text, arena, out, &why) < 0)
		return err_field(err, FIELD,
				 "Please provide a valid email address.");
	if (suppression_check(db, &out->folded, 1, &suppressed, err) < 0)
		return -1;
	if (suppressed)
		return err_field(err, FIELD, "must not be mailed");
	return 0;
}

static int check_room(struct db *db, struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct verified_domains all = VEC_INIT;
	int waiting = 0;

	if (verified_domain_list(db, arena, &all, err) < 0)
		return -1;
	vec_each (&all, d)
		waiting += !d->verified_ms;
	if (waiting >= WAITING_MAX)
		return err_set(err, ERR_LIMIT,
			       "%d domains wait for their codes already",
			       WAITING_MAX);
	return 0;
}

static void hash_code(const char *domain, const char *code, struct arena *arena,
		      char out[SHA256_HEX + 1])
{
	sha256_hex(str_of(arena_printf(arena, "%s %s", domain, code)), out);
}

static int check_again(const struct verified_domain *d, int64_t now_ms,
		       struct err *err)
{
	if (d->verified_ms)
		return err_field(err, FIELD, "This domain is verified already");
	if (now_ms - d->sent_ms < PAUSE_MS)
		return err_set(err, ERR_LIMIT,
			       "A code was sent a moment ago: wait a minute "
			       "before you ask for another");
	return 0;
}

int verified_domain_add(struct tx *tx, const char *text, int64_t now_ms,
			struct arena *arena,
			char code_out[DOMAIN_CODE_DIGITS + 1],
			struct verified_domain *out, struct err *err)
{
	char hash[SHA256_HEX + 1];
	struct verified_domain d;
	struct email email;
	int found;

	if (check_address(tx->db, text, arena, &email, err) < 0)
		return -1;
	random_hex(code_out, DOMAIN_CODE_DIGITS);
	hash_code(email.domain, code_out, arena, hash);
	found = find(tx->db, email.domain, arena, &d, err);
	if (found < 0 || (found > 0 && check_again(&d, now_ms, err) < 0) ||
	    (found == 0 && check_room(tx->db, arena, err) < 0))
		return -1;
	if (found > 0 ? db_exec(tx, SQL_VERIFIED_DOMAIN_ASK_AGAIN,
				SQL_ARGS(sql_text(email.wire), sql_text(hash),
					 sql_int(now_ms), sql_int(d.id)),
				err) < 0
		      : db_exec(tx, SQL_VERIFIED_DOMAIN_ADD,
				SQL_ARGS(sql_text(email.domain),
					 sql_text(email.wire), sql_text(hash),
					 sql_int(now_ms)),
				err) < 0)
		return db_lost_race(err);
	return must_exist(find(tx->db, email.domain, arena, out, err), err);
}

/* --- answering --- */

static bool is_code(const struct verified_domain *d, const char *code,
		    int64_t now_ms, struct arena *arena)
{
	char hash[SHA256_HEX + 1];
	char *lower = arena_strdup(arena, code);

	for (char *c = lower; *c; c++)
		if (*c >= 'A' && *c <= 'F')
			*c += 'a' - 'A';
	hash_code(d->domain, lower, arena, hash);
	return d->code_hash && d->tries < TRIES_MAX &&
	       now_ms - d->sent_ms < LIFE_MS &&
	       strlen(d->code_hash) == SHA256_HEX &&
	       crypto_equal(d->code_hash, hash, SHA256_HEX);
}

int verified_domain_verify(struct tx *tx, const char *domain, const char *code,
			   int64_t now_ms, struct arena *arena,
			   struct verified_domain *out, struct err *err)
{
	if (verified_domain_get(tx->db, domain, arena, out, err) < 0)
		return -1;
	if (out->verified_ms)
		return 1;
	if (!is_code(out, code, now_ms, arena))
		return db_exec(tx, SQL_VERIFIED_DOMAIN_TRY,
			       SQL_ARGS(sql_int(out->id)), err) < 0
			       ? -1
			       : 0;
	out->verified_ms = now_ms;
	return db_exec(tx, SQL_VERIFIED_DOMAIN_VERIFY,
		       SQL_ARGS(sql_int(now_ms), sql_int(out->id)), err);
}

int verified_domain_remove(struct tx *tx, const char *domain,
			   struct arena *arena, struct err *err)
{
	return must_exist(db_exec(tx, SQL_VERIFIED_DOMAIN_REMOVE,
				  SQL_ARGS(sql_text(name_of(domain, arena))),
				  err),
			  err);
}

int verified_domain_forget(struct tx *tx, const char *folded, struct err *err)
{
	return db_exec(tx, SQL_VERIFIED_DOMAIN_FORGET,
		       SQL_ARGS(sql_text(folded)), err) < 0
		       ? -1
		       : 0;
}
