/*
 * http/problem.h - errors as clients see them
 *
 * One table maps err codes to statuses; three dialects write them: RFC 9457
 * for our own API, the Marketing API's problem documents, and a small page,
 * which is also what somebody gets who went there with a browser. The texts of
 * ERR_IO and ERR_BUG, which may tell about our insides, are logged with the id
 * of the request; programs get the id only, people the time.
 */
#ifndef HTTP_PROBLEM_H
#define HTTP_PROBLEM_H

#include "http/router.h"

struct problem {
	int status;
	const char *title;   /* NULL: the dialect's usual one */
	const char *detail;  /* NULL: same */
	const char *field;   /* "" or NULL: no errors[] */
	const char *message; /* about the field */
	/* A member of our own dialects: its name, and trusted JSON. */
	const char *extra;
	struct str extra_json;
};

/* Replaces the body of rs; headers that were set before stay. */
void problem_write(struct request *rq, struct response *rs,
		   enum http_dialect dialect, const struct problem *problem);
void problem_write_err(struct request *rq, struct response *rs,
		       enum http_dialect dialect, const struct err *err);

/* A member of errors[] in our own dialect (RFC 9457 section 3): the field as
 * it is called ("emails[0].address"), and as a pointer into the body. */
void problem_write_field(struct json_writer *w, const char *field,
			 const char *message);

/*
 * The sample error that the header X-Trigger-Error of the Marketing API asks
 * for ("APIKeyMissing"); false if the name is none of the glossary.
 */
bool problem_sample(const char *name, struct problem *out);

#endif
