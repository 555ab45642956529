#include "app/installation.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "crm/record.h"
#include "sql/record.h"

static int look_at_crm(const char *folder, struct installation *out,
		       struct err *err)
{
	CLEANUP(store_peek_end) struct db *db = NULL;

	if (store_peek(folder, STORE_CRM, &db, err) < 0 ||
	    forgotten_load(db, &out->crm, err) < 0 ||
	    record_count(db, ENTITY_PERSON, &out->people, err) < 0)
		return -1;
	return db_find_int(db, SQL_PERSON_NEWEST, SQL_NO_ARGS, &out->changed_ms,
			   err) < 0
		       ? -1
		       : 0;
}

static int look_at_audience(const char *folder, struct installation *out,
			    struct err *err)
{
	CLEANUP(store_peek_end) struct db *db = NULL;
	int found;

	if (store_peek(folder, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	found = suppression_key_load(db, &out->audience, err);
	out->has_audience_key = found > 0;
	return found < 0 ? -1 : 0;
}

int installation_look(const char *folder, struct installation *out,
		      struct err *err)
{
	*out = (struct installation){ .people = 0 };
	if (look_at_crm(folder, out, err) < 0)
		return -1;
	return look_at_audience(folder, out, err);
}

bool installation_is_same(const struct installation *a,
			  const struct installation *b)
{
	if (a->crm.any && b->crm.any &&
	    !crypto_equal(a->crm.key, b->crm.key, sizeof(a->crm.key)))
		return false;
	return !a->has_audience_key || !b->has_audience_key ||
	       crypto_equal(a->audience.key, b->audience.key,
			    sizeof(a->audience.key));
}

static const char *date(int64_t ms, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	time_format_iso(ms, &text);
	return arena_printf(arena, "%.10s %.5s", text.buf, text.buf + 11);
}

static const char *describe(const char *where, const struct installation *i,
			    struct arena *arena)
{
	return i->changed_ms == 0
		       ? arena_printf(arena, "%s %lld people", where,
				      (long long)i->people)
		       : arena_printf(arena,
				      "%s %lld people (the newest change is "
				      "of %s)",
				      where, (long long)i->people,
				      date(i->changed_ms, arena));
}

static int refuse(const char *why, const struct installation *here,
		  const struct installation *backup, int64_t made_ms,
		  struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();

	return err_set(err, ERR_CONFLICT,
		       "%s: %s, %s%s%s; if it is meant, say --other-data", why,
		       describe("here are", here, arena),
		       describe("in the backup are", backup, arena),
		       made_ms ? ", made " : "",
		       made_ms ? date(made_ms, arena) : "");
}

int installation_check(const struct installation *here,
		       const struct installation *backup, int64_t made_ms,
		       struct err *err)
{
	if (!installation_is_same(here, backup))
		return refuse("the backup is of another installation, its "
			      "keys are others",
			      here, backup, made_ms, err);
	if (backup->people == 0 && here->people > 0)
		return refuse("the backup is empty", here, backup, made_ms,
			      err);
	return 0;
}
