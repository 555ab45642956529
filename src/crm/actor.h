/*
 * crm/actor.h - who does something, and when
 *
 * Given to every function that writes on behalf of somebody: what it leaves in
 * consent, audit_log and created_ms comes from here. Nothing reads the clock.
 */
#ifndef CRM_ACTOR_H
#define CRM_ACTOR_H

#include <stdint.h>

struct actor {
	int64_t user_id;  /* 0: no user (a job, the person themselves) */
	int64_t key_id;   /* 0: by no key */
	const char *name; /* of user, key or job kind; may be NULL */
	const char *ip;   /* may be NULL */
	int64_t now_ms;
	int64_t import_id; /* the import that runs; 0: none. What it does to
			    * records is no later change of them */
};

#endif
