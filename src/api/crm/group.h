/*
 * api/crm/group.h - what the handlers that make groups share
 */
#ifndef API_CRM_GROUP_H
#define API_CRM_GROUP_H

#include <stdint.h>

struct db;
struct err;
struct group_input;
struct request;
struct response;

/* Makes the group and answers 201 with it. */
int group_make(struct request *rq, struct response *rs, struct db *db,
	       const struct group_input *input, struct err *err);

#endif
