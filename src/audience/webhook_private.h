/*
 * audience/webhook_private.h - what the files about webhooks share
 */
#ifndef AUDIENCE_WEBHOOK_PRIVATE_H
#define AUDIENCE_WEBHOOK_PRIVATE_H

#include "audience/webhook.h"

/* 1, 0 (*out untouched), -1; a disabled one is found too. */
int webhook_find_by_id(struct db *db, int64_t id, struct arena *arena,
		       struct webhook *out, struct err *err);

/* Both lead to one program: they differ in their queries only. */
bool webhook_same_place(const char *a, const char *b);
/* ERR_INVALID of the field url: -1. */
int webhook_url_is_taken(struct err *err);
/* The same if it is empty or too long; else 0. */
int webhook_url_check(const char *url, struct err *err);

#endif
