/* Domains whose owner has shown it by a code. Handlers; any worker. */
#include "audience/batch/verified_domain.h"

#include "api/handlers.h"
#include "api/mc30/mc30.h"
#include "audience/list.h"
#include "base/arena.h"
#include "base/err.h"
#include "delivery/notice_mail.h"

#include <string.h>

static void write_domain(const struct request *rq,
			 const struct verified_domain *d, struct json_writer *w)
{
	json_begin_object(w);
	json_key_text(w, "domain", d->domain);
	json_key_bool(w, "verified", d->verified_ms != 0);
	json_key_bool(w, "authenticated",
		      strcmp(api_of(rq)->dkim_domain, d->domain) == 0);
	json_key_text(w, "verification_email", d->email);
	json_key_time(w, "verification_sent", d->sent_ms);
	json_end_object(w);
}

int mc_verified_domains_list(struct request *rq, struct response *rs,
			     struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct verified_domains domains = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);

	if (mc_db(rq, &db, err) < 0 ||
	    verified_domain_list(db, rq->arena, &domains, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "domains");
	vec_each (&domains, d)
		write_domain(rq, d, &w);
	json_end_array(&w);
	mc_collection_end(&w, (int64_t)domains.n, mc_base(rq),
			  "/verified-domains", "/");
	json_end_object(&w);
	return 0;
}

int mc_verified_domains_get(struct request *rq, struct response *rs,
			    struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = mc_writer(rq, rs);
	struct verified_domain d;

	if (mc_db(rq, &db, err) < 0 ||
	    verified_domain_get(db, request_param(rq, "domain_name"), rq->arena,
				&d, err) < 0)
		return -1;
	write_domain(rq, &d, &w);
	return 0;
}

/* From who the master audience says that mails come from. */
static int send_code(struct request *rq, struct tx *tx, const char *to,
		     const char *domain, const char *code, struct err *err)
{
	struct list master;
	struct list_sender from;
	struct err why = ERR_INIT;
	struct notice_mail mail = { .to = to };

	if (list_ensure_master(tx, "", rq->now_ms, rq->arena, &master, err) < 0)
		return -1;
	from = list_sender_of(&master, rq->arena);
	mail.from_name = from.name;
	mail.from_email = *from.email ? from.email : to;
	mail.subject = arena_printf(rq->arena, "Verify the domain %s", domain);
	mail.text = arena_printf(
		rq->arena,
		"Somebody wants to send mails from addresses at %s, and named "
		"this address.\n\nThe code is: %s\n\nIt is good for a day. If "
		"it was not you, there is nothing to do.\n",
		domain, code);
	if (notice_mail_add(tx, &mail, rq->now_ms, &why) == 0)
		return 0;
	if (why.code == ERR_INVALID)
		return err_field(err, "verification_email", "%s", why.text);
	*err = why;
	return -1;
}

int mc_verified_domains_add(struct request *rq, struct response *rs,
			    struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = mc_writer(rq, rs);
	char code[DOMAIN_CODE_DIGITS + 1];
	struct verified_domain d;
	const char *email = "";
	const json_t *body;

	if (mc_body(rq, &body, err) < 0 ||
	    json_get_text(body, "verification_email", &email, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    verified_domain_add(&tx, email, rq->now_ms, rq->arena, code, &d,
				err) < 0 ||
	    send_code(rq, &tx, d.email, d.domain, code, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	write_domain(rq, &d, &w);
	return 0;
}

int mc_verified_domains_verify(struct request *rq, struct response *rs,
			       struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct verified_domain d;
	const char *code = "";
	const json_t *body;
	int done;

	if (mc_body(rq, &body, err) < 0 ||
	    json_get_text(body, "code", &code, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0)
		return -1;
	done = verified_domain_verify(&tx, request_param(rq, "domain_name"),
				      code, rq->now_ms, rq->arena, &d, err);
	if (done < 0 || tx_commit(&tx, err) < 0)
		return -1;
	if (!done)
		return err_field(err, "code",
				 "This is not the code, or it is no longer "
				 "good");
	write_domain(rq, &d, &w);
	return 0;
}

int mc_verified_domains_remove(struct request *rq, struct response *rs,
			       struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    verified_domain_remove(&tx, request_param(rq, "domain_name"),
				   rq->arena, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
