/*
 * crm/consent/obstacle.h - what stands against mailing an address
 *
 * Opt-outs of who has the address, or had it before it was changed, their own
 * or their company's; opt-outs that were kept when nobody had it; erasures;
 * holds; and what its member in the audience says, as far as the bridge has
 * seen it.
 */
#ifndef CRM_OBSTACLE_H
#define CRM_OBSTACLE_H

struct arena;
struct db;
struct err;
struct strbuf;

/* All of an address, as one JSON object {"items"}: each with kind, source, date
 * and effect. Empty: nothing. ERR_INVALID with field `address`. */
int obstacles_explain(struct db *db, const char *address, struct arena *arena,
		      struct strbuf *out, struct err *err);

#endif
