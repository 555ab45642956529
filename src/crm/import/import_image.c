#include "crm/import/import_image.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "crm/import/import_compare.h"

static void format_emails(struct json_writer *j, const struct address *all,
			  size_t n)
{
	json_key_begin_array(j, "emails");
	for (size_t i = 0; i < n; i++) {
		json_begin_object(j);
		json_key_text(j, "address", all[i].address);
		json_key_text(j, "type", all[i].type);
		json_key_bool(j, "primary", all[i].is_primary);
		json_key_bool(j, "marketing", all[i].is_marketing);
		json_key_bool(j, "held", all[i].held == HELD_BY_HAND);
		json_end_object(j);
	}
	json_end_array(j);
}

const char *import_image(const struct import_batch *b,
			 const struct import_change *c)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct json_writer j = JSON_WRITER(&out);
	const struct record *r = c->row->existing;
	size_t n;
	const struct address *all = import_addresses_of(b, r->id, &n);

	json_begin_object(&j);
	for (enum text_field t = 0; t < TEXT_FIELDS; t++) {
		if (r->text[t])
			json_key_text(&j, field_of_text(t)->name, r->text[t]);
	}
	json_key_int(&j, "company_id", r->company_id);
	if (r->custom)
		json_key_raw(&j, "custom", str_of(r->custom));
	json_key_begin_array(&j, "new_tags");
	vec_each (&c->new_tags, name)
		json_text(&j, *name);
	json_end_array(&j);
	if (c->new_email)
		format_emails(&j, all, n);
	json_end_object(&j);
	return arena_str(b->arena, strbuf_str(&out));
}
