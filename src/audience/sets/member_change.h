/*
 * audience/sets/member_change.h - the log of what members changed
 *
 * Migrations audience/0016, 0020, 0032 and 0038 write it; see
 * sets/change_log.h.
 */
#ifndef AUDIENCE_SETS_MEMBER_CHANGE_H
#define AUDIENCE_SETS_MEMBER_CHANGE_H

#include "sets/change_log.h"

/* Stored, as bits: append only. */
enum member_change {
	CHANGE_MEMBER = 1,
	CHANGE_TAG = 2,
	CHANGE_SENT = 4,
	CHANGE_OPENED = 8,
	CHANGE_CLICKED = 16,
	CHANGE_INTEREST = 32,
	CHANGE_PLACE = 64,
	CHANGE_CLIENT = 128,
};

extern const struct change_log member_change_log;

#endif
