#include "crm/session.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/email.h"
#include "base/err.h"
#include "base/random.h"
#include "crm/address.h"
#include "crm/session_private.h"
#include "sql/user.h"

#include <string.h>

#define FAILURES_OF_ADDRESS 5
#define FAILURES_OF_IP 50
#define FAILURES_MS (15 * MS_MINUTE)

/* A hash of nobody's password, with the cost of all others. */
static const char nobody[] =
	"$argon2id$v=19$m=65536,t=2,p=1$0cZpfSF7zgBnRacoA"
	"AIESw$TxavGn1ehaGAuuvZKI27FbyQWn5+3SCLOZsmCGWkSCA";

int64_t session_end(int64_t created_ms, int64_t used_ms)
{
	int64_t idle = used_ms + 12 * MS_HOUR;
	int64_t most = created_ms + 30 * MS_DAY;

	return idle < most ? idle : most;
}

int session_open(struct tx *tx, const struct user *user,
		 const struct actor *actor, struct session *out,
		 struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf token = STRBUF_INIT;
	unsigned char bytes[32];
	char hash[SHA256_HEX + 1];

	random_bytes(bytes, sizeof(bytes));
	base64url_encode((struct str){ (const char *)bytes, sizeof(bytes) },
			 &token);
	BUG_ON(token.len != SESSION_TOKEN);
	memcpy(out->token, token.buf, SESSION_TOKEN + 1);
	random_hex(out->csrf, sizeof(out->csrf) - 1);
	out->user = *user;
	out->expires_ms = session_end(actor->now_ms, actor->now_ms);
	sha256_hex(strbuf_str(&token), hash);
	return db_exec(tx, SQL_SESSION_ADD,
		       SQL_ARGS(sql_text(hash), sql_int(user->id),
				sql_text(out->csrf), sql_text(actor->ip),
				sql_int(actor->now_ms), sql_int(actor->now_ms),
				sql_int(out->expires_ms)),
		       err) < 0
		       ? -1
		       : 0;
}

int session_close(struct tx *tx, const char *token, struct err *err)
{
	char hash[SHA256_HEX + 1];

	sha256_hex(str_of(token), hash);
	return db_exec(tx, SQL_SESSION_REMOVE, SQL_ARGS(sql_text(hash)), err);
}

int session_sweep(struct tx *tx, int64_t now_ms, struct err *err)
{
	if (db_exec(tx, SQL_SESSION_SWEEP, SQL_ARGS(sql_int(now_ms)), err) < 0)
		return -1;
	return db_exec(tx, SQL_SIGN_IN_SWEEP,
		       SQL_ARGS(sql_int(now_ms - FAILURES_MS)), err) < 0
		       ? -1
		       : 0;
}

/* --- signing in --- */

struct attempt {
	char subject[FORGOTTEN_HASH + 1]; /* keyed hash of the address */
	const char *ip;                   /* "ip ..."; NULL: unknown */
};

static int make_attempt(struct db *db, const char *email,
			const struct actor *actor, struct arena *arena,
			struct attempt *out, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err ignored = ERR_INIT; /* any text can be tried */
	struct forgotten key;
	struct email parsed = { .folded = email };

	(void)email_parse(email, arena, &parsed, &ignored);
	if (forgotten_load(db, &key, err) < 0)
		return -1;
	if (!key.any &&
	    (tx_begin(db, &tx, err) < 0 || forgotten_make(&tx, &key, err) < 0 ||
	     tx_commit(&tx, err) < 0))
		return -1;
	forgotten_hash(&key, parsed.folded ? parsed.folded : email,
		       out->subject);
	out->ip = actor->ip ? arena_printf(arena, "ip %s", actor->ip) : NULL;
	return 0;
}

static int check_subject(struct db *db, const char *subject, int64_t most,
			 int64_t now_ms, struct err *err)
{
	int64_t failures = 0;

	if (!subject)
		return 0;
	if (db_find_int(
		    db, SQL_SIGN_IN_FAILURES,
		    SQL_ARGS(sql_text(subject), sql_int(now_ms - FAILURES_MS)),
		    &failures, err) < 0)
		return -1;
	if (failures >= most)
		return err_set(err, ERR_LIMIT,
			       "too many failures: try again in 15 minutes");
	return 0;
}

/*
 * A try counts as a failure until it has worked, so that many at the same time
 * get no more than the limit.
 */
static int begin_attempt(struct db *db, const struct attempt *attempt,
			 int64_t now_ms, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(db, &tx, err) < 0 ||
	    check_subject(db, attempt->subject, FAILURES_OF_ADDRESS, now_ms,
			  err) < 0 ||
	    check_subject(db, attempt->ip, FAILURES_OF_IP, now_ms, err) < 0 ||
	    session_sweep(&tx, now_ms, err) < 0 ||
	    db_exec(&tx, SQL_SIGN_IN_FAIL,
		    SQL_ARGS(sql_text(attempt->subject), sql_int(now_ms)),
		    err) < 0)
		return -1;
	if (attempt->ip &&
	    db_exec(&tx, SQL_SIGN_IN_FAIL,
		    SQL_ARGS(sql_text(attempt->ip), sql_int(now_ms)), err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* Is it the user's password? The same work is done for a user there is not. */
static int is_right(struct db *db, const struct user *user, bool found,
		    const char *password, struct arena *arena, struct err *err)
{
	const char *hash = NULL;
	bool able = found && user->has_password && !user->disabled_ms;

	if (able &&
	    db_find_text(db, SQL_USER_PASSWORD, SQL_ARGS(sql_int(user->id)),
			 arena, &hash, err) < 0)
		return -1;
	if (strlen(password) > PASSWORD_MOST)
		return 0;
	if (!hash) {
		(void)password_matches(nobody, password); /* costs the time */
		return 0;
	}
	return password_matches(hash, password);
}

static int let_in(struct db *db, const struct attempt *attempt,
		  const struct user *user, const struct actor *actor,
		  struct session *out, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(db, &tx, err) < 0 ||
	    db_exec(&tx, SQL_SIGN_IN_FORGIVE,
		    SQL_ARGS(sql_text(attempt->subject), sql_int(0)),
		    err) < 0 ||
	    (attempt->ip &&
	     db_exec(&tx, SQL_SIGN_IN_FORGIVE,
		     SQL_ARGS(sql_text(attempt->ip), sql_int(actor->now_ms)),
		     err) < 0) ||
	    session_open(&tx, user, actor, out, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int session_sign_in(struct db *db, const char *email, const char *password,
		    const struct actor *actor, struct arena *arena,
		    struct session *out, struct err *err)
{
	struct attempt attempt;
	struct user user;
	int found, right;

	if (make_attempt(db, email, actor, arena, &attempt, err) < 0 ||
	    begin_attempt(db, &attempt, actor->now_ms, err) < 0)
		return -1;
	found = user_find_by_email(db, email, arena, &user, err);
	if (found < 0)
		return -1;
	right = is_right(db, &user, found > 0, password, arena, err);
	if (right < 0)
		return -1;
	if (!right)
		return err_set(err, ERR_DENIED, "wrong address or password");
	return let_in(db, &attempt, &user, actor, out, err);
}
