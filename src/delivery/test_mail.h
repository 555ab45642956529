/*
 * delivery/test_mail.h - test mails of a campaign
 *
 * Each address gets it as the member that it is of the list, else with empty
 * fields. Links work, nothing is counted, and the subject begins with "[Test]
 * ".
 */
#ifndef DELIVERY_TEST_MAIL_H
#define DELIVERY_TEST_MAIL_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct err;
struct mailing_setup;
struct mailing_text;

struct test_mail_order {
	const char *combination; /* of one that tries several variants: the id
				    of one of them; NULL: each */
	const struct mailing_text *text; /* NULL: the campaign's own */
	const char *const *addresses;
	size_t n;
};

/*
 * They are queued when this returns. db: audience. ERR_INVALID: an address is
 * none, is suppressed, or was deleted for good, or there is no such
 * combination; ERR_NOT_FOUND.
 */
int test_mail_queue(struct db *db, const struct mailing_setup *setup,
		    int64_t campaign_id, const struct test_mail_order *test,
		    int64_t now_ms, struct err *err);

#endif
