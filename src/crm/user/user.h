/*
 * crm/user/user.h - who may use the program
 *
 * The last administrator who can sign in can be neither disabled nor demoted.
 * Passwords are kept as argon2id hashes; hashing takes about 0.1 s, so it is
 * done before a transaction is begun.
 */
#ifndef CRM_USER_H
#define CRM_USER_H

#include "base/vec.h"
#include "crm/actor.h"
#include "store/db.h"

/* Stored in the database: append only, never renumber. */
enum user_role {
	ROLE_ADMINISTRATOR = 1, /* everything */
	ROLE_MANAGER = 2,       /* marketing: groups, pushes, campaigns */
	ROLE_USER = 3,          /* records */
};
const char *user_role_name(enum user_role role); /* "administrator" ... */
/* false: there is no such role. */
bool user_role_parse(const char *name, enum user_role *out);

struct user {
	int64_t id;
	const char *email;
	const char *name;
	enum user_role role;
	bool may_send; /* administrators always */
	bool has_password;
	int64_t disabled_ms; /* 0: may sign in */
	int64_t created_ms, updated_ms;
};
struct users VEC_FIELDS(struct user);

#define PASSWORD_LEAST 10  /* characters */
#define PASSWORD_MOST 1024 /* bytes */
/* ERR_INVALID with field `password`. */
int user_check_password(const char *password, struct err *err);

/* hash: of password_hash(); NULL: cannot sign in yet. Sets id, times and what
 * the role brings; the address is put in its form. ERR_INVALID with the field;
 * ERR_CONFLICT: the address is taken. */
int user_add(struct tx *tx, struct user *user, const char *hash,
	     const struct actor *actor, struct arena *arena, struct err *err);
/* To be changed; ERR_NOT_FOUND. Administrators are locked too, in the order of
 * their ids: two who remove each other wait, and one of them stays. */
int user_lock(struct tx *tx, int64_t id, struct arena *arena, struct user *out,
	      struct err *err);
/* What of name, address, role, may_send, disabled_ms differs from `before`, of
 * user_lock; hash NULL: keep. A change of password or role, or disabling, ends
 * the user's sessions. ERR_INVALID with the field; ERR_CONFLICT: the address is
 * taken, or this is the last administrator. */
int user_update(struct tx *tx, const struct user *before,
		const struct user *user, const char *hash,
		const struct actor *actor, struct arena *arena,
		struct err *err);
/* The same by the user, in that session (its token), which goes on. */
int user_update_self(struct tx *tx, const struct user *before,
		     const struct user *user, const char *hash,
		     const char *session, const struct actor *actor,
		     struct arena *arena, struct err *err);
/* With sessions; keys that belong to the user are revoked. ERR_NOT_FOUND;
 * ERR_CONFLICT: the last administrator. */
int user_remove(struct tx *tx, int64_t id, const struct actor *actor,
		struct err *err);
/* ERR_NOT_FOUND. Strings live in arena; as for the two below. */
int user_get(struct db *db, int64_t id, struct arena *arena, struct user *out,
	     struct err *err);
/* 1, 0: nobody's, or no address, -1. */
int user_find_by_email(struct db *db, const char *email, struct arena *arena,
		       struct user *out, struct err *err);
/* All, by id, also disabled ones; appended. */
int user_list(struct db *db, struct arena *arena, struct users *out,
	      struct err *err);

/*
 * The first administrator comes by a one-time link. setup_begin makes a new
 * token (older ones end) and returns 1; 0 if somebody can sign in already.
 * setup_finish consumes it and adds the user, whose role it sets: ERR_DENIED if
 * it is not the token of the day, else as user_add.
 */
#define SETUP_TOKEN 43 /* characters of base64url */
int setup_begin(struct tx *tx, char token_out[SETUP_TOKEN + 1],
		struct err *err);
/* 1: the token (may be NULL) would be taken now; 0, -1. */
int setup_is_open(struct db *db, const char *token, struct err *err);
int setup_finish(struct tx *tx, const char *token, struct user *user,
		 const char *hash, const struct actor *actor,
		 struct arena *arena, struct err *err);

#endif
