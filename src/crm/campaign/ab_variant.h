/*
 * crm/campaign/ab_variant.h - a campaign that tries two or three variants of
 * itself before the rest gets the better one
 *
 * Variant A is the campaign as it stands: its subject, its sender, its content,
 * the time that is chosen for it (send_at_ms). B and C differ from it in one
 * thing, which the test names. So a test can be switched on and off without
 * anything of the campaign being lost. A draft may hold half a test;
 * ab_test_check says what is missing. Contents of B and C stay when something
 * else is tried: whoever comes back to them finds them.
 *
 * Variants have numbers here, from 1, and letters for everybody else.
 */
#ifndef CRM_CAMPAIGN_AB_VARIANT_H
#define CRM_CAMPAIGN_AB_VARIANT_H

#include "base/json.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct crm_campaign;
struct err;
struct rows;

#define AB_VARIANTS_MAX 3
#define AB_SAMPLE_MIN 10
#define AB_WAIT_HOURS_MAX 720

enum ab_what {
	AB_NOTHING = 0, /* there is no test */
	AB_SUBJECT = 1,
	AB_FROM = 2,
	AB_CONTENT = 3,
	AB_SEND_TIME = 4,
};
const char *ab_what_name(enum ab_what what); /* "subject" */

enum ab_winner {
	AB_OPENS = 0,
	AB_CLICKS = 1,
	AB_MANUAL = 2,
};
const char *ab_winner_name(enum ab_winner winner); /* "opens" */

/* What is tried of B or C; of everything else: NULL, 0. */
struct ab_variant {
	const char *subject;
	const char *from_name, *from_email;
	int64_t send_at_ms;
};
/* What B or C say; design NULL: the same as A. */
struct ab_content {
	const char *design, *html, *plain_text;
	bool plain_is_made;
};
struct ab_test {
	enum ab_what what;
	enum ab_winner winner;
	int sample;     /* per cent who get a variant; 100: there is no rest */
	int wait_hours; /* from the send until the better one is known */
	int n;          /* variants with A: 2 or 3 */
	struct ab_variant more[AB_VARIANTS_MAX - 1];
};

/* "A", "B", "C". */
const char *ab_letter(int variant);
/* The number of a letter; 0: it is none. */
int ab_letter_parse(const char *letter);

/* The member `ab_test` of the API's object; absent: *test stays; null: there is
 * none any more. Points into body. ERR_INVALID with field ab_test. */
int ab_test_read(const json_t *body, struct ab_test *test, struct err *err);
/* As it is stored; text NULL: none. Texts live in arena. */
void ab_test_load(const char *text, struct arena *arena, struct ab_test *out);
/* To be stored; NULL: there is none. */
const char *ab_test_store(const struct ab_test *test, struct arena *arena);
/* "ab_test": {"what", "variants": B and C, "sample", "wait_hours", "winner"},
 * or null. */
void ab_test_write(const struct ab_test *test, struct json_writer *w);

/* How many variants it has: 1 without a test. */
int ab_test_variants(const struct crm_campaign *c);
/* The campaign as those get it who get this variant, which it has; without a
 * test then. */
void ab_test_take(struct crm_campaign *c, int variant);
/* The same of a letter, or of nothing (NULL), which is A. ERR_INVALID with
 * field `variant`: it has none such. */
int ab_test_take_letter(struct crm_campaign *c, const char *letter,
			struct err *err);
/* The campaign with the content of B or C alone in the place of its own, which
 * may be none; and back. */
void ab_content_show(struct crm_campaign *c, int variant);
void ab_content_keep(struct crm_campaign *c, int variant,
		     const struct crm_campaign *shown);

/* Can it be sent so? 0; -1 ERR_INVALID with field ab_test: what is missing. */
int ab_test_check(const struct crm_campaign *c, struct err *err);
/* The same of its times, for whoever sends it at now_ms. */
int ab_test_check_times(const struct crm_campaign *c, int64_t now_ms,
			struct err *err);

#endif
