#include "crm/browse/field_info.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "crm/browse/record_list.h"
#include "crm/consent/mail_status.h"
#include "crm/custom_field.h"
#include "crm/group/criteria.h"

#include <string.h>

/* What is being listed: of a company, names have a prefix. */
struct lister {
	struct db *db;
	struct arena *arena;
	enum entity entity;
	bool of_company; /* of people's companies */
	struct field_infos *out;
};

static void add(struct lister *l, struct field_info info)
{
	if (l->of_company) {
		info.name = arena_printf(l->arena, "company.%s", info.name);
		info.label = arena_printf(l->arena, "Company: %s", info.label);
		info.sortable = info.editable = false;
	}
	vec_push(l->out, info);
}

static const char *type_of(const struct field *f)
{
	static const char *const names[] = {
		[FIELD_TEXT] = "text",    [FIELD_DATE] = "date",
		[FIELD_ID] = "reference", [FIELD_BOOL] = "boolean",
		[FIELD_TIME] = "time",    [FIELD_ADDRESS] = "email",
	};

	if (strcmp(f->name, "id") == 0)
		return "number";
	return f->text == TEXT_STATUS ? "choice" : names[f->type];
}

/* The name of a company is compared folded, as are those of people. */
static enum criteria_type compared_as(const struct field *f)
{
	return f->text == TEXT_NAME ? CRITERIA_FOLDED : criteria_type_of(f);
}

static void add_field(struct lister *l, const struct field *f)
{
	add(l, (struct field_info){
		       .name = f->name,
		       .label = f->label,
		       .type = type_of(f),
		       .choices = f->text == TEXT_STATUS ? FIELD_LEAD_STATES
							 : NULL,
		       .ops = criteria_ops(compared_as(f),
					   f->type == FIELD_DATE, l->arena),
		       .sortable = record_list_sorts_by(f->name),
		       .editable = !f->read_only || f->type == FIELD_ADDRESS,
	       });
}

static void add_other(struct lister *l, const char *name, const char *label,
		      enum criteria_type type)
{
	bool is_tag = type == CRITERIA_TAG;

	add(l, (struct field_info){
		       .name = name,
		       .label = label,
		       .type = is_tag                      ? "tag"
			       : type == CRITERIA_RESPONSE ? "response"
			       : type == CRITERIA_GROUP    ? "reference"
							   : "text",
		       .ops = criteria_ops(type, false, l->arena),
		       .sortable = record_list_sorts_by(name),
		       .editable = is_tag,
	       });
}

static void add_mail_status(struct lister *l)
{
	add(l, (struct field_info){ .name = "mail_status",
				    .label = "Newsletter",
				    .type = "choice",
				    .choices = MAIL_STATUSES,
				    .ops = criteria_ops(CRITERIA_MAIL_STATUS,
							false, l->arena) });
}

static void add_company_name(struct lister *l)
{
	static const char *const none[] = { NULL };

	add(l, (struct field_info){ .name = "company_name",
				    .label = "Company",
				    .type = "text",
				    .ops = none });
}

static void add_fields(struct lister *l)
{
	if (l->entity != ENTITY_COMPANY) /* last and first, as one */
		add_other(l, "name", "Name", CRITERIA_FOLDED);
	for (const struct field *f = field_table; f->name; f++) {
		if (!field_is_of(f, l->entity))
			continue;
		add_field(l, f);
		if (strcmp(f->name, "company_id") == 0)
			add_company_name(l);
	}
}

static int add_customs(struct lister *l, struct err *err)
{
	CLEANUP(vec_release) struct custom_fields customs = VEC_INIT;

	if (custom_field_list(l->db, l->entity, l->arena, &customs, err) < 0)
		return -1;
	vec_each (&customs, c) {
		bool is_date = strcmp(c->type, "date") == 0;

		add(l,
		    (struct field_info){
			    .name = arena_printf(l->arena, "custom.%s", c->key),
			    .label = c->label,
			    .type = c->type,
			    .choices = c->choices,
			    .ops = criteria_ops(
				    criteria_type_of_custom(c->type), is_date,
				    l->arena),
			    .editable = true,
			    .custom = true,
		    });
	}
	return 0;
}

int field_info_list(struct db *db, enum entity entity, struct arena *arena,
		    struct field_infos *out, struct err *err)
{
	struct lister l = {
		.db = db, .arena = arena, .entity = entity, .out = out
	};

	add_fields(&l);
	if (entity != ENTITY_COMPANY)
		add_mail_status(&l);
	add_other(&l, "tag", "Tag", CRITERIA_TAG);
	add_other(&l, "group", "Group", CRITERIA_GROUP);
	add_other(&l, "response", "Response", CRITERIA_RESPONSE);
	if (add_customs(&l, err) < 0)
		return -1;
	if (entity != ENTITY_PERSON)
		return 0;
	l.entity = ENTITY_COMPANY;
	l.of_company = true;
	add_fields(&l);
	return add_customs(&l, err);
}

void field_info_format(const struct field_info *info, struct json_writer *w)
{
	json_begin_object(w);
	json_key_text(w, "name", info->name);
	json_key_text(w, "label", info->label);
	json_key_text(w, "type", info->type);
	json_key_raw(w, "choices",
		     info->choices ? str_of(info->choices) : STR("[]"));
	json_key_begin_array(w, "ops");
	for (const char *const *op = info->ops; *op; op++)
		json_text(w, *op);
	json_end_array(w);
	json_key_bool(w, "sortable", info->sortable);
	json_key_bool(w, "editable", info->editable);
	json_key_bool(w, "custom", info->custom);
	json_end_object(w);
}
