/*
 * api/agreement_json.h - what somebody agreed to, as both halves of /api/v1
 * tell it: of a member of the audience, and of a record's consent
 */
#ifndef API_AGREEMENT_JSON_H
#define API_AGREEMENT_JSON_H

struct agreement;
struct json_writer;

/* key: NULL in an array. */
void agreement_format(struct json_writer *w, const char *key,
		      const struct agreement *a);

#endif
