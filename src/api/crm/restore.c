/* What a restored database may do, and who says so. */
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/err.h"
#include "crm/audit.h"
#include "journal/gate.h"
#include "journal/journal.h"

static void write_applied(const struct journal_counts *counts,
			  struct json_writer *w)
{
	json_key_begin_object(w, "applied");
	json_key_int(w, "opt_outs", counts->of[JOURNAL_OPT_OUT]);
	json_key_int(w, "unsubscribes", counts->of[JOURNAL_UNSUBSCRIBE]);
	json_key_int(w, "complaints", counts->of[JOURNAL_COMPLAINT]);
	json_key_int(w, "cleaned", counts->of[JOURNAL_CLEAN]);
	json_key_int(w, "erasures", counts->of[JOURNAL_ERASURE]);
	json_end_object(w);
}

static int reply(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(strbuf_release) struct strbuf trouble = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct journal *journal = api_of(rq)->journal;
	struct journal_counts counts = journal_counts(journal);
	const char *why = NULL;
	int closed;

	if (store_get(api_of(rq)->store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	closed = gate_is_closed(db, rq->arena, &why, err);
	if (closed < 0)
		return -1;
	journal_trouble(journal, &trouble);
	json_begin_object(&w);
	json_key_bool(&w, "sending", closed == 0);
	json_key_text(&w, "because", closed ? why : NULL);
	json_key_bool(&w, "restored", journal_was_restored(journal));
	json_key_int(&w, "paused", counts.paused);
	write_applied(&counts, &w);
	json_key_text(&w, "journal_trouble", trouble.len ? trouble.buf : NULL);
	json_end_object(&w);
	return 0;
}

int v1_restore_get(struct request *rq, struct response *rs, struct err *err)
{
	return reply(rq, rs, err);
}

int v1_restore_confirm(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);

	if (journal_confirm(api_of(rq)->journal, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    audit_add(&tx, &actor, "restore.confirm", 0, 0, NULL, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	return reply(rq, rs, err);
}
