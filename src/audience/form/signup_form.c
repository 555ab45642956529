#include "audience/form/signup_form.h"

#include "audience/list.h"
#include "audience/must_exist.h"
#include "base/arena.h"
#include "base/err.h"
#include "sql/list.h"
#include "sql/signup_form.h"
#include "store/db.h"

#include <string.h>

#define TEXT_MAX 20000 /* bytes of a text of the form */
#define CONSENT_MAX 4000
#define VALUE_MAX 200  /* of a property or its value */
#define OPTIONS_MAX 50 /* of a selector */

static const char *const aligns[] = { "none", "left", "center", "right", NULL };
static const char *const borders[] = { "none",   "solid",  "dotted", "dashed",
				       "double", "groove", "outset", "inset",
				       "ridge",  NULL };
static const char *const targets[] = { "null", "_blank", NULL };
static const char *const sections[] = { "signup_message", "unsub_message",
					"signup_thank_you_title", NULL };
static const char *const selectors[] = {
	"page_background",       "page_header",           "page_outer_wrapper",
	"body_background",       "body_link_style",       "forms_buttons",
	"forms_buttons_hovered", "forms_field_label",     "forms_field_text",
	"forms_required",        "forms_required_legend", "forms_help_text",
	"forms_errors",          "monkey_rewards_badge",  NULL,
};

/* What the header has. words: one of these, the first if nothing is said. */
static const struct header_item {
	const char *name;
	size_t max;
	const char *scheme; /* it is an address, or empty */
	const char *const *words;
} header_items[] = {
	{ "image_url", 2000, "http", NULL }, /* of ours, which may be http */
	{ "text", TEXT_MAX, NULL, NULL },
	{ "image_width", 20, NULL, NULL },
	{ "image_height", 20, NULL, NULL },
	{ "image_alt", 500, NULL, NULL },
	{ "image_link", 2000, "http", NULL },
	{ "image_align", 20, NULL, aligns },
	{ "image_border_width", 20, NULL, NULL },
	{ "image_border_style", 20, NULL, borders },
	{ "image_border_color", 40, NULL, NULL },
	{ "image_target", 20, NULL, targets },
};

static bool is_among(const char *const *words, const char *text)
{
	for (; *words; words++)
		if (strcmp(*words, text) == 0)
			return true;
	return false;
}

/* --- reading --- */

static void read_row(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct signup_form *)out = (struct signup_form){
		.header = rows_dup(rows, 0, arena),
		.contents = rows_dup(rows, 1, arena),
		.styles = rows_dup(rows, 2, arena),
		.consent = rows_dup(rows, 3, arena),
	};
}

static const char *usual_header(struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&out);

	json_begin_object(&w);
	for (size_t i = 0; i < ARRAY_SIZE(header_items); i++)
		json_key_text(&w, header_items[i].name,
			      header_items[i].words ? header_items[i].words[0]
						    : "");
	json_end_object(&w);
	return arena_str(arena, strbuf_str(&out));
}

int signup_form_get(struct db *db, int64_t list_id, struct arena *arena,
		    struct signup_form *out, struct err *err)
{
	int found = db_get(db, SQL_SIGNUP_FORM_FIND, SQL_ARGS(sql_int(list_id)),
			   read_row, arena, out, err);

	if (found == 0)
		*out = (struct signup_form){ .header = usual_header(arena),
					     .contents = "[]",
					     .styles = "[]" };
	return found < 0 ? -1 : 0;
}

/* Of an array, the item in which `key` is that text; NULL if there is none. */
static const json_t *item_of(const json_t *items, const char *key,
			     const char *text)
{
	const json_t *item;
	size_t i;

	json_array_foreach (items, i, item) {
		const char *has = json_string_value(json_object_get(item, key));

		if (has && strcmp(has, text) == 0)
			return item;
	}
	return NULL;
}

const char *signup_form_text(const struct signup_form *form,
			     const char *section, struct arena *arena)
{
	CLEANUP(json_free) json_t *tree = NULL;
	struct err ignored = ERR_INIT; /* our own column */
	const char *text = NULL;

	if (json_parse(str_of(form->contents), &tree, &ignored) == 0)
		text = json_string_value(json_object_get(
			item_of(tree, "section", section), "value"));
	return text ? arena_strdup(arena, text) : "";
}

const char *signup_form_header(const struct signup_form *form, const char *name,
			       struct arena *arena)
{
	CLEANUP(json_free) json_t *tree = NULL;
	struct err ignored = ERR_INIT; /* our own column */
	const char *text = NULL;

	if (json_parse(str_of(form->header), &tree, &ignored) == 0)
		text = json_string_value(json_object_get(tree, name));
	return text ? arena_strdup(arena, text) : "";
}

const char *signup_form_style(const struct signup_form *form,
			      const char *selector, const char *property,
			      struct arena *arena)
{
	CLEANUP(json_free) json_t *tree = NULL;
	struct err ignored = ERR_INIT; /* our own column */
	const char *text = NULL;
	const json_t *options;

	if (json_parse(str_of(form->styles), &tree, &ignored) == 0) {
		options = json_object_get(item_of(tree, "selector", selector),
					  "options");
		text = json_string_value(json_object_get(
			item_of(options, "property", property), "value"));
	}
	return text ? arena_strdup(arena, text) : "";
}

/* --- changes --- */

static int check_header(const struct header_item *item, const char *text,
			struct err *err)
{
	char field[40];

	(void)snprintf(field, sizeof(field), "header.%s", item->name);
	if (strlen(text) > item->max)
		return err_field(err, field, "may have at most %zu bytes",
				 item->max);
	if (item->scheme && *text &&
	    strncmp(text, item->scheme, strlen(item->scheme)) != 0)
		return err_field(err, field, "must begin with %s",
				 item->scheme);
	if (item->words && !is_among(item->words, text))
		return err_field(err, field, "is no such word");
	return 0;
}

static int lay_header(const json_t *body, struct arena *arena,
		      struct signup_form *form, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	CLEANUP(json_free) json_t *old = NULL;
	struct json_writer w = JSON_WRITER(&out);
	const json_t *given = NULL;

	if (json_get_object(body, "header", &given, err) < 0 ||
	    json_parse(str_of(form->header), &old, err) < 0)
		return -1;
	json_begin_object(&w);
	for (size_t i = 0; i < ARRAY_SIZE(header_items); i++) {
		const struct header_item *item = &header_items[i];
		const char *text = "";

		if (json_get_text(old, item->name, &text, err) < 0 ||
		    json_get_text(given, item->name, &text, err) < 0 ||
		    check_header(item, text, err) < 0)
			return -1;
		json_key_text(&w, item->name, text);
	}
	json_end_object(&w);
	form->header = arena_str(arena, strbuf_str(&out));
	return 0;
}

static int check_content(const json_t *item, struct err *err)
{
	const char *value = NULL;

	if (json_get_text(item, "value", &value, err) < 0)
		return -1;
	return value && strlen(value) > TEXT_MAX
		       ? err_field(err, "contents",
				   "a text may have at most "
				   "%d bytes",
				   TEXT_MAX)
		       : 0;
}

static int check_style(const json_t *item, struct err *err)
{
	const json_t *options = NULL, *option;
	size_t i;

	if (json_get_array(item, "options", &options, err) < 0)
		return -1;
	if (json_array_size(options) > OPTIONS_MAX)
		return err_field(err, "styles", "at most %d options a selector",
				 OPTIONS_MAX);
	json_array_foreach (options, i, option) {
		const char *property = NULL, *value = "";

		if (!json_is_object(option))
			return err_field(err, "styles",
					 "has an option that is "
					 "no object");
		if (json_get_text(option, "property", &property, err) < 0 ||
		    json_get_text(option, "value", &value, err) < 0)
			return -1;
		if (!property || !*property || strlen(property) > VALUE_MAX ||
		    strlen(value) > VALUE_MAX)
			return err_field(err, "styles",
					 "needs a property, and has at most %d "
					 "bytes of it and of its value",
					 VALUE_MAX);
	}
	return 0;
}

/* One of the arrays of the form, whose items have a name. */
struct part {
	const char *field, *key;
	const char *const *names;
	int (*check)(const json_t *item, struct err *err);
};
static const struct part contents_part = { "contents", "section", sections,
					   check_content };
static const struct part styles_part = { "styles", "selector", selectors,
					 check_style };

static int check_items(const struct part *part, const json_t *given,
		       struct err *err)
{
	const json_t *item;
	size_t i;

	json_array_foreach (given, i, item) {
		const char *name = NULL;

		if (!json_is_object(item))
			return err_field(err, part->field,
					 "has an item that is no object");
		if (json_get_text(item, part->key, &name, err) < 0)
			return -1;
		if (!name || !is_among(part->names, name))
			return err_field(err, part->field, "has an unknown %s",
					 part->key);
		if (part->check(item, err) < 0)
			return -1;
	}
	return 0;
}

static void write_content(const json_t *item, struct json_writer *w)
{
	const char *value = json_string_value(json_object_get(item, "value"));

	json_key_text(w, "value", value ? value : "");
}

static void write_style(const json_t *item, struct json_writer *w)
{
	const json_t *option;
	size_t i;

	json_key_begin_array(w, "options");
	json_array_foreach (json_object_get(item, "options"), i, option) {
		const char *value =
			json_string_value(json_object_get(option, "value"));

		json_begin_object(w);
		json_key_text(
			w, "property",
			json_string_value(json_object_get(option, "property")));
		json_key_text(w, "value", value ? value : "");
		json_end_object(w);
	}
	json_end_array(w);
}

/* In the order of the names; those given replace those there are. */
static int lay_items(const struct part *part, const json_t *body,
		     struct arena *arena, const char **column, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	CLEANUP(json_free) json_t *old = NULL;
	struct json_writer w = JSON_WRITER(&out);
	const json_t *given = NULL;

	if (json_get_array(body, part->field, &given, err) < 0 ||
	    check_items(part, given, err) < 0 ||
	    json_parse(str_of(*column), &old, err) < 0)
		return -1;
	json_begin_array(&w);
	for (size_t i = 0; part->names[i]; i++) {
		const json_t *item = item_of(given, part->key, part->names[i]);

		if (!item)
			item = item_of(old, part->key, part->names[i]);
		if (!item)
			continue;
		json_begin_object(&w);
		json_key_text(&w, part->key, part->names[i]);
		(part == &styles_part ? write_style : write_content)(item, &w);
		json_end_object(&w);
	}
	json_end_array(&w);
	*column = arena_str(arena, strbuf_str(&out));
	return 0;
}

static int lock(struct tx *tx, const struct list *list, struct err *err)
{
	int64_t id;

	return must_exist(db_find_int(tx->db, SQL_LIST_LOCK,
				      SQL_ARGS(sql_text(list->hex)), &id, err),
			  err);
}

int signup_form_check_consent(const char *consent, struct err *err)
{
	return consent && strlen(consent) > CONSENT_MAX
		       ? err_field(err, "consent", "may have at most %d bytes",
				   CONSENT_MAX)
		       : 0;
}

int signup_form_lay(const json_t *body, struct arena *arena,
		    struct signup_form *form, struct err *err)
{
	if (lay_header(body, arena, form, err) < 0 ||
	    lay_items(&contents_part, body, arena, &form->contents, err) < 0)
		return -1;
	return lay_items(&styles_part, body, arena, &form->styles, err);
}

int signup_form_put_consent(struct tx *tx, const struct list *list,
			    const char *consent, struct arena *arena,
			    struct err *err)
{
	struct signup_form form;

	if (signup_form_check_consent(consent, err) < 0 ||
	    lock(tx, list, err) < 0 ||
	    signup_form_get(tx->db, list->id, arena, &form, err) < 0)
		return -1;
	return db_exec(tx, SQL_SIGNUP_FORM_PUT_CONSENT,
		       SQL_ARGS(sql_int(list->id), sql_text(form.header),
				sql_text(form.contents), sql_text(form.styles),
				sql_text(consent)),
		       err) < 0
		       ? -1
		       : 0;
}

int signup_form_put(struct tx *tx, const struct list *list, const json_t *body,
		    struct arena *arena, struct signup_form *out,
		    struct err *err)
{
	if (lock(tx, list, err) < 0 ||
	    signup_form_get(tx->db, list->id, arena, out, err) < 0 ||
	    signup_form_lay(body, arena, out, err) < 0)
		return -1;
	return db_exec(tx, SQL_SIGNUP_FORM_PUT,
		       SQL_ARGS(sql_int(list->id), sql_text(out->header),
				sql_text(out->contents), sql_text(out->styles)),
		       err) < 0
		       ? -1
		       : 0;
}

const char *signup_form_url(const char *public_url, const char *account,
			    const char *list_hex, struct arena *arena)
{
	return arena_printf(arena, "%s/subscribe?u=%s&id=%s", public_url,
			    account, list_hex);
}

int signup_form_remove(struct tx *tx, int64_t list_id, struct err *err)
{
	return db_exec(tx, SQL_SIGNUP_FORM_REMOVE, SQL_ARGS(sql_int(list_id)),
		       err) < 0
		       ? -1
		       : 0;
}
