/* How a template looks: a mail to nobody in particular, in a sandbox. */
#include "campaign/template/template.h"

#include "api/campaign/mail_merge.h"
#include "api/campaign/mail_page.h"
#include "api/crm/design/template.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/setting/organisation.h"
#include "design/design.h"
#include "design/starter.h"

static int render(struct request *rq, const char *design,
		  struct design_output *out, struct err *err)
{
	CLEANUP(json_free) json_t *doc = NULL;
	struct design_options options = {
		.language = request_query(rq, "lang"),
		.dark = request_query_bool(rq, "dark", false),
		.placeholders = true,
	};

	if (design_read(str_of(design), &doc, err) < 0)
		return -1;
	design_render(doc, &options, rq->arena, out);
	return 0;
}

/* With us as the sender, to somebody made up: no tags are to be seen. */
static int merge(struct request *rq, const char *html, struct strbuf *out,
		 struct err *err)
{
	CLEANUP(mail_merge_release)
	struct mail_merge all = { .arena = rq->arena };
	CLEANUP(store_put) struct db *db = NULL;
	struct mailing_person person;
	struct merge_facts facts;
	struct organisation o;

	if (v1_db(rq, &db, err) < 0 || v1_organisation(rq, db, &o, err) < 0 ||
	    mail_merge_load(db, rq->arena, &all, err) < 0)
		return -1;
	facts = (struct merge_facts){ .company = o.name,
				      .list_name = o.name,
				      .address = o.postal_address,
				      .send_ms = rq->now_ms };
	person = mail_merge_example(&all);
	return mail_merge_add(&all, &facts, &person, html, MERGE_HTML, NULL,
			      out, err);
}

/* Of HTML of whatever origin: what cannot be merged is shown as it is. */
static int merge_own(struct request *rq, const char *html, struct strbuf *out,
		     struct err *err)
{
	struct err why = ERR_INIT;

	if (merge(rq, html, out, &why) == 0)
		return 0;
	if (why.code != ERR_INVALID && why.code != ERR_LIMIT) {
		*err = why;
		return -1;
	}
	strbuf_reset(out);
	strbuf_addstr(out, html);
	return 0;
}

int page_template_preview(struct request *rq, struct response *rs,
			  struct err *err)
{
	CLEANUP(design_output_release)
	struct design_output made = DESIGN_OUTPUT_INIT;
	CLEANUP(strbuf_release) struct strbuf html = STRBUF_INIT;
	struct starter starter;
	struct template own;
	int found = template_find_any(rq, &starter, &own, err);

	if (found < 0)
		return -1;
	if (found == 0 && own.kind == TEMPLATE_HTML) {
		if (merge_own(rq, own.html, &html, err) < 0)
			return -1;
	} else if (render(rq, found > 0 ? starter.design : own.design, &made,
			  err) < 0 ||
		   merge(rq, made.html.buf, &html, err) < 0) {
		return -1;
	}
	mail_page_write(rq, rs, &(struct mail_page){ .html = html.buf });
	return 0;
}
