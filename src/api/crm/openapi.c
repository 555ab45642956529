/*
 * The description of /api/v1, as it was made at build time. A handler; any
 * worker.
 */
#include "api/api.h"
#include "api/handlers.h"
#include "api/routes.h"

int v1_openapi(struct request *rq, struct response *rs, struct err *err)
{
	(void)rq;
	(void)err;
	strbuf_addstr(&rs->body, openapi_v1);
	return 0;
}
