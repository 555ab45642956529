#include "api/crm/settings.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "crm/audit.h"
#include "crm/setting/organisation.h"
#include "crm/setting/setup_step.h"
#include "delivery/delivery.h"
#include "delivery/relay_setting.h"
#include "reader/reader_text.h"

#include <string.h>
#include <strings.h>

/* --- a relay --- */

void relay_write(const struct relay_parts *p, struct json_writer *w)
{
	bool has_password = p->password && *p->password;

	json_begin_object(w);
	json_key_text(w, "kind", p->is_outbox ? "outbox" : "smtp");
	json_key_text(w, "host", p->host);
	json_key_id(w, "port", p->port);
	json_key_text(w, "security",
		      p->is_outbox ? NULL : relay_security_name(p->security));
	json_key_text(w, "username", p->username);
	json_key_bool(w, "has_password", has_password);
	json_end_object(w);
}

/* Absent: it stays; null or "": it goes. */
static int read_text(const json_t *o, const char *key, const char **out,
		     struct err *err)
{
	int given = json_get_text(o, key, out, err);

	if (given == 0 && json_object_get(o, key))
		*out = NULL;
	if (given > 0 && !**out)
		*out = NULL;
	return given < 0 ? -1 : 0;
}

static int read_security(const json_t *o, struct relay_parts *p,
			 struct err *err)
{
	const char *name = NULL;
	int given = json_get_text(o, "security", &name, err);

	if (given > 0 && !relay_security_parse(name, &p->security))
		return err_field(err, "relay.security",
				 "not one of none, starttls, tls");
	return given < 0 ? -1 : 0;
}

static bool is_same(const char *a, const char *b)
{
	return a && b && strcasecmp(a, b) == 0;
}

/* A password that nobody may read must not be sent elsewhere either, by
 * entering another host; nor does it belong to another name. */
static int read_password(const json_t *o, const struct relay_parts *before,
			 struct relay_parts *p, struct err *err)
{
	if (json_object_get(o, "password"))
		return read_text(o, "password", &p->password, err);
	if (p->username && before->password &&
	    (!p->password || !is_same(before->username, p->username)))
		return err_field(err, "relay.password",
				 "give the password again: the one that is "
				 "known is for another relay or user name");
	if (!p->username)
		p->password = NULL;
	return 0;
}

static int read_port(const json_t *o, int64_t *out, struct err *err)
{
	int given = json_get_int(o, "port", out, err);

	if (given > 0 && (*out < 1 || *out > 65535))
		return err_field(err, "relay.port",
				 "is no number from 1 to 65535");
	if (given == 0 && json_object_get(o, "port"))
		*out = 0;
	return given < 0 ? -1 : 0;
}

static int read_smtp(const json_t *o, struct relay_parts *p, struct err *err)
{
	struct relay_parts before = *p;

	p->is_outbox = false;
	if (read_text(o, "host", &p->host, err) < 0)
		return -1;
	if (!is_same(before.host, p->host))
		*p = (struct relay_parts){ .host = p->host };
	if (read_port(o, &p->port, err) < 0 || read_security(o, p, err) < 0 ||
	    read_text(o, "username", &p->username, err) < 0)
		return -1;
	return read_password(o, &before, p, err);
}

int relay_read(const json_t *body, struct relay_parts *p, struct err *err)
{
	const json_t *o = NULL;
	const char *kind = NULL;
	int given = json_get_object(body, "relay", &o, err);

	if (given <= 0)
		return given;
	if (json_get_text(o, "kind", &kind, err) < 0)
		return -1;
	if (!kind || (strcmp(kind, "outbox") != 0 && strcmp(kind, "smtp") != 0))
		return err_field(err, "relay.kind", "not one of outbox, smtp");
	if (strcmp(kind, "smtp") == 0)
		return read_smtp(o, p, err) < 0 ? -1 : 1;
	*p = (struct relay_parts){ .is_outbox = true };
	return 1;
}

/* --- all settings --- */

/* Of two schemas. */
struct settings {
	struct organisation organisation;
	struct relay_parts relay;
	const char *relay_url;
};

static int load(const struct request *rq, struct db *crm, struct db *audience,
		struct settings *out, struct err *err)
{
	if (v1_organisation(rq, crm, &out->organisation, err) < 0 ||
	    relay_in_force(audience, api_of(rq)->relay, rq->arena,
			   &out->relay_url, err) < 0)
		return -1;
	return relay_parts_of(out->relay_url, rq->arena, &out->relay, err);
}

static void write_fixed(const struct api *api, struct json_writer *w)
{
	json_key_begin_array(w, "fixed");
	if (*api->organisation)
		json_text(w, "organisation");
	if (*api->postal_address)
		json_text(w, "postal_address");
	if (*api->relay)
		json_text(w, "relay");
	json_end_array(w);
}

static void write_settings(const struct api *api, const struct settings *s,
			   struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);

	json_begin_object(&w);
	organisation_write(&s->organisation, &w);
	json_key_text(&w, "public_url", api->public_url);
	json_key_bool(&w, "public_url_given", api->has_public_url);
	json_key(&w, "relay");
	relay_write(&s->relay, &w);
	write_fixed(api, &w);
	json_end_object(&w);
}

static int reply(struct request *rq, struct response *rs, struct db *crm,
		 struct db *audience, struct err *err)
{
	struct settings s;

	if (load(rq, crm, audience, &s, err) < 0)
		return -1;
	write_settings(api_of(rq), &s, &rs->body);
	v1_etag(rq, rs, strbuf_str(&rs->body));
	return 0;
}

int v1_settings_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *crm = NULL;
	CLEANUP(store_put) struct db *audience = NULL;

	if (v1_db(rq, &crm, err) < 0 ||
	    store_get(api_of(rq)->store, STORE_AUDIENCE, &audience, err) < 0)
		return -1;
	return reply(rq, rs, crm, audience, err);
}

/* --- changing them --- */

/* Of two who change them, the other waits here, whatever they change. */
static int lock(struct request *rq, struct tx *tx, struct err *err)
{
	return setting_put(
		tx, "settings.changed_ms",
		arena_printf(rq->arena, "%lld", (long long)rq->now_ms), err);
}

static int check_match(const struct request *rq, const struct settings *s,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf shown = STRBUF_INIT;

	write_settings(api_of(rq), s, &shown);
	return v1_if_match(rq, strbuf_str(&shown), err);
}

static int check_option(const char *option, const char *name,
			const char *variable, bool is_same, struct err *err)
{
	if (!*option || is_same)
		return 0;
	return err_set(err, ERR_CONFLICT,
		       "the option %s of the server (%s) fixes it: change it "
		       "there, or take it away",
		       name, variable);
}

static int check_options(const struct api *api, const struct settings *before,
			 const struct settings *now, struct err *err)
{
	const struct organisation *a = &before->organisation;
	const struct organisation *b = &now->organisation;

	if (check_option(api->organisation, "organisation",
			 "MUSTER_ORGANISATION", strcmp(a->name, b->name) == 0,
			 err) < 0 ||
	    check_option(api->postal_address, "postal_address",
			 "MUSTER_POSTAL_ADDRESS",
			 strcmp(a->postal_address, b->postal_address) == 0,
			 err) < 0)
		return -1;
	return check_option(api->relay, "relay", "MUSTER_RELAY",
			    relay_parts_equal(&before->relay, &now->relay),
			    err);
}

/* What the body says of either. */
struct given {
	bool organisation, relay;
};

static int read_body(struct request *rq, const json_t *body, struct settings *s,
		     struct given *out, struct err *err)
{
	int organisation =
		organisation_read(body, rq->arena, &s->organisation, err);
	int relay = organisation < 0 ? -1 : relay_read(body, &s->relay, err);

	if (relay < 0)
		return -1;
	*out = (struct given){ organisation > 0, relay > 0 };
	return relay ? relay_parts_url(&s->relay, rq->arena, &s->relay_url, err)
		     : 0;
}

/* Committed before the rest: a relay that was saved though an error is told is
 * saved again by the next try. */
static int save_relay(struct request *rq, struct db *audience, const char *url,
		      struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (*api_of(rq)->relay) /* the option, which is the same */
		return 0;
	if (tx_begin(audience, &tx, err) < 0 ||
	    relay_setting_put(&tx, url, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int save(struct request *rq, struct tx *tx, struct db *audience,
		const struct settings *before, const struct settings *now,
		const struct given *given, struct err *err)
{
	struct actor actor = v1_actor(rq);

	if (given->relay &&
	    (save_relay(rq, audience, now->relay_url, err) < 0 ||
	     setup_step_put(tx, SETUP_RELAY, SETUP_DONE, err) < 0))
		return -1;
	if (given->organisation &&
	    (organisation_save(tx, &before->organisation, &now->organisation,
			       rq->now_ms, err) < 0 ||
	     setup_step_put(tx, SETUP_ORGANISATION, SETUP_DONE, err) < 0))
		return -1;
	return audit_add(tx, &actor, "settings.update", 0, 0, NULL, err);
}

int v1_settings_patch(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *crm = NULL;
	CLEANUP(store_put) struct db *audience = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct api *api = api_of(rq);
	struct settings before, now;
	struct given given;
	const json_t *body;

	if (request_json(rq, &body, err) < 0 ||
	    v1_begin(rq, &crm, &tx, err) < 0 || lock(rq, &tx, err) < 0 ||
	    store_get(api->store, STORE_AUDIENCE, &audience, err) < 0 ||
	    load(rq, crm, audience, &before, err) < 0 ||
	    check_match(rq, &before, err) < 0)
		return -1;
	now = before;
	if (read_body(rq, body, &now, &given, err) < 0 ||
	    check_options(api, &before, &now, err) < 0 ||
	    save(rq, &tx, audience, &before, &now, &given, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	if (given.relay)
		delivery_wake(api->delivery);
	return reply(rq, rs, crm, audience, err);
}

/* --- what is added to mails --- */

int v1_settings_footers(struct request *rq, struct response *rs,
			struct err *err)
{
	struct json_writer w = JSON_WRITER(&rs->body);

	(void)rq;
	(void)err;
	json_begin_object(&w);
	json_key_begin_array(&w, "items");
	for (const struct reader_language *const *l = reader_languages; *l;
	     l++) {
		json_begin_object(&w);
		json_key_text(&w, "language", (*l)->tag);
		json_key_text(&w, "direction", reader_direction(*l));
		json_key_text(&w, "sent_to", (*l)->text[READER_SENT_TO]);
		json_key_text(&w, "unsubscribe",
			      (*l)->text[READER_UNSUBSCRIBE]);
		json_key_text(&w, "preferences",
			      (*l)->text[READER_PREFERENCES]);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
	return 0;
}
