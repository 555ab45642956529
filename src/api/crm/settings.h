/*
 * api/crm/settings.h - a relay as bodies and replies have it
 *
 * Shared by the settings and by the test of a relay.
 */
#ifndef API_CRM_SETTINGS_H
#define API_CRM_SETTINGS_H

#include "base/json.h"

struct arena;
struct err;
struct relay_parts;

/*
 * Lays the member `relay` of a body over *parts: what is absent stays, as long
 * as it is the same relay; its password goes to no other one. 1: it was there,
 * 0, or -1: ERR_INVALID with the field. Texts live as long as the body.
 */
int relay_read(const json_t *body, struct relay_parts *parts, struct err *err);
/* Without the password. */
void relay_write(const struct relay_parts *parts, struct json_writer *w);

#endif
