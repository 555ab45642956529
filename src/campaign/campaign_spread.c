#include "campaign/campaign_spread.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "campaign/campaign.h"

#include <string.h>

#define BATCHES_LEAST 2
#define BATCHES_MOST 26
#define DELAY_LEAST 5
#define DELAY_MOST 60

void campaign_spread_read(const char *json, struct campaign_spread *out)
{
	CLEANUP(json_free)
	json_t *o = json ? json_loads(json, 0, NULL) : NULL;

	*out = (struct campaign_spread){
		.timewarp = json_is_true(json_object_get(o, "timewarp")),
		.batch_count =
			json_integer_value(json_object_get(o, "batch_count")),
		.batch_delay =
			json_integer_value(json_object_get(o, "batch_delay")),
	};
}

const char *campaign_spread_format(const struct campaign_spread *spread,
				   struct arena *arena)
{
	if (spread->timewarp)
		return "{\"timewarp\":true}";
	if (spread->batch_count == 0)
		return NULL;
	return arena_printf(
		arena, "{\"batch_count\":%lld,\"batch_delay\":%lld}",
		(long long)spread->batch_count, (long long)spread->batch_delay);
}

int campaign_spread_take(const json_t *body, struct arena *arena,
			 struct campaign *c, struct err *err)
{
	const json_t *settings = json_object_get(body, "settings");
	struct campaign_spread spread;
	bool timewarp = false;
	int found = json_get_bool(settings, "timewarp", &timewarp, err);

	if (found < 0)
		return err_field(err, "settings.timewarp",
				 "should be a boolean");
	campaign_spread_read(c->spread, &spread);
	if (found > 0 && timewarp && (c->variate || !strcmp(c->type, "rss")))
		return err_field(err, "settings.timewarp",
				 "Only regular campaigns are sent by time "
				 "zone");
	if (found == 0 || timewarp == spread.timewarp)
		return 0;
	spread = (struct campaign_spread){ .timewarp = timewarp };
	c->spread = campaign_spread_format(&spread, arena);
	return 0;
}

static int take_number(const json_t *o, const char *key, int64_t least,
		       int64_t most, int64_t *out, struct err *err)
{
	const json_t *value = json_object_get(o, key);
	char field[64];

	*out = json_integer_value(value);
	if (json_is_integer(value) && *out >= least && *out <= most)
		return 0;
	(void)snprintf(field, sizeof(field), "batch_delivery.%s", key);
	return err_field(err, field, "Please give a number from %d to %d",
			 (int)least, (int)most);
}

int campaign_spread_schedule(const json_t *body, struct campaign_spread *spread,
			     struct err *err)
{
	const json_t *batches = NULL;

	spread->batch_count = spread->batch_delay = 0;
	if (json_get_bool(body, "timewarp", &spread->timewarp, err) < 0 ||
	    json_get_object(body, "batch_delivery", &batches, err) < 0)
		return -1;
	if (json_object_size(batches) == 0)
		return 0;
	if (spread->timewarp)
		return err_field(err, "batch_delivery",
				 "A campaign that is sent by time zone has no "
				 "batches");
	if (take_number(batches, "batch_count", BATCHES_LEAST, BATCHES_MOST,
			&spread->batch_count, err) < 0)
		return -1;
	return take_number(batches, "batch_delay", DELAY_LEAST, DELAY_MOST,
			   &spread->batch_delay, err);
}

int64_t campaign_begins_ms(const struct campaign *c)
{
	struct campaign_spread spread;

	campaign_spread_read(c->spread, &spread);
	return c->schedule_ms - (spread.timewarp ? SPREAD_AHEAD_MS : 0);
}
