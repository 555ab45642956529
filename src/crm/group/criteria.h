/*
 * crm/group/criteria.h - the conditions of a group: from JSON to a tree
 *
 *     {"match": "all" | "any", "conditions": [
 *         {"field": "city", "op": "is", "value": "Bern"},
 *         {"field": "response", "op": "not_opened", "campaign_id": 7},
 *         {"match": "any", "conditions": [...]}]}
 *
 * Texts are compared without regard to case (by Unicode's lower case; names,
 * tags and addresses by their folded form), blank and missing are the same,
 * and every condition is true or false, never unknown: `not` of a missing
 * field is true. `"conditions": []` is everybody; criteria or conditions that
 * are left out are a mistake.
 *
 * A date as the value of a time means that whole day (UTC): `is` within it,
 * `greater` after its end, `less` before its start. Dates and times may be said
 * relative to the moment when the tree is parsed, so that dynamic groups move
 * with the calendar: "-7 days", "+2 weeks" (minutes, hours, days, weeks,
 * months, years), "today".
 *
 * `in_last` "7 days" is a time or date between then and now. `within` "14 days"
 * is a date whose day of the year, such as a birthday, comes today or within so
 * many days; 29 February comes on the 28th in years that lack it.
 *
 * Responses look at what a record's people did with a campaign (all campaigns
 * without campaign_id): `opened` means that at least one was opened,
 * `not_opened` that at least one was sent and none was opened. Machines count
 * only with "machines": true.
 *
 * crm/group/criteria_sql.h turns a tree into SQL. A tree lives in its arena, is
 * never changed, and may be used by any thread.
 */
#ifndef CRM_CRITERIA_H
#define CRM_CRITERIA_H

#include "crm/entity.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct db;
struct err;
struct field;
struct ids;

#define CRITERIA_DEPTH_MAX 8
#define CRITERIA_CONDITIONS_MAX 100
/* Of groups that refer to groups: so many in a row, and all their conditions.
 */
#define CRITERIA_CHAIN_MAX 4
#define CRITERIA_ALL_MAX 1000
#define CRITERIA_VALUE_MAX 1000 /* bytes */

enum criteria_op {
	CRITERIA_IS,
	CRITERIA_NOT,
	CRITERIA_CONTAINS,
	CRITERIA_NOTCONTAIN,
	CRITERIA_STARTS,
	CRITERIA_ENDS,
	CRITERIA_GREATER,
	CRITERIA_LESS,
	CRITERIA_BLANK,
	CRITERIA_BLANK_NOT,
	CRITERIA_IN_LAST,
	CRITERIA_WITHIN,
};

enum criteria_type {
	CRITERIA_TEXT,   /* compared through lower case */
	CRITERIA_FOLDED, /* the column is folded already */
	CRITERIA_BOOL,
	CRITERIA_TIME, /* milliseconds */
	CRITERIA_INT,
	CRITERIA_EMAIL,       /* any current address of the record */
	CRITERIA_TAG,         /* any tag of the record */
	CRITERIA_CUSTOM_TEXT, /* custom fields: a key of a JSON column */
	CRITERIA_CUSTOM_NUMBER,
	CRITERIA_CUSTOM_BOOL,
	CRITERIA_RESPONSE,
	CRITERIA_GROUP,       /* in another group */
	CRITERIA_MAIL_STATUS, /* crm/consent/mail_status.h */
};

/* Which records of a group; all but the members, of a static one only. */
enum criteria_part {
	CRITERIA_MEMBERS,
	CRITERIA_PUT_IN,    /* by hand */
	CRITERIA_FITTED,    /* members by the criteria */
	CRITERIA_TAKEN_OUT, /* by hand */
};

enum criteria_response {
	RESPONSE_SENT,
	RESPONSE_OPENED,
	RESPONSE_CLICKED,
	RESPONSE_BOUNCED,
	RESPONSE_UNSUBSCRIBED,
	RESPONSE_COMPLAINED,
	RESPONSE_REPLIED,
};

/* A branch (n children, or none: true) or a condition. */
struct criterion {
	bool is_condition;

	bool any; /* of a branch: one child is enough */
	struct criterion *children;
	size_t n;

	const char *field; /* as given */
	enum criteria_type type;
	enum criteria_op op;
	bool is_date;       /* text is YYYY-MM-DD */
	bool of_company;    /* column of the person's company */
	const char *column; /* in the table, or the key of a custom field */
	const char *text;   /* value in the form that it is compared in */
	const char *until;  /* dates, in_last and within: from text to this;
			       for within MM-DD, and before text if the span
			       goes beyond the end of the year */
	const char *hash;   /* addresses, `is` and `not`: md5 of text */
	int64_t from_ms, until_ms; /* times: the value's span */
	int64_t number; /* integers; booleans: 0, 1; of a group, of a status */
	double real;    /* custom numbers */

	enum criteria_response response;
	bool negated; /* not_opened ... */
	bool machines;
	int64_t campaign_id; /* 0: any */
	const char *url;     /* clicked only; NULL: any */

	enum criteria_part part;         /* of a group */
	const struct criterion *members; /* of a dynamic one: the branch that
					    its members fit */
};

struct criteria {
	enum entity entity;
	struct criterion root; /* a branch */
};

/* How a field of crm/field.h is compared, and a custom one by its type. */
enum criteria_type criteria_type_of(const struct field *field);
enum criteria_type criteria_type_of_custom(const char *type);
/* The names of the ops that fit, in the arena; ends with NULL. */
const char *const *criteria_ops(enum criteria_type type, bool is_date,
				struct arena *arena);

/*
 * Parse what a user gives, as of now_ms. Custom fields are looked up in db. The
 * tree keeps nothing of json.
 *
 * ERR_INVALID names the place, which begins with root:
 * "criteria.conditions[2].op". So it does for a
 * member that nobody knows, for a campaign, company or import that there is
 * not, and for conditions that are left out (json NULL, too): a misspelt
 * `condition` is not everybody.
 */
int criteria_parse(struct db *db, enum entity entity, const char *root,
		   const json_t *json, int64_t now_ms, struct arena *arena,
		   struct criteria **out, struct err *err);

/* The group that criteria are of; id 0: a new one. */
struct criteria_owner {
	int64_t id;
	const char *name;
};
/* The same of a group: ERR_CONFLICT if it would refer to itself, also through
 * others, which are named. */
int criteria_parse_of(struct db *db, enum entity entity,
		      const struct criteria_owner *group, const json_t *json,
		      int64_t now_ms, struct arena *arena,
		      struct criteria **out, struct err *err);
/* The same of text, as stored, which is read as by criteria_parse_text. */
int criteria_check(struct db *db, enum entity entity,
		   const struct criteria_owner *group, const char *text,
		   int64_t now_ms, struct arena *arena, struct err *err);
/* The groups that it refers to itself, appended. */
void criteria_references(const struct criteria *c, struct ids *out);

/* The same from text, as stored; NULL means everybody. Unknown members and
 * missing conditions were taken once: they are passed over, and everybody. So
 * are references to what has gone meanwhile. */
int criteria_parse_text(struct db *db, enum entity entity, const char *text,
			int64_t now_ms, struct arena *arena,
			struct criteria **out, struct err *err);

/*
 * Only those of them who are in that part of the group: c->root becomes a
 * branch of that and of what it was. ERR_NOT_FOUND; ERR_INVALID with field
 * `group_id`: a group of other records; ERR_CONFLICT: a part that dynamic
 * groups do not have.
 */
int criteria_within(struct db *db, struct criteria *c, int64_t group_id,
		    enum criteria_part part, int64_t now_ms,
		    struct arena *arena, struct err *err);

#endif
