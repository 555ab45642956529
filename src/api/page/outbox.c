/*
 * A caught mail as its reader would see it, and its source: what the app
 * shows in a frame, or saves.
 * Handlers; any worker.
 */
#include "delivery/outbox/outbox.h"
#include "api/api.h"
#include "api/campaign/mail_page.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "delivery/delivery.h"

static struct outbox *outbox_of(const struct request *rq)
{
	return delivery_outbox(api_of(rq)->delivery);
}

static int read_mail(const struct request *rq, struct outbox_message *m,
		     struct strbuf *source, struct err *err)
{
	int64_t id;

	if (request_param_id(rq, "mail_id", &id, err) < 0 ||
	    outbox_get(outbox_of(rq), id, rq->arena, m, err) < 0)
		return -1;
	return outbox_read(outbox_of(rq), m, source, err);
}

/*
 * As a reader gets it: it runs nothing, its links open in a window of their
 * own, and its pixel counts. Images from elsewhere are not fetched: looking at
 * a caught mail tells nobody else.
 */
int page_outbox_html(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf source = STRBUF_INIT;
	struct outbox_message m;
	struct outbox_view view;

	if (read_mail(rq, &m, &source, err) < 0 ||
	    outbox_view(strbuf_str(&source), rq->arena, &view, err) < 0)
		return -1;
	if (!view.html)
		return err_set(err, ERR_NOT_FOUND, "this mail has no HTML");
	mail_page_write(rq, rs,
			&(struct mail_page){
				.html = view.html,
				.images = arena_printf(rq->arena, "%s/",
						       api_of(rq)->public_url),
			});
	return 0;
}

int page_outbox_source(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf source = STRBUF_INIT;
	struct outbox_message m;

	if (read_mail(rq, &m, &source, err) < 0)
		return -1;
	rs->content_type = "text/plain; charset=utf-8";
	strbuf_addslice(&rs->body, strbuf_str(&source));
	return 0;
}
