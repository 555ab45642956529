/* The ledger is asked and the event added; returned_read.c reads. */
#include "delivery/returned/returned.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "delivery/event_writer.h"
#include "delivery/recipient.h"
#include "delivery/trouble.h"
#include "store/store.h"

#include "sql/recipient.h"

struct found {
	const char *hex, *settings;
	struct returned_whose whose;
};
struct founds VEC_FIELDS(struct found);

static void read_found(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct found *)out = (struct found){
		.hex = rows_dup(rows, 0, arena),
		.settings = rows_dup(rows, 1, arena),
		.whose = { .address = rows_dup(rows, 2, arena),
			   .is_moved = rows_int(rows, 3) != 0,
			   .bounce = rows_int(rows, 4),
			   .has_complained = rows_int(rows, 5) != 0 },
	};
}

static int read_sender(struct found *found, struct arena *arena,
		       struct err *err)
{
	CLEANUP(json_free) json_t *settings = NULL;

	if (json_parse(str_of(found->settings), &settings, err) < 0)
		return err_prefix(err, "settings of a campaign");
	found->whose.sender = arena_strdup(
		arena,
		json_string_value(json_object_get(settings, "reply_to")) ?: "");
	return 0;
}

/* 1, 0: nobody any more, -1 */
static int find(const struct returned_setup *setup, const struct returned *r,
		struct arena *arena, struct found *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct founds list = VEC_INIT;

	if (store_get(setup->store, STORE_AUDIENCE, &db, err) < 0 ||
	    db_list(db, SQL_RECIPIENT_RETURNED,
		    SQL_ARGS(sql_int(r->campaign_id), sql_int(r->member_id)),
		    read_found, arena, &list, err) < 0)
		return -1;
	if (list.n == 0)
		return 0;
	*out = list.v[0];
	return read_sender(out, arena, err) < 0 ? -1 : 1;
}

static int add(const struct returned_setup *setup, const struct returned *r,
	       int64_t now_ms, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf detail = STRBUF_INIT;
	enum bounce_kind bounce =
		r->kind == RETURNED_HARD ? BOUNCE_HARD : BOUNCE_SOFT;
	struct event event = {
		.at_ms = now_ms,
		.kind = EVENT_COMPLAINED,
		.campaign_id = r->campaign_id,
		.member_id = r->member_id,
	};

	if (r->kind != RETURNED_COMPLAINT) {
		trouble_hide_addresses(r->failed->diagnostic, &detail);
		event.kind = EVENT_BOUNCED;
		event.code =
			(int64_t)bounce << EVENT_BOUNCE_SHIFT | r->failed->code;
		event.detail = detail.len > 0 ? detail.buf : r->failed->status;
	}
	return event_add_wait(setup->writer, &event, err);
}

int returned_take(const struct returned_setup *setup, struct str source,
		  int64_t now_ms, struct arena *arena, struct returned *out,
		  struct err *err)
{
	struct found found;
	int there;

	if (returned_read(source, setup->keys, arena, out, err) < 0)
		return -1;
	if (out->kind == RETURNED_IGNORED)
		return 0;
	there = find(setup, out, arena, &found, err);
	if (there < 0)
		return -1;
	if (there == 0) {
		out->kind = RETURNED_IGNORED;
		out->why = "Who got it is not known any more.";
		return 0;
	}
	out->campaign_hex = found.hex;
	out->address = found.whose.address;
	returned_weigh(out, &found.whose, arena);
	return out->kind == RETURNED_IGNORED ? 0 : add(setup, out, now_ms, err);
}
