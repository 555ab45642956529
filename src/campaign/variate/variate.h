/*
 * campaign/variate/variate.h - a campaign that tries several variants
 *
 * What a test varies: the subject, the sender (a name and its address), the
 * content, and when it is sent; up to three values each. Its combinations are
 * their product, at most 8, in a fixed order; a variant is the number of one,
 * from 1. What is not varied is what the campaign itself says.
 *
 * A part of the recipients, the sample, gets them in equal parts. The others
 * wait for the one that does best: see delivery/spread/winner.h. Stored as JSON
 * in campaign.variate. Pure; any thread.
 */
#ifndef CAMPAIGN_VARIATE_H
#define CAMPAIGN_VARIATE_H

#include "base/json.h"

struct arena;
struct campaign;
struct err;
struct json_writer;

#define VARIATE_VALUES 3 /* of one thing */
#define VARIATE_VARIANTS 8

/* recipient.variant of whom the winner went to after the test is so much more
 * than the variant. */
enum {
	VARIATE_REST = 16,
	VARIATE_LAST = 32, /* what follows is something else */
};

enum variate_criteria {
	VARIATE_OPENS,
	VARIATE_CLICKS,
	VARIATE_MANUAL,
};

struct variate_texts {
	const char *v[VARIATE_VALUES];
	int n; /* 0: not varied */
};

struct variate {
	enum variate_criteria criteria;
	int64_t wait_minutes; /* whole hours */
	int64_t test_size;    /* of 100 recipients; 100: nobody waits */
	struct variate_texts subject_lines, from_names, reply_to_addresses;
	struct variate_texts contents; /* labels; as many contents there are */
	int64_t send_times[VARIATE_VALUES]; /* ms */
	int send_times_n;
};

/* Indices from 0; 0 also of what is not varied. */
struct variate_combination {
	char id[11]; /* the same as long as campaign and indices are */
	int subject_line, sender, content, send_time;
};

/*
 * settings: variate_settings of the API. What it does not give stays as it is
 * in *v; begin with variate_default. ERR_INVALID with the field. Texts live in
 * arena.
 */
void variate_default(struct variate *v);
int variate_take(const json_t *settings, struct arena *arena, struct variate *v,
		 struct err *err);
/* ERR_INVALID on that field: there would be more than 8 combinations. */
int variate_check_count(const struct variate *v, const char *field,
			struct err *err);

/*
 * body: the API's campaign; what it says of a test goes into *campaign, whose
 * type, settings and tracking are there already: also its first subject and
 * sender, where settings do not say others. ERR_INVALID with the field: what is
 * no test has none, and a test counts opens and clicks.
 */
int variate_take_body(const json_t *body, struct arena *arena,
		      struct campaign *campaign, struct err *err);

/* The column: read and format. A campaign without one is no test: false, and
 * *out is the default. */
bool variate_read(const char *json, struct arena *arena, struct variate *out);
const char *variate_format(const struct variate *v, struct arena *arena);
/* The members of variate_settings that were given. */
void variate_write(const struct variate *v, struct json_writer *w);

/* Of the campaign with this id; returns how many. */
int variate_combinations(const struct variate *v, const char *campaign_hex,
			 struct variate_combination out[VARIATE_VARIANTS]);
int variate_count(const struct variate *v);
/* The variant with that id of a combination; 0: there is none. */
int variate_find(const struct variate *v, const char *campaign_hex,
		 const char *id);
/* Of n recipients: how many the sample has, and how many of it get a variant
 * (from 1). The sample has one for each, if there are so many. */
int64_t variate_sample(const struct variate *v, int64_t n);
int64_t variate_share(const struct variate *v, int64_t n, int variant);
/* Does a part of the recipients wait for a winner? */
bool variate_has_rest(const struct variate *v);
/* Does a criterion, not a person, find it? */
bool variate_is_automatic(const struct variate *v);

/* recipient.variant as the variant they get; 0 stays 0. What is larger means
 * something else (campaign_spread.h) and is none. */
static inline int variate_of_recipient(int variant)
{
	if (variant >= VARIATE_LAST)
		return 0;
	return variant > VARIATE_REST ? variant - VARIATE_REST : variant;
}

/*
 * The settings of a campaign become those of a variant (0: the first), as its
 * recipients see them. Returns the position of its content, from 1. A campaign
 * that is no test is left as it is: 1.
 */
int variate_apply(struct campaign *campaign, int variant, struct arena *arena);
/* How many contents a campaign has. */
int variate_contents(const struct campaign *campaign);

#endif
