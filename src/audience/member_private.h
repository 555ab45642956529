/*
 * audience/member_private.h - what the files about members share
 */
#ifndef AUDIENCE_MEMBER_PRIVATE_H
#define AUDIENCE_MEMBER_PRIVATE_H

#include "audience/interest/interest.h"
#include "audience/member.h"
#include "audience/side/side_apply.h"
#include "audience/text_ids.h"
#include "audience/webhook.h"
#include "base/email.h"
#include "store/db.h"

/* A row of the queries member-by-...; out: a struct member. */
row_fn member_read_row;
/* A row of what member_filter.brief reads; out: the same. */
row_fn member_read_brief;

/* The hash that a key of the API names, an address or a hash in any case (or,
 * of the same form, a contact id); false: the key is neither. */
bool member_hash_of_key(const char *key, struct arena *arena,
			char out[MD5_HEX + 1]);

/* One member on its way through member_apply; ops about the same address
 * share one. */
struct member_entry {
	struct member old; /* id 0: it was not there */
	struct member now;
	/* What it has beside; empty as long as no op says anything of it. */
	struct member_side old_side, side;
	bool exists;    /* now, also if only from this very transaction */
	bool is_new;    /* has no row yet */
	bool is_listed; /* among those to write */
};

/* Everything that changes of members know about their list. */
struct member_run {
	struct tx *tx;
	const struct list *list;
	const struct member_actor *actor;
	struct arena *arena;
	/* of the list: */
	struct merge_defs defs;
	struct interests interests; /* with permissions */
	struct webhooks listeners;  /* to changes from the actor's source */
};
/* Reads what is of run->list, in place of what was read before. */
int member_run_load(struct member_run *run, struct err *err);
void member_run_release(struct member_run *run);

/* What stays with an address, see suppression.h. */
enum address_past { ADDRESS_NEW, ADDRESS_LEFT, ADDRESS_FORGOTTEN };

/* A no of their own: by a link, a mail or a complaint. */
bool member_said_no_itself(const struct member *m);

/*
 * What the body asks of a member: lays it over entry->now. `email` is that of
 * the body (folded NULL: none given), with its past. Who gets a left address
 * cannot be subscribed by the API, as if they had said its no themselves.
 * Returns 0, or -1 with op->err (and op->errors) and entry->now as it was.
 */
int member_decide(struct member_run *run, struct member_op *op,
		  struct member_entry *entry, const struct email *email,
		  enum address_past past);

/* When it changes now: no two changes of one member have the same time, so that
 * whoever has seen one knows whether there was another. */
static inline int64_t member_change_ms(const struct member *old, int64_t now_ms)
{
	return now_ms > old->changed_ms ? now_ms : old->changed_ms + 1;
}

/* Refuses an address that is taken, "Member Exists". Returns -1. */
int refuse_existing_member(const char *address, struct err *err);

/* Writes the tags that the bodies of the ops give, after the members: their
 * ids are known. */
int member_apply_tags(struct member_run *run, struct member_op *ops, size_t n,
		      struct err *err);
/* Writes what changed since old was read in this transaction, in an open batch.
 */
int member_write(struct batch *batch, const struct member *old,
		 const struct member *now, struct err *err);
/* It is found by its address no more, however that is written. */
int member_forget_address(struct batch *batch, const struct member *m,
			  struct err *err);
/* Members as they are now become archived, and that is told. Reads the run. */
int members_archive(struct member_run *run, const struct members *members,
		    struct err *err);
/* Tell run->listeners what became of a member; old NULL: it is new. */
int member_tell(struct member_run *run, const struct member *old,
		const struct member *now, struct err *err);
/* Tell them this of it, at that time; of the fact, member, defs and interests
 * are filled in. */
int member_tell_fact(struct member_run *run, const struct member *m,
		     struct webhook_fact fact, int64_t at_ms, struct err *err);

/* Sorts the names and fills the ids; `make`: those that are missing are made,
 * otherwise they have none. */
int tag_ids_resolve(struct tx *tx, int64_t list_id, struct text_ids *tags,
		    bool make, int64_t now_ms, struct err *err);

#endif
