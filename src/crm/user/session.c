#include "crm/user/session.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/email.h"
#include "base/err.h"
#include "base/random.h"
#include "crm/address.h"
#include "crm/user/session_private.h"
#include "sql/user.h"

#include <arpa/inet.h>
#include <string.h>

#define FAILURES_OF_PAIR 5
#define FAILURES_OF_SOURCE 50
#define FAILURES_OF_DEVICE 20
/* Of an address: it is flooded, and these are the limits. */
#define FAILURES_OF_FLOOD 200
#define FLOODED_PAIR 1
#define FLOODED_NETWORK 5
#define FAILURES_MS (15 * MS_MINUTE)
/* A use that lengthened one may not be written yet, see crm/user/last_use.h. */
#define SWEEP_AFTER_MS MS_HOUR

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
	struct forgotten key;

	if (forgotten_make(tx, &key, err) < 0)
		return -1;
	device_make(&key, user->id, actor->now_ms, out->device);
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
	if (db_exec(tx, SQL_SESSION_SWEEP,
		    SQL_ARGS(sql_int(now_ms - SWEEP_AFTER_MS)), err) < 0)
		return -1;
	return db_exec(tx, SQL_SIGN_IN_SWEEP,
		       SQL_ARGS(sql_int(now_ms - FAILURES_MS)), err) < 0
		       ? -1
		       : 0;
}

/* --- signing in --- */

/* What failures are counted for: a keyed hash, and how many are too many, in
 * general and while the address is flooded; 0: any number is fine. */
struct subject {
	char hash[FORGOTTEN_HASH + 1];
	int64_t most, flooded_most;
};
#define SUBJECTS_MAX 4

struct attempt {
	struct subject subjects[SUBJECTS_MAX];
	int n;
	const struct subject *address; /* NULL: floods are of no concern */
};

static int load_key(struct db *db, struct forgotten *out, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (forgotten_load(db, out, err) < 0)
		return -1;
	if (out->any)
		return 0;
	if (tx_begin(db, &tx, err) < 0 || forgotten_make(&tx, out, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* The first groups of an IPv6 address; other addresses are whole. */
static const char *network_of(const char *ip, int groups, struct arena *arena)
{
	char hex[2 * sizeof(struct in6_addr) + 1];
	struct in6_addr a;

	if (!ip || inet_pton(AF_INET6, ip, &a) != 1 || IN6_IS_ADDR_V4MAPPED(&a))
		return ip ? ip : "";
	hex_encode(a.s6_addr, (size_t)groups * 2, hex);
	return arena_strdup(arena, hex);
}

static struct subject *add_subject(struct attempt *attempt,
				   const struct forgotten *key,
				   const char *kind, const char *address,
				   const char *source, struct arena *arena)
{
	struct subject *s = &attempt->subjects[attempt->n++];

	s->most = s->flooded_most = 0;
	forgotten_hash(key,
		       arena_printf(arena, "%s\n%s\n%s", kind, address, source),
		       s->hash);
	return s;
}

/* The first subject is the one that is forgiven when the password is right. */
static void make_attempt(const struct forgotten *key, const struct sign_in *in,
			 bool known, const char *ip, struct arena *arena,
			 struct attempt *out)
{
	struct err ignored = ERR_INIT; /* any text can be tried */
	struct email parsed = { .folded = in->email };
	/* who has an IPv6 address has 2^64 of them */
	const char *source = network_of(ip, 4, arena);
	const char *network = network_of(ip, 3, arena);
	struct subject *pair;
	const char *address;

	(void)email_parse(in->email, arena, &parsed, &ignored);
	address = parsed.folded ? parsed.folded : in->email;
	*out = (struct attempt){ .n = 0 };
	if (known) {
		add_subject(out, key, "device", in->device, "", arena)->most =
			FAILURES_OF_DEVICE;
		return;
	}
	pair = add_subject(out, key, "pair", address, source, arena);
	pair->most = FAILURES_OF_PAIR;
	pair->flooded_most = FLOODED_PAIR;
	out->address = add_subject(out, key, "address", address, "", arena);
	if (ip)
		add_subject(out, key, "source", "", source, arena)->most =
			FAILURES_OF_SOURCE;
	if (strcmp(network, source) != 0)
		add_subject(out, key, "network", address, network, arena)
			->flooded_most = FLOODED_NETWORK;
}

/* Until the subject has fewer than so many failures; 0: it has. */
static int wait_below(struct db *db, const struct subject *subject,
		      int64_t most, int64_t now_ms, int64_t *wait_ms,
		      struct err *err)
{
	int64_t at_ms;
	int found = 0;

	if (most > 0)
		found = db_find_int(db, SQL_SIGN_IN_NTH_FAILURE,
				    SQL_ARGS(sql_text(subject->hash),
					     sql_int(now_ms - FAILURES_MS),
					     sql_int(most - 1)),
				    &at_ms, err);
	*wait_ms = found > 0 ? at_ms + FAILURES_MS - now_ms : 0;
	return found < 0 ? -1 : 0;
}

/* A limit of floods is over when the flood is, or the failures are. */
static int wait_of(struct db *db, const struct subject *subject,
		   int64_t flood_ms, int64_t now_ms, int64_t *wait_ms,
		   struct err *err)
{
	int64_t flooded_ms;

	if (wait_below(db, subject, subject->most, now_ms, wait_ms, err) < 0 ||
	    wait_below(db, subject, subject->flooded_most, now_ms, &flooded_ms,
		       err) < 0)
		return -1;
	flooded_ms = flooded_ms < flood_ms ? flooded_ms : flood_ms;
	*wait_ms = *wait_ms > flooded_ms ? *wait_ms : flooded_ms;
	return 0;
}

static int check_attempt(struct db *db, const struct attempt *attempt,
			 int64_t now_ms, int64_t *wait_ms, struct err *err)
{
	int64_t flood_ms = 0, one_ms, minutes;

	*wait_ms = 0;
	if (attempt->address &&
	    wait_below(db, attempt->address, FAILURES_OF_FLOOD, now_ms,
		       &flood_ms, err) < 0)
		return -1;
	for (int i = 0; i < attempt->n; i++) {
		if (wait_of(db, &attempt->subjects[i], flood_ms, now_ms,
			    &one_ms, err) < 0)
			return -1;
		*wait_ms = *wait_ms > one_ms ? *wait_ms : one_ms;
	}
	if (*wait_ms == 0)
		return 0;
	minutes = (*wait_ms + MS_MINUTE - 1) / MS_MINUTE;
	return err_set(err, ERR_LIMIT,
		       "too many failures: try again in %lld minute%s",
		       (long long)minutes, minutes == 1 ? "" : "s");
}

/*
 * A try counts as a failure until it has worked, so that many at the same time
 * get no more than the limit.
 */
static int begin_attempt(struct db *db, const struct attempt *attempt,
			 int64_t now_ms, int64_t *wait_ms, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(db, &tx, err) < 0 ||
	    check_attempt(db, attempt, now_ms, wait_ms, err) < 0 ||
	    session_sweep(&tx, now_ms, err) < 0)
		return -1;
	for (int i = 0; i < attempt->n; i++)
		if (db_exec(&tx, SQL_SIGN_IN_FAIL,
			    SQL_ARGS(sql_text(attempt->subjects[i].hash),
				     sql_int(now_ms)),
			    err) < 0)
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

/* All failures of the pair or device are forgiven, and this try is none. */
static int forgive_failures(struct tx *tx, const struct attempt *attempt,
			    int64_t now_ms, struct err *err)
{
	for (int i = 0; i < attempt->n; i++)
		if (db_exec(tx, SQL_SIGN_IN_FORGIVE,
			    SQL_ARGS(sql_text(attempt->subjects[i].hash),
				     sql_int(i == 0 ? 0 : now_ms)),
			    err) < 0)
			return -1;
	return 0;
}

static int let_in(struct db *db, const struct attempt *attempt,
		  const struct user *user, const struct actor *actor,
		  struct session *out, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(db, &tx, err) < 0 ||
	    forgive_failures(&tx, attempt, actor->now_ms, err) < 0 ||
	    session_open(&tx, user, actor, out, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* The try is counted; whose it is, if the password is right. */
static int try_password(struct db *db, const struct sign_in *in,
			const struct actor *actor, struct arena *arena,
			struct attempt *attempt, struct user *user,
			int64_t *wait_ms, struct err *err)
{
	struct forgotten key;
	int found, right;
	bool known;

	if (load_key(db, &key, err) < 0)
		return -1;
	found = user_find_by_email(db, in->email, arena, user, err);
	if (found < 0)
		return -1;
	known = found > 0 && in->device &&
		device_is_known(&key, in->device, user->id, actor->now_ms);
	make_attempt(&key, in, known, actor->ip, arena, attempt);
	if (begin_attempt(db, attempt, actor->now_ms, wait_ms, err) < 0)
		return -1;
	right = is_right(db, user, found > 0, in->password, arena, err);
	if (right < 0)
		return -1;
	return right ? 0
		     : err_set(err, ERR_DENIED, "wrong address or password");
}

int session_sign_in(struct db *db, const struct sign_in *in,
		    const struct actor *actor, struct arena *arena,
		    struct session *out, int64_t *wait_ms, struct err *err)
{
	struct attempt attempt;
	struct user user;

	if (try_password(db, in, actor, arena, &attempt, &user, wait_ms, err) <
	    0)
		return -1;
	return let_in(db, &attempt, &user, actor, out, err);
}

int session_prove(struct db *db, const struct sign_in *in,
		  const struct actor *actor, struct arena *arena,
		  int64_t *wait_ms, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct attempt attempt;
	struct user user;

	if (try_password(db, in, actor, arena, &attempt, &user, wait_ms, err) <
		    0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    forgive_failures(&tx, &attempt, actor->now_ms, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}
