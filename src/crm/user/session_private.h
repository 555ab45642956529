/*
 * crm/user/session_private.h - how long a session lasts, for who uses one
 */
#ifndef CRM_SESSION_PRIVATE_H
#define CRM_SESSION_PRIVATE_H

#include <stdint.h>

/* When one ends that was begun and last used then. */
int64_t session_end(int64_t created_ms, int64_t used_ms);

#endif
