/*
 * Conditions of what is little known here, or not at all: automations,
 * predictions, places. Called by segment_parse.c; any thread.
 */
#include "audience/condition/condition_reader.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/text/country.h"

#include <math.h>
#include <string.h>

#define MILES_OF_DEGREE 69.0934 /* of latitude */
#define MILES_MAX 12500.0       /* half way around */

const char *condition_foreign_type(const char *type, const char *field)
{
	static const struct {
		const char *type, *field;
	} foreign[] = {
		{ "CampaignPoll", "poll" },
		{ "Conversation", "conversation" },
		{ "SurveyMonkey", "survey_monkey" },
		{ "EcommCategory", "ecomm_cat" },
		{ "EcommCategory", "ecomm_prod" },
		{ "EcommNumber", "ecomm_spent_avg" },
		{ "EcommNumber", "ecomm_orders" },
		{ "EcommNumber", "ecomm_prod_all" },
		{ "EcommNumber", "ecomm_avg_ord" },
		{ "EcommPurchased", "ecomm_purchased" },
		{ "EcommSpent", "ecomm_spent_one" },
		{ "EcommSpent", "ecomm_spent_all" },
		{ "EcommStore", "ecomm_store" },
		{ "GoalActivity", "goal" },
		{ "GoalTimestamp", "goal_last_visited" },
		{ "SocialAge", "social_age" },
		{ "SocialGender", "social_gender" },
		{ "SocialInfluence", "social_influence" },
		{ "SocialNetworkMember", "social_network" },
		{ "SocialNetworkFollow", "social_network" },
		{ "PredictedGender", "predicted_gender" },
		{ "PredictedAge", "predicted_age_range" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(foreign); i++)
		if (strcmp(foreign[i].type, type) == 0 ||
		    (!*type && strcmp(foreign[i].field, field) == 0))
			return foreign[i].type;
	return NULL;
}

/* Nobody started any. */
int condition_take_automation(struct condition_reader *r)
{
	static const struct condition_op ops[] = {
		{ "started", TEST_IS, false },
		{ "completed", TEST_IS, false },
		{ "not_started", TEST_IS, true },
		{ "not_completed", TEST_IS, true },
		CONDITION_OP_END
	};
	const char *unused;

	r->out->kind = CONDITION_NEVER;
	return condition_take_op(r, ops) < 0 ? -1
					     : condition_need_text(r, &unused);
}

int condition_take_fuzzy(struct condition_reader *r)
{
	static const struct condition_op ops[] = {
		{ "fuzzy_is", TEST_IS, false },
		{ "fuzzy_not", TEST_IS, true },
		CONDITION_OP_END
	};

	if (condition_take_op(r, ops) < 0)
		return -1;
	return condition_wrong(r, "value",
			       "is no predicted segment: there are "
			       "none here");
}

/* --- places --- */

static int take_circle(struct condition_reader *r)
{
	struct place *place = &r->out->place;
	double miles;

	if (condition_need_number(r, "value", &miles) < 0 ||
	    condition_need_number(r, "lat", &place->latitude) < 0 ||
	    condition_need_number(r, "lng", &place->longitude) < 0)
		return -1;
	if (!(miles > 0 && miles <= MILES_MAX))
		return condition_wrong(r, "value",
				       "should be a number of miles");
	if (!(fabs(place->latitude) <= 90))
		return condition_wrong(r, "lat",
				       "should be a number from -90 to 90");
	if (!(fabs(place->longitude) <= 180))
		return condition_wrong(r, "lng",
				       "should be a number from -180 to 180");
	place->narrowing = cos(place->latitude * acos(-1) / 180);
	place->radius = miles / MILES_OF_DEGREE;
	return 0;
}

/* A code, or a name. Of what is no country is nobody. */
static int take_country(struct condition_reader *r)
{
	const char *text, *code;

	if (condition_need_text(r, &text) < 0)
		return -1;
	code = country_parse(str_of(text));
	r->out->test = TEST_IS;
	r->out->text = "-";
	if (code)
		r->out->text = arena_printf(r->arena, "%c%c", code[0] | 0x20,
					    code[1] | 0x20);
	return 0;
}

/* Places are as members gave them: in degrees. Of what state or zip one is
 * nobody knows. */
int condition_take_place(struct condition_reader *r)
{
	static const struct {
		const char *op, *type;
		enum condition_kind kind;
		bool negated;
	} ops[] = {
		{ "ipgeounknown", "IPGeoUnknown", CONDITION_PLACE, true },
		{ "ipgeoin", "IPGeoIn", CONDITION_PLACE, false },
		{ "ipgeonotin", "IPGeoIn", CONDITION_PLACE, true },
		{ "ipgeoinzip", "IPGeoInZip", CONDITION_NEVER, false },
		{ "ipgeoiszip", "IPGeoZip", CONDITION_NEVER, false },
		{ "ipgeonotzip", "IPGeoZip", CONDITION_NEVER, true },
		{ "ipgeocountry", "IPGeoCountryState", CONDITION_COUNTRY,
		  false },
		{ "ipgeonotcountry", "IPGeoCountryState", CONDITION_COUNTRY,
		  true },
		{ "ipgeostate", "IPGeoCountryState", CONDITION_NEVER, false },
		{ "ipgeonotstate", "IPGeoCountryState", CONDITION_NEVER, true },
	};
	const char *unused;

	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		if (strcmp(ops[i].op, r->op) != 0)
			continue;
		if (*r->type && strcmp(ops[i].type, r->type) != 0)
			return condition_wrong(r, "condition_type",
					       "does not fit the field");
		r->out->type = ops[i].type;
		r->out->kind = ops[i].kind;
		r->out->negated = ops[i].negated;
		if (i == 0)
			return 0;
		if (ops[i].kind == CONDITION_COUNTRY)
			return take_country(r);
		return ops[i].kind == CONDITION_PLACE
			       ? take_circle(r)
			       : condition_need_text(r, &unused);
	}
	return condition_wrong(r, "op", "is no operator of this field");
}
