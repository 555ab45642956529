/* store/insert.h - on its way out: rows go by batch_add, see store/many.h */
#ifndef STORE_INSERT_H
#define STORE_INSERT_H

#include "store/db.h"

struct insert {
	struct batch *batch;
	const struct sql *sql;
};
#define INSERT_OF(open_batch, query)                   \
	{                                              \
		.batch = (open_batch), .sql = (query), \
	}

static inline void insert_release(struct insert *ins)
{
	(void)ins;
}

static inline int insert_add(struct insert *ins, struct sql_args args,
			     struct err *err)
{
	return batch_add(ins->batch, ins->sql, args, err);
}

static inline int insert_end(struct insert *ins, struct err *err)
{
	(void)ins;
	(void)err;
	return 0;
}

#endif
