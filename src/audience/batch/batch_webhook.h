/*
 * audience/batch/batch_webhook.h - telling other programs that a batch is
 * finished
 *
 * As audience/webhook.h, for the whole account: a job a program (kind
 * BATCH_WEBHOOK_JOB) in the transaction that finishes the batch, with the same
 * tries, and the same end after a 410. What is told is written when it is
 * sent, for the address of the answers is good for ten minutes only.
 */
#ifndef AUDIENCE_BATCH_WEBHOOK_H
#define AUDIENCE_BATCH_WEBHOOK_H

#include "audience/batch/api_batch.h"

#define BATCH_WEBHOOK_JOB "batch_webhook"
#define BATCH_WEBHOOKS_MAX 20

struct batch_webhook {
	int64_t id;
	const char *hex;
	int slot;
	const char *url;
	bool is_enabled;
};
struct batch_webhooks VEC_FIELDS(struct batch_webhook);

/* All, appended. get: ERR_NOT_FOUND. */
int batch_webhook_list(struct db *db, struct arena *arena,
		       struct batch_webhooks *out, struct err *err);
int batch_webhook_get(struct db *db, const char *hex, struct arena *arena,
		      struct batch_webhook *out, struct err *err);
/* body: {url, enabled}; the caller has asked the URL. ERR_INVALID names the
 * field; ERR_CONFLICT: there are as many as there may be. */
int batch_webhook_add(struct tx *tx, const json_t *body, int64_t now_ms,
		      struct arena *arena, struct batch_webhook *out,
		      struct err *err);
int batch_webhook_update(struct tx *tx, const char *hex, const json_t *body,
			 struct arena *arena, struct batch_webhook *out,
			 struct err *err);
int batch_webhook_remove(struct tx *tx, const char *hex, struct err *err);

/* A job for each that is enabled. */
int batch_webhook_enqueue(struct tx *tx, const struct api_batch *batch,
			  int64_t now_ms, struct err *err);

/* --- the job's --- */

struct batch_news {
	struct batch_webhook hook;
	struct api_batch batch;
	int64_t fired_ms;
};
/* 1, 0: nobody listens any more, or the batch is gone. */
int batch_webhook_news(struct db *db, const char *payload, struct arena *arena,
		       struct batch_news *out, struct err *err);
/* After a 410. */
int batch_webhook_disable(struct db *db, int64_t id, struct err *err);

#endif
