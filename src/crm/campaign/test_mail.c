#include "crm/campaign/test_mail.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/address.h"
#include "crm/consent/obstacle.h"
#include "crm/user/user.h"
#include "sql/test_mail.h"

#include <string.h>

int test_mail_allow(struct tx *tx, int64_t user_id, int64_t now_ms,
		    int64_t *wait_ms, struct err *err)
{
	int64_t since = now_ms - MS_HOUR, first, id;
	int found;

	if (db_find_int(tx->db, SQL_TEST_MAIL_LOCK, SQL_ARGS(sql_int(user_id)),
			&id, err) < 0)
		return -1;
	found = db_find_int(tx->db, SQL_TEST_MAIL_NTH,
			    SQL_ARGS(sql_int(user_id), sql_int(since),
				     sql_int(TEST_MAILS_AN_HOUR - 1)),
			    &first, err);
	if (found <= 0)
		return found;
	*wait_ms = first - since;
	return err_set(err, ERR_LIMIT,
		       "who may not send campaigns may ask for %d tests an "
		       "hour; the next one in %d minutes",
		       TEST_MAILS_AN_HOUR,
		       (int)((*wait_ms + MS_MINUTE - 1) / MS_MINUTE));
}

/* What the owner, or the servers on the way, have said; others than that it was
 * not confirmed, or put away. */
static int refuse_kind(const char *address, const char *kind, struct err *err)
{
	if (strcmp(kind, "opted_out") == 0 ||
	    strcmp(kind, "unclear_opt_out") == 0)
		return err_field(err, "to",
				 "no test goes to %s, which is opted out",
				 address);
	if (strcmp(kind, "unsubscribed") == 0)
		return err_field(err, "to",
				 "no test goes to %s, which is unsubscribed "
				 "in the audience",
				 address);
	if (strcmp(kind, "cleaned") == 0 || strcmp(kind, "held") == 0)
		return err_field(err, "to",
				 "no test goes to %s, which is held because "
				 "mails to it came back",
				 address);
	if (strcmp(kind, "forgotten") == 0)
		return err_field(err, "to",
				 "no test goes to %s, which the audience was "
				 "told to forget",
				 address);
	return 0;
}

static int refuse_obstacles(struct db *db, const char *address,
			    struct arena *arena, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(json_free) json_t *all = NULL;
	json_t *one;
	size_t i;

	if (obstacles_explain(db, address, arena, &text, err) < 0 ||
	    json_parse(strbuf_str(&text), &all, err) < 0)
		return -1;
	json_array_foreach (json_object_get(all, "items"), i, one)
		if (refuse_kind(address,
				json_string_value(json_object_get(one, "kind")),
				err) < 0)
			return -1;
	return 0;
}

int test_mail_refuse(struct db *db, const char *address, struct arena *arena,
		     struct err *err)
{
	struct email email;
	struct user user;
	int found;

	if (email_parse(address, arena, &email, err) < 0 ||
	    forgotten_refuse(db, email.folded, "to", err) < 0)
		return -1;
	found = user_find_by_email(db, address, arena, &user, err);
	if (found < 0)
		return -1;
	if (found > 0 && user.disabled_ms == 0)
		return 0;
	return refuse_obstacles(db, address, arena, err);
}
