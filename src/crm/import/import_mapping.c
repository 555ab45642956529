#include "crm/import/import_mapping.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "sql/import.h"

/* The mapping that was saved under a name; NULL: none. The caller owns it. */
static int find_saved(struct db *db, const char *name, struct arena *arena,
		      json_t **out, struct err *err)
{
	const char *text = NULL;

	if (db_find_text(db, SQL_IMPORT_MAPPING_FIND, SQL_ARGS(sql_text(name)),
			 arena, &text, err) < 0)
		return -1;
	return text ? json_parse(str_of(text), out, err) : 0;
}

int import_mapping_find(struct db *db, const struct import_input *input,
			const char *header_name, struct arena *arena,
			json_t **out, struct err *err)
{
	if (input->mapping) {
		*out = json_incref((json_t *)input->mapping);
		return 0;
	}
	if (input->mapping_name) {
		if (find_saved(db, input->mapping_name, arena, out, err) < 0)
			return -1;
		return *out ? 0
			    : err_field(err, "mapping_name",
					"there is no mapping of that name");
	}
	return find_saved(db, header_name, arena, out, err);
}

int import_mapping_save(struct tx *tx, const struct import_input *input,
			const char *header_name, int64_t now_ms,
			struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	const char *names[] = { header_name, input->mapping_name };

	if (!input->mapping || input->dry_run)
		return 0;
	json_dump(input->mapping, &text);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i] &&
		    db_exec(tx, SQL_IMPORT_MAPPING_PUT,
			    SQL_ARGS(sql_text(names[i]), sql_text(text.buf),
				     sql_int(now_ms)),
			    err) < 0)
			return -1;
	}
	return 0;
}
