/*
 * crm/campaign/test_mail.h - whom a test of a campaign may go to, and how many
 * a user may ask for
 *
 * Who may send campaigns may write to anybody anyway. Who may not asks for at
 * most TEST_MAILS_AN_HOUR tests in any hour, of at most TEST_MAIL_ADDRESSES
 * addresses; a program whose key belongs to nobody asks as one user does. They
 * are counted by their jobs, so that a restart forgives nothing.
 */
#ifndef CRM_TEST_MAIL_H
#define CRM_TEST_MAIL_H

#include "store/db.h"

struct arena;

#define TEST_MAIL_ADDRESSES 10
#define TEST_MAILS_AN_HOUR 12

/* For who may not send; the job is added in the same transaction. ERR_LIMIT,
 * and *wait_ms: when the next one may be asked for. */
int test_mail_allow(struct tx *tx, int64_t user_id, int64_t now_ms,
		    int64_t *wait_ms, struct err *err);

/* ERR_INVALID with field `to`: its owner wants no mail or had it erased, or no
 * mail arrives there (crm/consent/obstacle.h). A user's own address gets what
 * is not erased. */
int test_mail_refuse(struct db *db, const char *address, struct arena *arena,
		     struct err *err);

#endif
