/*
 * crm/group/record_change.h - the log of what records changed
 *
 * Migration crm/0078 writes it; see sets/change_log.h.
 */
#ifndef CRM_RECORD_CHANGE_H
#define CRM_RECORD_CHANGE_H

#include "sets/change_log.h"

/* Stored, as bits: append only. */
enum record_change {
	CHANGED_PERSON = 1,
	CHANGED_LEAD = 2,
	CHANGED_COMPANY = 4,
	CHANGED_PERSON_ADDRESS = 8,
	CHANGED_LEAD_ADDRESS = 16,
	CHANGED_PERSON_TAG = 32,
	CHANGED_LEAD_TAG = 64,
	CHANGED_COMPANY_TAG = 128,
	CHANGED_GROUP = 256, /* of_id: which, as below which campaign */
	CHANGED_SENT = 512,
	CHANGED_OPENED = 1024,
	CHANGED_CLICKED = 2048,
	CHANGED_ANSWERED = 4096,
	CHANGED_STAFF = 8192, /* asked, never stored: people of companies */
};

extern const struct change_log record_change_log;

#endif
