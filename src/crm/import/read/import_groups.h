/*
 * crm/import/read/import_groups.h - rows of a file that may be about the same
 * record come together, however far apart they stand
 *
 * Private to crm/import*.c. Two rows with one address (or, where there is
 * none, one name) must be matched knowing of each other, and what the first
 * says and the second takes back must not be written at all, or a second import
 * of the same file would change every such record to and fro. So the file is
 * read once to count, and rows that are not alone wait until the last of their
 * group was read. What waits is bounded: beyond, groups are handed out in
 * parts, which costs such writes and nothing else. It only depends on the rows
 * read so far, so that a resumed import does the same.
 */
#ifndef CRM_IMPORT_READ_GROUPS_H
#define CRM_IMPORT_READ_GROUPS_H

#include "crm/import/read/import_row.h"

#define IMPORT_GROUP_MOST 1000    /* rows of a group at once */
#define IMPORT_WAITING_MOST 50000 /* rows of all groups */

struct import_groups;
struct import_groups *import_groups_new(void);
void import_groups_free(struct import_groups **groups);

/* The first reading: once for each row that has a group. */
void import_groups_count(struct import_groups *groups, uint64_t group);

/* The second: must a row of that group wait? Then its strings must live in the
 * arena of the groups. */
bool import_groups_has(const struct import_groups *groups, uint64_t group);
struct arena *import_groups_arena(struct import_groups *groups);

/* Let a row wait; rows that need not wait any longer are appended to out, one
 * group after the other, each in the order of the file; but where a group names
 * several (by keys or first names), rows that do not say which of them they are
 * about come last: else they would find others the next time. */
void import_groups_put(struct import_groups *groups,
		       const struct import_row *row, struct import_rows *out);

/* Frees the arena if nobody waits. No row handed out may be in use. */
void import_groups_tidy(struct import_groups *groups);

#endif
