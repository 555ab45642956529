/*
 * audience/webhook_private.h - what the files about webhooks share
 */
#ifndef AUDIENCE_WEBHOOK_PRIVATE_H
#define AUDIENCE_WEBHOOK_PRIVATE_H

#include "audience/webhook.h"

/* 1, 0 (*out untouched), -1; a disabled one is found too. */
int webhook_find_by_id(struct db *db, int64_t id, struct arena *arena,
		       struct webhook *out, struct err *err);

#endif
