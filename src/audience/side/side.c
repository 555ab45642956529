#include "audience/side/side.h"

#include "base/arena.h"
#include "base/err.h"
#include "sql/agreement.h"
#include "sql/member_word.h"
#include "sql/side.h"
#include "sql/unsubscriber.h"
#include "store/db.h"

static void read_interest(const struct rows *rows, struct arena *arena,
			  void *out)
{
	(void)arena; /* no texts */
	*(struct member_interest *)out = (struct member_interest){
		.member_id = rows_int(rows, 0),
		.interest_id = rows_int(rows, 1),
	};
}

int member_interests_list(struct db *db, struct sql_value ids,
			  struct member_interests *out, struct err *err)
{
	return db_list(db, SQL_SIDE_INTERESTS, SQL_ARGS(ids), read_interest,
		       NULL, out, err);
}

static void read_place(const struct rows *rows, struct arena *arena, void *out)
{
	(void)arena; /* no texts */
	*(struct member_place *)out = (struct member_place){
		.member_id = rows_int(rows, 0),
		.latitude = rows_int(rows, 1),
		.longitude = rows_int(rows, 2),
	};
}

int member_places_list(struct db *db, struct sql_value ids,
		       struct member_places *out, struct err *err)
{
	return db_list(db, SQL_SIDE_PLACES, SQL_ARGS(ids), read_place, NULL,
		       out, err);
}

static int run_all(struct tx *tx, const struct sql *const *queries, size_t n,
		   struct sql_value of, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (db_exec(tx, queries[i], SQL_ARGS(of), err) < 0)
			return -1;
	return 0;
}

int member_sides_drop(struct tx *tx, struct sql_value ids, struct err *err)
{
	static const struct sql *const queries[] = {
		SQL_SIDE_DROP_INTERESTS,       SQL_SIDE_DROP_PLACES,
		SQL_SIDE_DROP_NOTES,           SQL_SIDE_DROP_EVENTS,
		SQL_MEMBER_WORD_REMOVE,        SQL_SIDE_DROP_SIGNUPS,
		SQL_SIDE_DROP_ADDRESS_CHANGES, SQL_SIDE_DROP_ADDRESSES_LEFT,
		SQL_SIDE_DROP_CLIENTS,         SQL_SIDE_DROP_PERMISSIONS_SAID,
		SQL_UNSUBSCRIBER_DROP,         SQL_AGREEMENT_DROP,
	};

	return run_all(tx, queries, ARRAY_SIZE(queries), ids, err);
}

int member_sides_drop_list(struct tx *tx, int64_t list_id, struct err *err)
{
	static const struct sql *const queries[] = {
		SQL_SIDE_LIST_DROP_PLACES,
		SQL_SIDE_LIST_DROP_NOTES,
		SQL_SIDE_LIST_DROP_EVENTS,
		SQL_SIDE_LIST_DROP_SIGNUPS,
		SQL_SIDE_LIST_DROP_ADDRESS_CHANGES,
		SQL_SIDE_LIST_DROP_ADDRESSES_LEFT,
		SQL_SIDE_LIST_DROP_CLIENTS,
		SQL_UNSUBSCRIBER_DROP_LIST,
		SQL_AGREEMENT_DROP_LIST,
	};

	return run_all(tx, queries, ARRAY_SIZE(queries), sql_int(list_id), err);
}
