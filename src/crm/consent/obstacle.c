#include "crm/consent/obstacle.h"

#include "base/arena.h"
#include "base/email.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/consent/kept_opt_out.h"
#include "crm/consent/unclear_opt_out.h"
#include "crm/mirror_status.h"
#include "sql/obstacle.h"

#include <string.h>

#define RECORDS_MAX 100 /* who share one address */

struct explaining {
	struct db *db;
	struct arena *arena;
	struct email email;
	struct json_writer *w;
};

struct obstacle {
	const char *kind, *source, *effect;
	int64_t at_ms;
	enum entity entity; /* whose; 0: nobody's */
	int64_t record_id;
};

static void write_one(struct explaining *x, const struct obstacle *o)
{
	json_begin_object(x->w);
	json_key_text(x->w, "kind", o->kind);
	json_key_text(x->w, "source", o->source);
	json_key_time(x->w, "at", o->at_ms);
	json_key_text(x->w, "effect", o->effect);
	if (o->record_id) {
		json_key_text(x->w, "entity", entity_name(o->entity));
		json_key_int(x->w, "record_id", o->record_id);
	}
	json_end_object(x->w);
}

/* --- of hashes that are kept --- */

static int explain_kept(struct explaining *x, struct err *err)
{
	struct kept_opt_out kept;
	int found =
		kept_opt_out_find(x->db, x->email.folded, x->arena, &kept, err);

	if (found > 0)
		write_one(x, &(struct obstacle){
				     .kind = kept.kind,
				     .source = kept.source,
				     .at_ms = kept.at_ms,
				     .effect = "whoever brings the address "
					       "back is opted out",
			     });
	return found < 0 ? -1 : 0;
}

static int explain_erased(struct explaining *x, struct err *err)
{
	struct obstacle o = { .kind = "forgotten",
			      .source = "erasure",
			      .effect = "the address is refused" };
	char hash[FORGOTTEN_HASH + 1];
	struct forgotten key;
	int found;

	if (forgotten_load(x->db, &key, err) < 0)
		return -1;
	if (!key.any)
		return 0;
	forgotten_hash(&key, x->email.folded, hash);
	found = db_find_int(x->db, SQL_OBSTACLE_ERASED,
			    SQL_ARGS(sql_text(hash)), &o.at_ms, err);
	if (found > 0)
		write_one(x, &o);
	return found < 0 ? -1 : 0;
}

static int explain_unclear(struct explaining *x, struct err *err)
{
	struct obstacle o = { .kind = "unclear_opt_out",
			      .source = "import",
			      .effect = "the address is held until a user "
					"decides" };
	int found = unclear_opt_out_find(x->db, x->email.hash, &o.at_ms, err);

	if (found > 0)
		write_one(x, &o);
	return found < 0 ? -1 : 0;
}

/* --- of who has the address, or had it --- */

struct holder {
	enum entity entity;
	int64_t id, company_id; /* 0: none that is opted out */
	bool has_it, opted_out;
};
struct holders VEC_FIELDS(struct holder);

static void read_holder(const struct rows *rows, struct arena *arena, void *out)
{
	(void)arena;
	*(struct holder *)out = (struct holder){
		.entity = (enum entity)rows_int(rows, 0),
		.id = rows_int(rows, 1),
		.has_it = rows_int(rows, 2) != 0,
		.opted_out = rows_int(rows, 3) != 0,
		.company_id = rows_int(rows, 4),
	};
}

static const char *effect_of(struct explaining *x, const struct holder *h,
			     bool by_company)
{
	return arena_printf(x->arena, "%s %lld, who %s the address, %s",
			    h->entity == ENTITY_LEAD ? "lead" : "person",
			    (long long)h->id, h->has_it ? "has" : "had",
			    by_company ? "is of a company that wants no mail"
				       : "wants no mail");
}

static int explain_record(struct explaining *x, const struct holder *h,
			  bool by_company, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct obstacle o = {
		.kind = "opted_out",
		.effect = effect_of(x, h, by_company),
		.entity = by_company ? ENTITY_COMPANY : h->entity,
		.record_id = by_company ? h->company_id : h->id,
	};
	struct sql_value entity = sql_int(o.entity), id = sql_int(o.record_id);
	int more, n = 0;

	if (db_query(x->db, SQL_OBSTACLE_CONSENT,
		     SQL_ARGS(entity, id, entity, id), &rows, err) < 0)
		return -1;
	for (; (more = rows_next(rows, err)) > 0; n++) {
		o.source = rows_dup(rows, 0, x->arena);
		o.at_ms = rows_int(rows, 1);
		if (n == 0 || strcmp(o.source, "carried") != 0)
			write_one(x, &o);
	}
	return more;
}

static int explain_holders(struct explaining *x, struct err *err)
{
	CLEANUP(vec_release) struct holders all = VEC_INIT;

	if (db_list(x->db, SQL_OBSTACLE_OPT_OUTS,
		    SQL_ARGS(sql_text(x->email.hash), sql_int(RECORDS_MAX)),
		    read_holder, x->arena, &all, err) < 0)
		return -1;
	vec_each (&all, h) {
		if (h->opted_out && explain_record(x, h, false, err) < 0)
			return -1;
		if (h->company_id && explain_record(x, h, true, err) < 0)
			return -1;
	}
	return 0;
}

/* --- of the address itself --- */

static int explain_held(struct explaining *x, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(x->db, SQL_OBSTACLE_HELD,
		     SQL_ARGS(sql_text(x->email.hash)), &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		struct address a = { .held = (enum address_held)rows_int(rows,
									 0) };

		write_one(x, &(struct obstacle){
				     .kind = "held",
				     .source = address_held_name(&a),
				     .at_ms = rows_int(rows, 1),
				     .effect = "pushes leave the address out "
					       "until it is released",
			     });
	}
	return more;
}

/* Those that get mail have none. */
static const struct {
	const char *kind, *effect;
} members[] = {
	[MIRROR_UNSUBSCRIBED] = { "unsubscribed", "the member of the audience "
						  "is unsubscribed" },
	[MIRROR_CLEANED] = { "cleaned", "the member of the audience bounced "
					"for good" },
	[MIRROR_PENDING] = { "pending", "the member of the audience has not "
					"confirmed yet" },
	[MIRROR_TRANSACTIONAL] = { "unsubscribed", "the member of the audience "
						   "never subscribed" },
	[MIRROR_ARCHIVED] = { "archived", "the member of the audience was put "
					  "away there" },
	[MIRROR_FORGOTTEN] = { "forgotten", "the audience refuses the "
					    "address" },
};

static int explain_member(struct explaining *x, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct obstacle o = { .source = "audience" };
	int64_t status;
	int found;

	if (db_query(x->db, SQL_OBSTACLE_MEMBER,
		     SQL_ARGS(sql_text(x->email.hash)), &rows, err) < 0)
		return -1;
	found = rows_next(rows, err);
	if (found <= 0)
		return found;
	status = rows_int(rows, 0);
	if (status < 0 || status >= (int64_t)ARRAY_SIZE(members) ||
	    !members[status].kind)
		return 0;
	o.kind = members[status].kind;
	o.effect = members[status].effect;
	o.at_ms = rows_int(rows, 1);
	write_one(x, &o);
	return 0;
}

int obstacles_explain(struct db *db, const char *address, struct arena *arena,
		      struct strbuf *out, struct err *err)
{
	struct json_writer w = JSON_WRITER(out);
	struct explaining x = { .db = db, .arena = arena, .w = &w };

	if (!address || email_parse(address, arena, &x.email, err) < 0)
		return err_field(err, "address", "not an address");
	json_begin_object(&w);
	json_key_begin_array(&w, "items");
	if (explain_holders(&x, err) < 0 || explain_kept(&x, err) < 0 ||
	    explain_erased(&x, err) < 0 || explain_held(&x, err) < 0 ||
	    explain_unclear(&x, err) < 0 || explain_member(&x, err) < 0)
		return -1;
	json_end_array(&w);
	json_end_object(&w);
	return 0;
}
