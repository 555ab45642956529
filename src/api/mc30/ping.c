/* Is it there, and what does it serve? Handlers; any worker. */
#include "api/mc30/mc30.h"

#include "api/handlers.h"
#include "api/routes.h"

int mc_ping(struct request *rq, struct response *rs, struct err *err)
{
	struct json_writer w = mc_writer(rq, rs);

	(void)err;
	json_begin_object(&w);
	json_key_text(&w, "health_status", "Everything's Chimpy!");
	json_end_object(&w);
	return 0;
}

int mc_openapi(struct request *rq, struct response *rs, struct err *err)
{
	(void)rq;
	(void)err;
	strbuf_addstr(&rs->body, openapi_3_0);
	return 0;
}
