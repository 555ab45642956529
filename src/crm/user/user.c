#include "crm/user/user.h"

#include "base/arena.h"
#include "base/crypto.h"
#include "base/email.h"
#include "base/err.h"
#include "base/utf8.h"
#include "crm/audit.h"
#include "crm/browse/view.h"
#include "sql/user.h"
#include "store/update.h"

#include <string.h>

#define NAME_MAX_BYTES 200
#define ADDRESS_TAKEN "there is a user with that address"

static const char *const roles[] = { "", "administrator", "manager", "user" };

const char *user_role_name(enum user_role role)
{
	return roles[role];
}

bool user_role_parse(const char *name, enum user_role *out)
{
	for (enum user_role r = ROLE_ADMINISTRATOR; r <= ROLE_USER; r++) {
		if (strcmp(name, roles[r]) == 0) {
			*out = r;
			return true;
		}
	}
	return false;
}

/* --- reading --- */

static void read_user(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct user *)out = (struct user){
		.id = rows_int(rows, 0),
		.email = rows_dup(rows, 1, arena),
		.name = rows_dup(rows, 2, arena),
		.role = (enum user_role)rows_int(rows, 3),
		.may_send = rows_int(rows, 3) == ROLE_ADMINISTRATOR ||
			    rows_int(rows, 4) != 0,
		.has_password =
			rows_text(rows, 5) && (rows_text(rows, 5)[0] == '1' ||
					       rows_text(rows, 5)[0] == 't'),
		.disabled_ms = rows_int(rows, 6),
		.created_ms = rows_int(rows, 7),
		.updated_ms = rows_int(rows, 8),
	};
}

int user_get(struct db *db, int64_t id, struct arena *arena, struct user *out,
	     struct err *err)
{
	int found = db_get(db, SQL_USER_GET, SQL_ARGS(sql_int(id)), read_user,
			   arena, out, err);

	if (found == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no user %lld",
			       (long long)id);
	return found < 0 ? -1 : 0;
}

int user_find_by_email(struct db *db, const char *email, struct arena *arena,
		       struct user *out, struct err *err)
{
	struct err ignored = ERR_INIT; /* what is no address is nobody's */
	struct email parsed;

	if (email_parse(email, arena, &parsed, &ignored) < 0)
		return 0;
	return db_get(db, SQL_USER_FIND, SQL_ARGS(sql_text(parsed.hash)),
		      read_user, arena, out, err);
}

int user_list(struct db *db, struct arena *arena, struct users *out,
	      struct err *err)
{
	return db_list(db, SQL_USER_LIST, SQL_NO_ARGS, read_user, arena, out,
		       err);
}

/* --- writing --- */

int user_check_password(const char *password, struct err *err)
{
	struct str s = str_of(password);

	if (!utf8_is_valid(s))
		return err_field(err, "password", "not valid UTF-8");
	if (s.len > PASSWORD_MOST)
		return err_field(err, "password", "longer than %d bytes",
				 PASSWORD_MOST);
	if (utf8_length(s) < PASSWORD_LEAST)
		return err_field(err, "password",
				 "needs at least %d characters",
				 PASSWORD_LEAST);
	return 0;
}

/* Checks the members; *email_out is the address in its parts. */
static int check_user(struct db *db, const struct user *u, struct arena *arena,
		      struct email *email_out, struct err *err)
{
	struct user other;
	int found;

	if (utf8_is_blank(u->name))
		return err_field(err, "name", "a user needs a name");
	if (strlen(u->name) > NAME_MAX_BYTES)
		return err_field(err, "name", "longer than %d bytes",
				 NAME_MAX_BYTES);
	if (u->role < ROLE_ADMINISTRATOR || u->role > ROLE_USER)
		return err_field(err, "role",
				 "not one of administrator, manager, user");
	if (!u->email || email_parse(u->email, arena, email_out, err) < 0)
		return err_field(err, "email", "not an e-mail address");
	found = db_get(db, SQL_USER_FIND, SQL_ARGS(sql_text(email_out->hash)),
		       read_user, arena, &other, err);
	if (found < 0)
		return -1;
	if (found > 0 && other.id != u->id)
		return err_set(err, ERR_CONFLICT, ADDRESS_TAKEN);
	return 0;
}

static int address_taken(struct err *err)
{
	return db_conflict(err, ADDRESS_TAKEN);
}

int user_add(struct tx *tx, struct user *user, const char *hash,
	     const struct actor *actor, struct arena *arena, struct err *err)
{
	struct email email;

	user->id = 0;
	if (check_user(tx->db, user, arena, &email, err) < 0)
		return -1;
	user->created_ms = user->updated_ms = actor->now_ms;
	user->has_password = hash != NULL;
	user->email = email.address;
	user->may_send = user->may_send || user->role == ROLE_ADMINISTRATOR;
	if (db_find_int(tx->db, SQL_USER_ADD,
			SQL_ARGS(sql_text(email.address), sql_text(email.hash),
				 sql_text(user->name), sql_int(user->role),
				 sql_int(user->may_send), sql_text(hash),
				 sql_int(actor->now_ms),
				 sql_int(actor->now_ms)),
			&user->id, err) < 0)
		return address_taken(err);
	return audit_add(tx, actor, "user.add", ENTITY_USER, user->id, NULL,
			 err);
}

/* How many could let others in without this one; locks them all. */
static int other_administrators(struct db *db, int64_t id, int64_t *out,
				struct err *err)
{
	CLEANUP(vec_release) struct ids able = VEC_INIT;

	*out = 0;
	if (db_list_ids(db, SQL_USER_ABLE_ADMINISTRATORS, SQL_NO_ARGS, &able,
			err) < 0)
		return -1;
	vec_each (&able, one)
		*out += *one != id;
	return 0;
}

/* Somebody must be left who can let others in. */
static int keep_an_administrator(struct db *db, const struct user *before,
				 bool stays, struct err *err)
{
	int64_t others = 0;

	if (stays || before->role != ROLE_ADMINISTRATOR ||
	    before->disabled_ms || !before->has_password)
		return 0;
	if (other_administrators(db, before->id, &others, err) < 0)
		return -1;
	if (others == 0)
		return err_set(err, ERR_CONFLICT,
			       "this is the last administrator");
	return 0;
}

int user_lock(struct tx *tx, int64_t id, struct arena *arena, struct user *out,
	      struct err *err)
{
	int64_t others;

	if (other_administrators(tx->db, id, &others, err) < 0)
		return -1;
	return user_get(tx->db, id, arena, out, err);
}

static void compare_users(const struct user *before, const struct user *now,
			  const struct email *email, struct update *u)
{
	bool may_send = now->may_send || now->role == ROLE_ADMINISTRATOR;

	if (strcmp(before->email, email->address) != 0) {
		update_text(u, "email", NULL, email->address);
		update_text(u, "email_hash", NULL, email->hash);
	}
	update_text(u, "name", before->name, now->name);
	update_int(u, "role", before->role, now->role);
	update_int(u, "may_send", before->may_send, may_send);
	update_id(u, "disabled_ms", before->disabled_ms, now->disabled_ms);
}

/* kept: hash of the token of a session that stays; "": none does. */
static int update_row(struct tx *tx, const struct user *before,
		      const struct user *user, const char *hash,
		      const char *kept, const struct actor *actor,
		      struct arena *arena, struct err *err)
{
	CLEANUP(update_release) struct update u = UPDATE_OF("app_user");
	bool stays = user->role == ROLE_ADMINISTRATOR && !user->disabled_ms;
	struct email email;

	if (check_user(tx->db, user, arena, &email, err) < 0 ||
	    keep_an_administrator(tx->db, before, stays, err) < 0)
		return -1;
	compare_users(before, user, &email, &u);
	update_text(&u, "password_hash", NULL, hash);
	update_stamp(&u, "updated_ms", actor->now_ms);
	if (update_run(&u, tx, "id = ?", SQL_ARGS(sql_int(user->id)), err) < 0)
		return address_taken(err);
	if ((hash || user->disabled_ms || user->role != before->role) &&
	    db_exec(tx, SQL_SESSION_REMOVE_OF_USER,
		    SQL_ARGS(sql_int(user->id), sql_text(kept)), err) < 0)
		return -1;
	return audit_add(tx, actor, "user.update", ENTITY_USER, user->id, NULL,
			 err);
}

int user_update(struct tx *tx, const struct user *before,
		const struct user *user, const char *hash,
		const struct actor *actor, struct arena *arena, struct err *err)
{
	return update_row(tx, before, user, hash, "", actor, arena, err);
}

int user_update_self(struct tx *tx, const struct user *before,
		     const struct user *user, const char *hash,
		     const char *session, const struct actor *actor,
		     struct arena *arena, struct err *err)
{
	char kept[SHA256_HEX + 1];

	sha256_hex(str_of(session), kept);
	return update_row(tx, before, user, hash, kept, actor, arena, err);
}

int user_remove(struct tx *tx, int64_t id, const struct actor *actor,
		struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct user before;

	if (user_lock(tx, id, arena, &before, err) < 0 ||
	    keep_an_administrator(tx->db, &before, false, err) < 0 ||
	    db_exec(tx, SQL_SESSION_REMOVE_OF_USER,
		    SQL_ARGS(sql_int(id), sql_text("")), err) < 0 ||
	    db_exec(tx, SQL_USER_REMOVE_KEYS,
		    SQL_ARGS(sql_int(actor->now_ms), sql_int(id)), err) < 0 ||
	    view_remove_of_user(tx, id, err) < 0 ||
	    db_exec(tx, SQL_USER_REMOVE, SQL_ARGS(sql_int(id)), err) < 0)
		return -1;
	return audit_add(tx, actor, "user.delete", ENTITY_USER, id, NULL, err);
}
