/* How the sign-up form of an audience looks. Handlers; any worker. */
#include "api/mc30/mc30.h"

#include "api/handlers.h"
#include "audience/form/signup_form.h"
#include "audience/list.h"
#include "base/arena.h"
#include "base/err.h"

static int write_form(const struct request *rq, struct db *db,
		      const struct list *list, const struct signup_form *form,
		      struct json_writer *w, struct err *err)
{
	const char *public_url = api_of(rq)->public_url;
	char account[LIST_ACCOUNT_HEX + 1];

	if (list_account_id(db, account, err) < 0)
		return -1;
	json_begin_object(w);
	json_key_raw(w, "header", str_of(form->header));
	json_key_raw(w, "contents", str_of(form->contents));
	json_key_raw(w, "styles", str_of(form->styles));
	json_key_text(w, "signup_form_url",
		      signup_form_url(public_url ? public_url : "", account,
				      list->hex, rq->arena));
	json_key_text(w, "list_id", list->hex);
	mc_links_begin(w);
	mc_link(w, "self", "GET", mc_base(rq), "/lists/%s/signup-forms",
		list->hex);
	mc_link(w, "parent", "GET", mc_base(rq), "/lists/%s", list->hex);
	mc_links_end(w);
	json_end_object(w);
	return 0;
}

int mc_signup_forms_list(struct request *rq, struct response *rs,
			 struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = mc_writer(rq, rs);
	struct signup_form form;
	struct list list;

	if (mc_db(rq, &db, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    signup_form_get(db, list.id, rq->arena, &form, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "signup_forms");
	if (write_form(rq, db, &list, &form, &w, err) < 0)
		return -1;
	mc_list_part_end(rq, &list, 1, "signup-forms", &w);
	return 0;
}

int mc_signup_forms_put(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct signup_form form;
	const json_t *body;
	struct list list;

	if (mc_body(rq, &body, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    signup_form_put(&tx, &list, body, rq->arena, &form, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return write_form(rq, db, &list, &form, &w, err);
}
