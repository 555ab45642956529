#include "crm/import/import_batch.h"

#include "base/json.h"
#include "base/strbuf.h"
#include "sql/import.h"
#include "store/db.h"

void import_batch_release(struct import_batch *b)
{
	vec_release(&b->existing);
	vec_release(&b->addresses);
	vec_release(&b->new_companies);
}

struct import_batch import_batch_part(const struct import_batch *b,
				      size_t first, size_t most)
{
	struct import_batch part = *b;
	size_t n = b->n - first < most ? b->n - first : most;

	part.rows = b->rows + first;
	while (first + n < b->n &&
	       import_row_is_beside(&part.rows[n - 1], &part.rows[n]))
		n++;
	part.n = n;
	part.counts = (struct import_counts){ 0 };
	return part;
}

void import_counts_add(struct import_counts *sum,
		       const struct import_counts *more)
{
	sum->created += more->created;
	sum->updated += more->updated;
	sum->unchanged += more->unchanged;
	sum->refused += more->refused;
	sum->repeated += more->repeated;
	sum->refused_opted_out += more->refused_opted_out;
	sum->unclear += more->unclear;
	sum->opted_out += more->opted_out;
	sum->opted_out_before += more->opted_out_before;
	sum->opt_outs_kept += more->opt_outs_kept;
	sum->left_open += more->left_open;
	sum->sharing += more->sharing;
	sum->opted_out_by_name += more->opted_out_by_name;
	sum->yes_unnoted += more->yes_unnoted;
	sum->short_rows += more->short_rows;
}

int import_counts_save(struct tx *tx, const struct import_counts *counts,
		       int64_t import_id, struct err *err)
{
	return db_exec(tx, SQL_IMPORT_COUNT,
		       SQL_ARGS(sql_int(counts->created),
				sql_int(counts->updated),
				sql_int(counts->unchanged),
				sql_int(counts->refused),
				sql_int(counts->repeated),
				sql_int(counts->refused_opted_out),
				sql_int(counts->unclear),
				sql_int(counts->opted_out),
				sql_int(counts->opted_out_before),
				sql_int(counts->opt_outs_kept),
				sql_int(counts->left_open),
				sql_int(counts->sharing),
				sql_int(counts->opted_out_by_name),
				sql_int(counts->yes_unnoted),
				sql_int(counts->short_rows),
				sql_int(import_id)),
		       err) < 0
		       ? -1
		       : 0;
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
