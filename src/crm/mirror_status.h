/*
 * crm/mirror_status.h - what the audience last told of a member
 *
 * A column of bridge_member (sql/migrations/crm), which the bridge writes and
 * the CRM explains.
 */
#ifndef CRM_MIRROR_STATUS_H
#define CRM_MIRROR_STATUS_H

/* Stored in the database: append only, never renumber. */
enum mirror_status {
	MIRROR_NONE = 0, /* there is no such member */
	MIRROR_SUBSCRIBED = 1,
	MIRROR_UNSUBSCRIBED = 2,
	MIRROR_CLEANED = 3,
	MIRROR_PENDING = 4,
	MIRROR_TRANSACTIONAL = 5,
	MIRROR_ARCHIVED = 6,
	MIRROR_FORGOTTEN = 7,
};

#endif
