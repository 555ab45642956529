/* Bounces and complaints, as a mail server hands them in. A handler; any
 * worker. */
#include "delivery/returned/returned.h"

#include "api/api.h"
#include "api/handlers.h"
#include "base/err.h"
#include "base/json.h"
#include "delivery/delivery.h"

int v1_returned_mail(struct request *rq, struct response *rs, struct err *err)
{
	struct json_writer w = JSON_WRITER(&rs->body);
	struct returned returned;

	if (rq->body.len == 0)
		return err_set(err, ERR_INVALID,
			       "the body must be the mail that came back");
	if (rq->body.len > MAIL_REPORT_SOURCE_MAX)
		return err_title(err, ERR_INVALID, "Content Too Large",
				 "a mail that came back has 4 MB at most");
	if (delivery_take_returned(api_of(rq)->delivery, &rq->body, rq->now_ms,
				   rq->arena, &returned, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_text(&w, "kind", returned_kind_name(returned.kind));
	json_key_text(&w, "why", returned.why);
	if (returned.campaign_hex) {
		json_key_text(&w, "campaign_id", returned.campaign_hex);
		json_key_text(&w, "address", returned.address);
	}
	json_end_object(&w);
	return 0;
}
