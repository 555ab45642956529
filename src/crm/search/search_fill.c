#include "crm/search/search_fill.h"

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "crm/record.h"
#include "crm/search/search_text.h"
#include "sql/search.h"

static const struct sql *query_of(enum entity entity)
{
	return entity == ENTITY_PERSON ? SQL_SEARCH_FILL_PERSON
	       : entity == ENTITY_LEAD ? SQL_SEARCH_FILL_LEAD
				       : SQL_SEARCH_FILL_COMPANY;
}

static int write_text(struct batch *b, const struct sql *query,
		      const struct strbuf *text, int64_t id, struct err *err)
{
	return batch_add(b, query, SQL_ARGS(sql_text(text->buf), sql_int(id)),
			 err);
}

static int fill_addresses(struct batch *b, const struct record *r,
			  struct err *err)
{
	for (size_t i = 0; i < r->emails_n; i++) {
		const struct address *a = &r->emails[i];
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

		if (search_text_of_address(a->folded, &text) &&
		    write_text(b, SQL_SEARCH_FILL_ADDRESS, &text, a->id, err) <
			    0)
			return -1;
	}
	return 0;
}

static int fill_record(struct batch *b, const struct record *r, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	search_text_of(r, &text);
	if (write_text(b, query_of(r->entity), &text, r->id, err) < 0)
		return -1;
	return fill_addresses(b, r, err);
}

int search_fill(struct tx *tx, enum entity entity, const struct ids *ids,
		struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct records records = VEC_INIT;
	struct batch batch;

	if (records_load(tx->db, entity, ids, arena, &records, err) < 0 ||
	    records_add_addresses(tx->db, &records, arena, err) < 0)
		return -1;
	batch_begin(tx, &batch);
	vec_each (&records, r) {
		if (fill_record(&batch, r, err) < 0)
			return -1;
	}
	return batch_end(&batch, err) < 0 ? -1 : 0;
}
