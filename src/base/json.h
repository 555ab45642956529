/*
 * base/json.h - writing JSON as a stream; reading with jansson's trees
 *
 * The writer appends to a strbuf, puts the commas itself and escapes; text
 * that is not valid UTF-8 is written with U+FFFD. It keeps a depth of at most
 * 32. Misuse (a key outside an object) is a bug and aborts.
 *
 *     struct json_writer w = JSON_WRITER(&out);
 *     json_begin_object(&w);
 *     json_key_text(&w, "name", person->name);
 *     json_key_begin_array(&w, "emails");
 *     ...
 *     json_end_array(&w);
 *     json_end_object(&w);
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/strbuf.h"

#include <jansson.h>

struct arena;
struct err;

struct json_field;

#define JSON_DEPTH_MAX 31 /* a bit of has_items per level, and the top */

struct json_writer {
	struct strbuf *out;
	int depth;
	uint32_t has_items; /* a bit per level */
	uint32_t in_object;
	bool after_key;

	/* What is chosen: of each open container, and of the value after the
	 * key. NULL: all of it. */
	const struct json_field *chosen[JSON_DEPTH_MAX + 1];
	const struct json_field *next;
	int skipped;       /* open containers that are not written */
	size_t before_key; /* length of *out */
};

#define JSON_WRITER(buf)     \
	{                    \
		.out = (buf) \
	}

void json_begin_object(struct json_writer *w);
void json_end_object(struct json_writer *w);
void json_begin_array(struct json_writer *w);
void json_end_array(struct json_writer *w);
void json_key(struct json_writer *w, const char *key);

void json_text(struct json_writer *w, const char *s); /* NULL: null */
void json_str(struct json_writer *w, struct str s);
void json_int(struct json_writer *w, int64_t n);
void json_number(struct json_writer *w, double n); /* not finite: null */
void json_bool(struct json_writer *w, bool b);
void json_nothing(struct json_writer *w);                  /* null */
void json_time(struct json_writer *w, int64_t ms);         /* ISO; 0: "" */
void json_time_or_null(struct json_writer *w, int64_t ms); /* 0: null */
void json_raw(struct json_writer *w, struct str json);     /* trusted JSON */
void json_tree(struct json_writer *w, const json_t *tree);

/* key and value at once */
void json_key_text(struct json_writer *w, const char *key, const char *s);
void json_key_int(struct json_writer *w, const char *key, int64_t n);
/* null for 0 */
void json_key_id(struct json_writer *w, const char *key, int64_t id);
/* null for what was not counted: less than 0 */
void json_key_count(struct json_writer *w, const char *key, int64_t n);
void json_key_number(struct json_writer *w, const char *key, double n);
void json_key_bool(struct json_writer *w, const char *key, bool b);
void json_key_time(struct json_writer *w, const char *key, int64_t ms);
void json_key_time_or_null(struct json_writer *w, const char *key, int64_t ms);
void json_key_raw(struct json_writer *w, const char *key, struct str json);
/* trusted, as it is stored; NULL: null */
void json_key_stored(struct json_writer *w, const char *key, const char *json);
void json_key_begin_object(struct json_writer *w, const char *key);
void json_key_begin_array(struct json_writer *w, const char *key);

/* --- choosing what is written --- */

/*
 * By a comma list of dotted paths: `members.id,total_items` keeps these, or
 * all but these (excludes). A path goes through arrays, ends at a value with
 * all that is in it, and is ignored if it names nothing. Lives as long as the
 * arena.
 */
const struct json_field *json_fields(const char *paths, bool excludes,
				     struct arena *arena);
/* Before anything is written. The writer takes the same calls as without a
 * choice, and leaves out. */
void json_choose(struct json_writer *w, const struct json_field *fields);
/* Is anything at or below the path written, seen from the open object? To spare
 * what it costs to find it out. */
bool json_wants(const struct json_writer *w, const char *path);
/* Is that member of the open object chosen by its name? For those that are only
 * there if somebody asks for them. */
bool json_names(const struct json_writer *w, const char *name);
/* Is anything written of what comes next? */
bool json_wants_next(const struct json_writer *w);

/* --- reading --- */

void json_free(json_t **tree); /* CLEANUP(json_free) json_t *t = NULL; */

#define JSON_MARKS_MAX 500000 /* of a text: [ { , : outside of strings */

/* Strict: duplicate keys, bad UTF-8, NUL in text are refused; depth <= 64, and
 * no more than JSON_MARKS_MAX. ERR_INVALID with line and column. */
int json_parse(struct str text, json_t **out, struct err *err);

/*
 * Members of an object. All: 1 present, 0 absent or null (*out untouched),
 * -1 ERR_INVALID with err.field = key if of another type. Texts live as long
 * as the tree.
 */
int json_get_text(const json_t *o, const char *key, const char **out,
		  struct err *err);
int json_get_int(const json_t *o, const char *key, int64_t *out,
		 struct err *err);
int json_get_bool(const json_t *o, const char *key, bool *out, struct err *err);
int json_get_object(const json_t *o, const char *key, const json_t **out,
		    struct err *err);
int json_get_array(const json_t *o, const char *key, const json_t **out,
		   struct err *err);

/* Compact JSON text of a tree, appended. */
void json_dump(const json_t *tree, struct strbuf *out);

#endif
