#include "sets/set_whom.h"

#include "base/strbuf.h"
#include "store/db.h"
#include "store/sqlbuild.h"

struct set_whom set_whom_of(const struct set_part *part, struct strbuf *keys)
{
	struct set_whom whom = { .from = part->from, .to = part->to };

	if (part->among) {
		(void)sql_keys(part->among, keys);
		whom.among = keys->buf;
	}
	return whom;
}

void set_whom_add(const struct set_whom *whom, const char *id,
		  struct sqlbuild *b)
{
	if (whom->among) {
		sqlbuild_add(b, " AND ");
		sqlbuild_add(b, id);
		sqlbuild_among(b, whom->among);
	} else if (whom->to) {
		sqlbuild_add(b, " AND ");
		sqlbuild_add(b, id);
		sqlbuild_add(b, " >= ");
		sqlbuild_bind_int(b, whom->from);
		sqlbuild_add(b, " AND ");
		sqlbuild_add(b, id);
		sqlbuild_add(b, " < ");
		sqlbuild_bind_int(b, whom->to);
	}
}
