#include "bridge/push/overtaken.h"

#include "base/arena.h"
#include "base/err.h"
#include "bridge/bridge_private.h"

#include "sql/bridge.h"

static int ask(struct work *w, int64_t push_id, const struct texts *hashes,
	       struct ids *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT;

	return db_list_ids(w->db, SQL_PUSH_OVERTAKEN_AMONG,
			   SQL_ARGS(sql_texts(hashes, &buf), sql_int(push_id)),
			   out, err);
}

static int ask_doubtful(struct work *w, int64_t push_id, struct ids *out,
			struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct texts hashes = VEC_INIT;

	if (db_list_texts(w->db, SQL_PUSH_DOUBTFUL_HASHES, SQL_NO_ARGS, arena,
			  &hashes, err) < 0)
		return -1;
	for (size_t at = 0; at < hashes.n; at += ITEMS_A_PAGE) {
		struct texts page = vec_page(&hashes, at, ITEMS_A_PAGE);

		if (ask(w, push_id, &page, out, err) < 0)
			return -1;
	}
	return 0;
}

int push_overtaken(struct work *w, int64_t push_id, struct ids *out,
		   struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin_snapshot(w->db, &tx, err) < 0 ||
	    db_list_ids(w->db, SQL_PUSH_OVERTAKEN, SQL_ARGS(sql_int(push_id)),
			out, err) < 0 ||
	    ask_doubtful(w, push_id, out, err) < 0)
		return -1;
	ids_sort(out);
	return 0;
}
