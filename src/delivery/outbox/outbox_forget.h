/*
 * delivery/outbox/outbox_forget.h - the mails of somebody leave the mail
 * catcher, and the queue of single mails
 *
 * What was caught for an address that was erased: first the bytes in the files
 * are written over, then the rows go, so that a job that is killed between
 * finds them again. Files are not made shorter: the other messages stay where
 * they are. crm/consent/erase.c adds the job, and another for an hour later: a
 * mail that was being made may be caught after the first. That one knows the
 * addresses by their hashes only.
 */
#ifndef DELIVERY_OUTBOX_FORGET_H
#define DELIVERY_OUTBOX_FORGET_H

#include "jobs/runner.h"

#include <jansson.h>

struct outbox;

#define OUTBOX_FORGET_JOB "outbox-forget"

/* All to the address, as it stands in the list; whose file is gone, too. */
int outbox_forget(struct outbox *outbox, const char *rcpt, struct err *err);
/* The same of what was caught since then, to addresses with these hashes (MD5,
 * as the Marketing API has them). */
int outbox_forget_hashed(struct outbox *outbox, const json_t *hashes,
			 int64_t since_ms, struct err *err);
/* For the runner of the schema crm. Its context: the outbox. The payload:
 * {"addresses": [...]} or {"hashes": [...]}. */
int outbox_forget_job(struct job_run *run, struct err *err);

#endif
