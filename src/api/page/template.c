/* How a template looks: a mail to nobody in particular, in a sandbox. */
#include "campaign/template/template.h"

#include "api/campaign/mail_page.h"
#include "api/crm/design/template.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "campaign/merge/merge_tag.h"
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

static int load_facts(struct request *rq, struct merge_facts *out,
		      struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct organisation o;

	if (v1_db(rq, &db, err) < 0 || v1_organisation(rq, db, &o, err) < 0)
		return -1;
	*out = (struct merge_facts){ .company = o.name,
				     .list_name = o.name,
				     .address = o.postal_address,
				     .send_ms = rq->now_ms };
	return 0;
}

/* With us as the sender, so that no tags are to be seen. */
static int merge(struct request *rq, struct str html, struct strbuf *out,
		 struct err *err)
{
	static const struct merge_field names[] = {
		{ 1, "FNAME", "text", "", "" },
		{ 2, "LNAME", "text", "", "" },
	};
	static const struct merge_fields fields = { names, 2 };
	const struct str values[] = { STR("Ada"), STR("Lovelace") };
	CLEANUP(merge_program_free) struct merge_program *program = NULL;
	struct merge_facts facts;
	struct merge_how how = { .context = MERGE_HTML,
				 .fields = &fields,
				 .facts = &facts };
	struct merge_piece piece = { .text = html };
	struct merge_person person = { .address = STR("ada@example.org"),
				       .values = values };

	if (load_facts(rq, &facts, err) < 0 ||
	    merge_compile(&piece, 1, &how, rq->arena, &program, NULL, err) < 0)
		return -1;
	if (merge_render(program, &person, out) < 0)
		return err_set(err, ERR_LIMIT, "the template gets too long");
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
		mail_page_write(rq, rs,
				&(struct mail_page){ .html = own.html });
		return 0;
	}
	if (render(rq, found > 0 ? starter.design : own.design, &made, err) <
		    0 ||
	    merge(rq, strbuf_str(&made.html), &html, err) < 0)
		return -1;
	mail_page_write(rq, rs, &(struct mail_page){ .html = html.buf });
	return 0;
}
