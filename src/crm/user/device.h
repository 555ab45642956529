/*
 * crm/user/device.h - browsers in which a user signed in before
 *
 * A signed cookie that a browser keeps for a year. It lets nobody in; but
 * strangers who guess passwords cannot keep such a browser out
 * (crm/user/session.h).
 */
#ifndef CRM_DEVICE_H
#define CRM_DEVICE_H

#include "crm/address.h"

#include <stdbool.h>
#include <stdint.h>

#define DEVICE_MAX 110
#define DEVICE_DAYS 365

struct forgotten;

/* What the browser is to keep. key: the database's own, of forgotten_load. */
void device_make(const struct forgotten *key, int64_t user_id, int64_t now_ms,
		 char out[DEVICE_MAX + 1]);
/* Did we make this text (NULL: none), for that user, within the year? */
bool device_is_known(const struct forgotten *key, const char *text,
		     int64_t user_id, int64_t now_ms);

#endif
