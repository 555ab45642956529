/*
 * api/contract.h - requests of /api/v1 against their description
 *
 * The description that tools/routegen.py makes of src/api/spec says which
 * parameters a query has and what a body looks like. What it does not name is
 * refused before the handler runs: a misspelt `?contry=Spain`, or
 * `?how=membre`, must not be a list of everybody. All that is wrong is told at
 * once. What takes more than the request itself (is the address taken?) is left
 * to the handlers.
 *
 * /3.0 passes over what it does not know, as Mailchimp does.
 */
#ifndef API_CONTRACT_H
#define API_CONTRACT_H

struct contract;
struct err;
struct request;
struct response;
struct route;

/* Of openapi_v1. Never changed afterwards: any thread may use it. */
struct contract *contract_new(void);
void contract_free(struct contract **contract);

/*
 * 1: the request is as described, 0: it is not, and the response says all
 * that is wrong (400), -1: the body is no JSON object, or a text of it may not
 * be shown (shown_texts.h).
 */
int contract_check(const struct contract *contract, const struct route *route,
		   struct request *rq, struct response *rs, struct err *err);

#endif
