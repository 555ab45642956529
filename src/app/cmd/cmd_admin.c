/*
 * muster user, key, config: on the database itself, also while the server runs
 */
#include "app/command.h"
#include "app/data_folder.h"
#include "app/in_force.h"
#include "app/print.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/user/api_key.h"
#include "crm/user/user.h"

#include <string.h>

#define PASSWORD_LINE 2048

static struct actor command_line(void)
{
	return (struct actor){ .name = "command line",
			       .now_ms = clock_now_ms() };
}

static int open_crm(const struct invocation *in, struct store **store,
		    struct db **db, struct err *err)
{
	if (data_open(in->config, store, err) < 0)
		return -1;
	return store_get(*store, STORE_CRM, db, err);
}

static int required(const struct invocation *in, const char *flag,
		    const char **out, struct err *err)
{
	*out = flag_value(in, flag);
	if (*out && **out)
		return 0;
	return err_field(err, "usage", "--%s is missing", flag);
}

static int role_flag(const struct invocation *in, enum user_role *out,
		     struct err *err)
{
	const char *name;

	if (required(in, "role", &name, err) < 0)
		return -1;
	if (!user_role_parse(name, out))
		return err_field(err, "usage",
				 "--role is administrator, manager or user");
	return 0;
}

/* All of something: as members of an array, and as lines. */
typedef int (*add_all_fn)(struct db *db, struct json_writer *w,
			  struct strbuf *lines, struct err *err);

static int print_all(const struct invocation *in, add_all_fn add_all,
		     struct err *err)
{
	CLEANUP(store_free) struct store *store = NULL;
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf lines = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&out);

	json_begin_array(&w);
	if (open_crm(in, &store, &db, err) < 0 ||
	    add_all(db, &w, &lines, err) < 0)
		return -1;
	json_end_array(&w);
	if (flag_is_set(in, "json"))
		puts(out.buf);
	else
		fputs(lines.buf, stdout);
	return 0;
}

/* --- users --- */

static int read_password(struct strbuf *out, struct err *err)
{
	char line[PASSWORD_LINE];

	if (isatty(STDIN_FILENO))
		fputs("Password: ", stderr);
	if (!fgets(line, sizeof(line), stdin))
		return err_set(err, ERR_INVALID,
			       "the password is read from standard input");
	line[strcspn(line, "\r\n")] = '\0';
	if (user_check_password(line, err) < 0)
		return -1;
	return password_hash(line, out, err);
}

int cmd_user_create(const struct invocation *in, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(store_free) struct store *store = NULL;
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(strbuf_release) struct strbuf hash = STRBUF_INIT;
	struct actor actor = command_line();
	struct user user = { .may_send = flag_is_set(in, "may-send") };

	if (required(in, "email", &user.email, err) < 0 ||
	    required(in, "name", &user.name, err) < 0 ||
	    role_flag(in, &user.role, err) < 0 ||
	    read_password(&hash, err) < 0 ||
	    open_crm(in, &store, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    user_add(&tx, &user, hash.buf, &actor, arena, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		printf("{\"id\":%lld}\n", (long long)user.id);
	else
		printf("user %lld\n", (long long)user.id);
	return 0;
}

/* For whoever has forgotten it; all sessions end, also those of a thief. */
int cmd_user_password(const struct invocation *in, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(store_free) struct store *store = NULL;
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(strbuf_release) struct strbuf hash = STRBUF_INIT;
	struct actor actor = command_line();
	const char *email;
	struct user user;
	int found;

	if (required(in, "email", &email, err) < 0 ||
	    open_crm(in, &store, &db, err) < 0)
		return -1;
	found = user_find_by_email(db, email, arena, &user, err);
	if (found == 0)
		return err_set(err, ERR_NOT_FOUND,
			       "there is no user with the address %s", email);
	if (found < 0 || read_password(&hash, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    user_lock(&tx, user.id, arena, &user, err) < 0 ||
	    user_update(&tx, &user, &user, hash.buf, &actor, arena, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	puts("the password is changed, and all sessions have ended");
	return 0;
}

static void add_user(const struct user *u, struct json_writer *w,
		     struct strbuf *lines)
{
	json_begin_object(w);
	json_key_int(w, "id", u->id);
	json_key_text(w, "email", u->email);
	json_key_text(w, "name", u->name);
	json_key_text(w, "role", user_role_name(u->role));
	json_key_bool(w, "may_send", u->may_send);
	json_end_object(w);
	strbuf_addf(lines, "%-4lld %-14s %-30s %s\n", (long long)u->id,
		    user_role_name(u->role), u->email, u->name);
}

static int add_users(struct db *db, struct json_writer *w, struct strbuf *lines,
		     struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct users users = VEC_INIT;

	if (user_list(db, arena, &users, err) < 0)
		return -1;
	vec_each (&users, u)
		add_user(u, w, lines);
	return 0;
}

int cmd_user_list(const struct invocation *in, struct err *err)
{
	return print_all(in, add_users, err);
}

/* --- keys --- */

int cmd_key_create(const struct invocation *in, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(store_free) struct store *store = NULL;
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = command_line();
	struct api_key key = { .may_send = flag_is_set(in, "may-send") };
	char text[API_KEY_LENGTH + 1];

	if (required(in, "name", &key.name, err) < 0 ||
	    role_flag(in, &key.role, err) < 0 ||
	    open_crm(in, &store, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    api_key_add(&tx, &key, &actor, text, arena, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		printf("{\"id\":%lld,\"key\":\"%s\"}\n", (long long)key.id,
		       text);
	else
		puts(text);
	return 0;
}

static void format_key(const struct api_key *k, struct json_writer *w)
{
	json_begin_object(w);
	json_key_int(w, "id", k->id);
	json_key_text(w, "name", k->name);
	json_key_text(w, "hint", k->hint);
	json_key_text(w, "role", user_role_name(k->role));
	json_key_bool(w, "may_send", k->may_send);
	json_key_id(w, "user_id", k->user_id);
	json_key_time_or_null(w, "used_at", k->used_ms);
	json_key_time_or_null(w, "revoked_at", k->revoked_ms);
	json_end_object(w);
}

static void add_key_line(const struct api_key *k, struct strbuf *lines)
{
	char owner[32] = "no user";

	if (k->user_id)
		(void)snprintf(owner, sizeof(owner), "user %lld",
			       (long long)k->user_id);
	strbuf_addf(lines, "%-4lld %-14s %-10s %s… %s%s\n", (long long)k->id,
		    user_role_name(k->role), owner, k->hint, k->name,
		    k->revoked_ms ? " (revoked)" : "");
}

static int add_keys(struct db *db, struct json_writer *w, struct strbuf *lines,
		    struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct api_keys keys = VEC_INIT;

	if (api_key_list(db, arena, &keys, err) < 0)
		return -1;
	vec_each (&keys, k) {
		format_key(k, w);
		add_key_line(k, lines);
	}
	return 0;
}

int cmd_key_list(const struct invocation *in, struct err *err)
{
	return print_all(in, add_keys, err);
}

int cmd_key_revoke(const struct invocation *in, struct err *err)
{
	CLEANUP(store_free) struct store *store = NULL;
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = command_line();
	int64_t id;

	if (!text_to_int(in->operands[0], &id))
		return err_field(err, "usage", "ID is a number");
	if (open_crm(in, &store, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    api_key_revoke(&tx, id, &actor, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* --- configuration --- */

int cmd_config(const struct invocation *in, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct err why = ERR_INIT;

	if (flag_is_set(in, "describe")) {
		config_describe(&out);
		fputs(out.buf, stdout);
		return 0;
	}
	if (in_force_look(in->config, &why) < 0)
		strbuf_addf(&out, "# the settings cannot be read: %s\n",
			    why.text);
	config_format(in->config, &out);
	fputs(out.buf, stdout);
	return config_check(in->config, NULL, err);
}
