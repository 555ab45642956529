#include "crm/user/oauth.h"

#include "base/arena.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/random.h"
#include "base/utf8.h"
#include "crm/audit.h"
#include "sql/oauth.h"

#include <string.h>

#define NAME_MAX_BYTES 100
#define URI_MAX_BYTES 500
#define APPS_MOST 100

/* --- programs --- */

static bool is_of_this_machine(const char *uri)
{
	static const char *const hosts[] = { "http://localhost",
					     "http://127.0.0.1",
					     "http://[::1]" };

	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		size_t len = strlen(hosts[i]);

		if (strncmp(uri, hosts[i], len) != 0)
			continue;
		if (uri[len] == ':')
			len += 1 + strspn(uri + len + 1, "0123456789");
		return strchr("/?", uri[len]); /* also the end */
	}
	return false;
}

/* A host, and nobody's name before it: that leads readers astray. */
static bool has_host(const char *uri)
{
	size_t host = strlen("https://");
	size_t len = strcspn(uri + host, "/?");

	return len > 0 && !memchr(uri + host, '@', len) && uri[host] != ':';
}

static int check_uri(const char *uri, struct err *err)
{
	size_t len = strlen(uri);

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)uri[i] <= ' ' ||
		    (unsigned char)uri[i] >= 0x7f || strchr("#<>\"\\", uri[i]))
			return err_field(err, "redirect_uri",
					 "is no address of a page");
	if (len > URI_MAX_BYTES)
		return err_field(err, "redirect_uri", "at most %d bytes",
				 URI_MAX_BYTES);
	if (!(strncmp(uri, "https://", 8) == 0 && has_host(uri)) &&
	    !is_of_this_machine(uri))
		return err_field(err, "redirect_uri",
				 "must begin with https://, or lead to this "
				 "machine (http://localhost)");
	return 0;
}

static int check_app(struct db *db, const struct oauth_app *app,
		     struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct oauth_apps all = VEC_INIT;

	if (!app->name || utf8_is_blank(app->name))
		return err_field(err, "name", "a program needs a name");
	if (strlen(app->name) > NAME_MAX_BYTES ||
	    !utf8_is_valid(str_of(app->name)))
		return err_field(err, "name", "at most %d bytes of UTF-8",
				 NAME_MAX_BYTES);
	if (!app->redirect_uri)
		return err_field(err, "redirect_uri", "missing");
	if (check_uri(app->redirect_uri, err) < 0 ||
	    oauth_app_list(db, arena, &all, err) < 0)
		return -1;
	if (all.n >= APPS_MOST)
		return err_set(err, ERR_CONFLICT,
			       "there are %d programs already: remove those "
			       "that nobody uses",
			       APPS_MOST);
	return 0;
}

int oauth_app_add(struct tx *tx, struct oauth_app *app,
		  const struct actor *actor,
		  char secret_out[OAUTH_SECRET_HEX + 1], struct arena *arena,
		  struct err *err)
{
	char client_id[OAUTH_CLIENT_HEX + 1], hash[SHA256_HEX + 1];

	if (check_app(tx->db, app, arena, err) < 0)
		return -1;
	random_hex(client_id, OAUTH_CLIENT_HEX);
	random_hex(secret_out, OAUTH_SECRET_HEX);
	sha256_hex(str_of(secret_out), hash);
	app->client_id = arena_strdup(arena, client_id);
	app->created_ms = actor->now_ms;
	if (db_find_int(tx->db, SQL_OAUTH_APP_ADD,
			SQL_ARGS(sql_text(client_id), sql_text(hash),
				 sql_text(app->name),
				 sql_text(app->redirect_uri),
				 sql_int(app->created_ms)),
			&app->id, err) < 0)
		return -1;
	return audit_add(tx, actor, "oauth_app.add", (enum entity)0, app->id,
			 NULL, err);
}

static void read_app(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct oauth_app *)out = (struct oauth_app){
		.id = rows_int(rows, 0),
		.client_id = rows_dup(rows, 1, arena),
		.name = rows_dup(rows, 2, arena),
		.redirect_uri = rows_dup(rows, 3, arena),
		.created_ms = rows_int(rows, 4),
		.users = rows_int(rows, 5),
	};
}

int oauth_app_list(struct db *db, struct arena *arena, struct oauth_apps *out,
		   struct err *err)
{
	return db_list(db, SQL_OAUTH_APP_LIST, SQL_NO_ARGS, read_app, arena,
		       out, err);
}

int oauth_app_users(struct db *db, int64_t id, struct arena *arena,
		    struct texts *out, struct err *err)
{
	return db_list_texts(db, SQL_OAUTH_APP_USERS, SQL_ARGS(sql_int(id)),
			     arena, out, err);
}

int oauth_app_find(struct db *db, const char *client_id, struct arena *arena,
		   struct oauth_app *out, struct err *err)
{
	return db_get(db, SQL_OAUTH_APP_FIND, SQL_ARGS(sql_text(client_id)),
		      read_app, arena, out, err);
}

int oauth_app_remove(struct tx *tx, int64_t id, const struct actor *actor,
		     struct err *err)
{
	int gone =
		db_exec(tx, SQL_OAUTH_APP_REMOVE, SQL_ARGS(sql_int(id)), err);

	if (gone < 0)
		return -1;
	if (gone == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no program %lld",
			       (long long)id);
	if (db_exec(tx, SQL_OAUTH_APP_REMOVE_CODES, SQL_ARGS(sql_int(id)),
		    err) < 0 ||
	    db_exec(tx, SQL_OAUTH_APP_REVOKE,
		    SQL_ARGS(sql_int(actor->now_ms), sql_int(id)), err) < 0)
		return -1;
	return audit_add(tx, actor, "oauth_app.remove", (enum entity)0, id,
			 NULL, err);
}

/* --- codes --- */

int oauth_code_make(struct tx *tx, int64_t app_id, const struct actor *actor,
		    char code_out[OAUTH_CODE_HEX + 1], struct err *err)
{
	char hash[SHA256_HEX + 1];

	random_hex(code_out, OAUTH_CODE_HEX);
	sha256_hex(str_of(code_out), hash);
	if (db_exec(tx, SQL_OAUTH_CODE_EXPIRE, SQL_ARGS(sql_int(actor->now_ms)),
		    err) < 0 ||
	    db_exec(tx, SQL_OAUTH_CODE_ADD,
		    SQL_ARGS(sql_text(hash), sql_int(app_id),
			     sql_int(actor->user_id),
			     sql_int(actor->now_ms + OAUTH_CODE_MS)),
		    err) < 0)
		return -1;
	return 0;
}

/* Who let it in, and until when. */
struct grant {
	int64_t user_id, expires_ms;
};

static void read_grant(const struct rows *rows, struct arena *arena, void *out)
{
	(void)arena;
	*(struct grant *)out =
		(struct grant){ rows_int(rows, 0), rows_int(rows, 1) };
}

/* 1, 0: not this program, -1. */
static int sign_in(struct tx *tx, const struct oauth_exchange *in,
		   struct arena *arena, struct oauth_app *out, struct err *err)
{
	char hash[SHA256_HEX + 1];

	if (!in->client_id || !in->secret)
		return 0;
	sha256_hex(str_of(in->secret), hash);
	return db_get(tx->db, SQL_OAUTH_APP_SIGN_IN,
		      SQL_ARGS(sql_text(in->client_id), sql_text(hash)),
		      read_app, arena, out, err);
}

/* 1, 0: no such code, or too late, -1. */
static int take_code(struct tx *tx, const char *code, int64_t app_id,
		     int64_t now_ms, struct grant *out, struct err *err)
{
	char hash[SHA256_HEX + 1];
	int found;

	sha256_hex(str_of(code ? code : ""), hash);
	found = db_get(tx->db, SQL_OAUTH_CODE_TAKE,
		       SQL_ARGS(sql_text(hash), sql_int(app_id)), read_grant,
		       NULL, out, err);
	if (found > 0 && out->expires_ms < now_ms)
		return 0;
	return found;
}

static int make_key(struct tx *tx, const struct oauth_app *app,
		    const struct user *user, int64_t now_ms,
		    char key_out[API_KEY_LENGTH + 1], struct arena *arena,
		    struct err *err)
{
	struct actor actor = { .user_id = user->id, .now_ms = now_ms };
	struct api_key key = { .name = app->name,
			       .role = user->role,
			       .may_send = user->may_send,
			       .user_id = user->id };

	if (api_key_add(tx, &key, &actor, key_out, arena, err) < 0)
		return -1;
	return db_exec(tx, SQL_OAUTH_KEY_OF,
		       SQL_ARGS(sql_int(app->id), sql_int(key.id)), err) < 0
		       ? -1
		       : 0;
}

int oauth_exchange(struct tx *tx, const struct oauth_exchange *in,
		   int64_t now_ms, char key_out[API_KEY_LENGTH + 1],
		   const char **error_out, struct arena *arena, struct err *err)
{
	struct oauth_app app;
	struct grant grant;
	struct user user;
	int found = sign_in(tx, in, arena, &app, err);

	*error_out = "invalid_client";
	if (found <= 0)
		return found;
	*error_out = "invalid_grant";
	found = take_code(tx, in->code, app.id, now_ms, &grant, err);
	if (found <= 0)
		return found;
	if (in->redirect_uri && strcmp(in->redirect_uri, app.redirect_uri) != 0)
		return 0;
	if (user_get(tx->db, grant.user_id, arena, &user, err) < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	if (user.disabled_ms)
		return 0;
	return make_key(tx, &app, &user, now_ms, key_out, arena, err) < 0 ? -1
									  : 1;
}
