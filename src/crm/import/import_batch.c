#include "crm/import/import_batch.h"

#include "base/json.h"
#include "base/strbuf.h"

void import_batch_release(struct import_batch *b)
{
	vec_release(&b->existing);
	vec_release(&b->addresses);
	vec_release(&b->new_companies);
}

void import_json_text(struct strbuf *out, struct str s)
{
	struct json_writer w = JSON_WRITER(out);

	strbuf_addch(out, out->len ? ',' : '[');
	json_str(&w, s);
}

const char *import_json_end(struct strbuf *out)
{
	if (out->len == 0)
		strbuf_addch(out, '[');
	strbuf_addch(out, ']');
	return out->buf;
}
