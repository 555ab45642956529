/* See import_alike.h. */
#include "crm/import/import_alike.h"

#include "crm/field.h"

bool import_row_says_all(const struct import_row *other,
			 const struct import_row *row)
{
	for (enum text_field t = 0; t < TEXT_FIELDS; t++) {
		if (row->given.text[t] &&
		    !field_text_same(row->given.text[t], other->given.text[t]))
			return false;
	}
	for (size_t i = 0; i < row->tags_n; i++) {
		bool there = false;

		for (size_t k = 0; k < other->tags_n; k++)
			there = there ||
				field_text_same(row->tags[i], other->tags[k]);
		if (!there)
			return false;
	}
	for (size_t i = 0; i < row->values_n; i++) {
		bool there = false;

		for (size_t k = 0; k < other->values_n; k++)
			there = there ||
				(row->values[i].custom ==
					 other->values[k].custom &&
				 field_text_same(row->values[i].json,
						 other->values[k].json));
		if (!there)
			return false;
	}
	return !row->opted_out || other->opted_out;
}

bool import_row_contradicts(const struct import_row *row,
			    const struct record *r)
{
	for (enum text_field f = 0; f < TEXT_FIELDS; f++) {
		if (f != TEXT_FIRST_NAME && f != TEXT_LAST_NAME &&
		    row->given.text[f] && r->text[f] &&
		    !field_text_same(row->given.text[f], r->text[f]))
			return true;
	}
	return false;
}

bool import_row_differs(const struct import_row *a, const struct import_row *b)
{
	if (import_row_contradicts(a, &b->given))
		return true;
	for (size_t i = 0; i < a->values_n; i++)
		for (size_t k = 0; k < b->values_n; k++)
			if (a->values[i].custom == b->values[k].custom &&
			    !field_text_same(a->values[i].json,
					     b->values[k].json))
				return true;
	return false;
}
