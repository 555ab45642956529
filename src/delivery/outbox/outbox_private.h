/*
 * delivery/outbox/outbox_private.h - what the files of the mail catcher share
 */
#ifndef DELIVERY_OUTBOX_PRIVATE_H
#define DELIVERY_OUTBOX_PRIVATE_H

#include "base/vec.h"
#include "delivery/outbox/outbox.h"
#include "store/db.h"

struct outbox_messages VEC_FIELDS(struct outbox_message);

/* A row of the -list and -get queries. */
void outbox_read_row(const struct rows *rows, struct arena *arena, void *out);
/* Where a segment lies, appended. */
void outbox_segment_path(const struct outbox *o, int64_t file,
			 struct strbuf *out);
struct store *outbox_store(const struct outbox *o);

#endif
