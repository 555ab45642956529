/*
 * crm/tag.h - words that users put on records
 *
 * A tag is known by its folded name; it is made when a record first gets it.
 * (Tags of the audience are another thing: there a tag is a static segment.)
 */
#ifndef CRM_TAG_H
#define CRM_TAG_H

#include "crm/actor.h"
#include "crm/record.h"

#define TAG_NAME_MAX 100 /* bytes */
#define TAGS_MOST 100    /* of one record */

struct tag {
	int64_t id;
	const char *name;
	int64_t records; /* that carry it */
};
struct tags VEC_FIELDS(struct tag);

/* All, by name; appended, strings live in arena. */
int tag_list(struct db *db, struct arena *arena, struct tags *out,
	     struct err *err);
/* Trimmed and folded, in arena. ERR_INVALID with field `name`. */
int tag_check_name(const char *name, struct arena *arena, const char **name_out,
		   const char **folded_out, struct err *err);
/* Finds or makes the tag of that name, whatever its case. ERR_INVALID with
 * field `name`. */
int tag_put(struct tx *tx, const char *name, struct arena *arena,
	    int64_t *id_out, struct err *err);
/* ERR_CONFLICT: another one has that name. ERR_NOT_FOUND. */
int tag_rename(struct tx *tx, int64_t id, const char *name, struct arena *arena,
	       struct err *err);
/* Takes it off every record. ERR_NOT_FOUND. */
int tag_remove(struct tx *tx, int64_t id, const struct actor *actor,
	       struct err *err);

/* Fills tags of all records, which are of one kind. */
int records_add_tags(struct db *db, struct records *records,
		     struct arena *arena, struct err *err);
/* Exactly these tags. ERR_INVALID with field `tags`. */
int record_put_tags(struct tx *tx, enum entity entity, int64_t record_id,
		    const char *const *names, size_t n, struct arena *arena,
		    struct err *err);
/* One tag on all of these records, or off them. ERR_INVALID with field `name`.
 */
int records_tag(struct tx *tx, enum entity entity, const struct ids *ids,
		const char *name, struct arena *arena, struct err *err);
int records_untag(struct tx *tx, enum entity entity, const struct ids *ids,
		  const char *name, struct arena *arena, struct err *err);

#endif
