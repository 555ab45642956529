/*
 * api/campaign/mail_page.h - somebody's HTML as a page of its own
 *
 * It runs nothing, has no origin and sends nothing; its links open windows that
 * are as any other. Every page that shows a mail is made here.
 */
#ifndef API_CAMPAIGN_MAIL_PAGE_H
#define API_CAMPAIGN_MAIL_PAGE_H

struct request;
struct response;

struct mail_page {
	const char *html; /* NULL: text is shown */
	const char *text;
	const char *images; /* where they may come from; NULL: anywhere */
	enum { SHADE_AS_IS, SHADE_LIGHT, SHADE_DARK } shade;
};
void mail_page_write(struct request *rq, struct response *rs,
		     const struct mail_page *page);

#endif
