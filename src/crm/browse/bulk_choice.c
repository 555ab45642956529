#include "crm/browse/bulk_choice.h"

#include "base/cleanup.h"
#include "base/err.h"

void bulk_choice_release(struct bulk_choice *choice)
{
	vec_release(&choice->ids);
}

static int parse_ids(const json_t *list, struct ids *out, struct err *err)
{
	const json_t *item;
	size_t i;

	if (json_array_size(list) > BULK_IDS_MAX)
		return err_field(err, "ids", "must be at most %d",
				 BULK_IDS_MAX);
	json_array_foreach (list, i, item) {
		if (json_integer_value(item) <= 0)
			return err_field(err, "ids", "must be ids");
		vec_push(out, json_integer_value(item));
	}
	ids_sort(out);
	return 0;
}

int bulk_choice_parse(const json_t *body, struct bulk_choice *out,
		      const json_t **all, struct err *err)
{
	CLEANUP(bulk_choice_release)
	struct bulk_choice choice = { .expected = -1 };
	const json_t *ids = NULL;

	*all = NULL;
	if (json_get_int(body, "expected", &choice.expected, err) < 0 ||
	    json_get_array(body, "ids", &ids, err) < 0 ||
	    json_get_object(body, "all", all, err) < 0)
		return -1;
	if (choice.expected < 0)
		return err_field(err, "expected",
				 "must be given: how many you saw");
	if (ids && *all)
		return err_field(err, "ids", "give either ids or all");
	choice.by_ids = !*all;
	if (ids && parse_ids(ids, &choice.ids, err) < 0)
		return -1;
	*out = choice;
	choice.ids = (struct ids)VEC_INIT;
	return 0;
}

void bulk_choice_write(const struct bulk_choice *choice, bool with_ids,
		       struct json_writer *w)
{
	json_key_int(w, "expected", choice->expected);
	if (!with_ids || !choice->by_ids)
		return;
	json_key_begin_array(w, "ids");
	vec_each (&choice->ids, id)
		json_int(w, *id);
	json_end_array(w);
}

int bulk_choice_check_any(const struct bulk_choice *choice, struct err *err)
{
	return !choice->by_ids || choice->ids.n > 0
		       ? 0
		       : err_field(err, "ids", "nothing is chosen");
}

static int refuse_number(const struct bulk_choice *choice, int64_t n,
			 struct err *err)
{
	return err_set(err, ERR_CONFLICT,
		       "there are %lld now, and you saw %lld: look again; "
		       "nothing was done",
		       (long long)n, (long long)choice->expected);
}

int bulk_choice_check(const struct bulk_choice *choice, int64_t n,
		      struct err *err)
{
	return n <= choice->expected ? 0 : refuse_number(choice, n, err);
}

int bulk_choice_confirm(const struct bulk_choice *choice, bool takes_away,
			int64_t n, struct err *err)
{
	if (takes_away && !choice->by_ids && n != choice->expected)
		return refuse_number(choice, n, err);
	return bulk_choice_check(choice, n, err);
}
