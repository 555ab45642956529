/*
 * crm/consent/consent.h - who may be sent e-marketing, and the history of it
 *
 * The table is append-only: what was said, when, by whom or what, from which
 * address, campaign and IP. `opted_out` of a record is what its last row says;
 * who says so, of whom one may be taken back, is known beside it
 * (crm/consent/opt_out_witness.h). A person's opt-out covers all their
 * addresses.
 *
 * Loosening (opting in) is only for the person's own act or a user's explicit
 * one with its ground; imports and syncs can only tighten. Opting out tells
 * the bridge in the same transaction (job bridge-person). Whoever shares an
 * address with somebody who opts out is opted out too (rule 3 of the domain),
 * and so are the people of a company that opts out. Opting in is for one record
 * alone; it also lifts what was kept of its addresses
 * (crm/consent/kept_opt_out.h).
 */
#ifndef CRM_CONSENT_H
#define CRM_CONSENT_H

#include "base/vec.h"
#include "crm/actor.h"
#include "crm/entity.h"
#include "store/db.h"

/* Stored in the database: append only, never renumber. */
enum consent_state { CONSENT_OPTED_OUT = 1, CONSENT_OPTED_IN = 2 };

/* Stored by name. */
enum consent_source {
	CONSENT_BY_USER,      /* in the CRM, with a reason */
	CONSENT_BY_PERSON,    /* told us, or signed up */
	CONSENT_BY_IMPORT,    /* only out */
	CONSENT_BY_COMPLAINT, /* only out */
	CONSENT_BY_AUDIENCE,  /* unsubscribed there; only out */
	CONSENT_BY_API,       /* a program's key; in: needs a reason */
	CONSENT_CARRIED, /* from somebody with the same address; only out */
	CONSENT_BY_UNDO, /* an import that opted out was taken back; only in */
};
const char *consent_source_name(enum consent_source source);
/* CONSENT_BY_USER, if it is none. */
enum consent_source consent_source_of(const char *name);
const char *consent_state_name(enum consent_state state);

/*
 * Of who agreed by a sign-up, as the audience kept it: what shows that they
 * did. at_ms and ip of the row are those of their last word, the confirmation
 * if they were asked for one: then at_ms is after asked_ms.
 */
struct consent_signup {
	int64_t asked_ms;     /* 0: it was no sign-up */
	const char *asked_ip; /* "": not known */
	const char *form;     /* its name then; "": a program asked them */
	int64_t text_id;      /* of consent_text_put; 0: none is known */
	const char *text; /* what they were shown; when read only, or NULL */
};

struct consent {
	int64_t id;
	enum entity entity;
	int64_t record_id;
	int64_t email_id; /* the address by which it came; 0: none */
	enum consent_state state;
	enum consent_source source;
	const char *reason;
	int64_t campaign_id; /* crm.campaign; 0: none */
	int64_t user_id;
	const char *ip;
	int64_t at_ms;     /* when it was said */
	int64_t import_id; /* the import that says it; 0: none */
	/* Of consent_list and consent_list_newest only; NULL: none, or not
	 * known any more. */
	const char *user_name, *campaign_name, *address, *import_name;
	const char *address_hash; /* of email_id */
	struct consent_signup signup;
};

struct consents VEC_FIELDS(struct consent);

/*
 * Record it and derive opted_out. user_id and ip are the actor's unless set;
 * at_ms too. Returns 1, or 0 if nothing is written: the last row says the same
 * from the same source and campaign, an import says it of who is out already
 * (which makes it a witness), or the audience tells something (with
 * c->at_ms) that is older than an opt-in of theirs; at the same time it counts,
 * unless the same event (second, source, campaign) was told before that opt-in.
 * ERR_INVALID with field `reason`: opting in without a ground. ERR_DENIED: a
 * source that may not opt in.
 */
int consent_add(struct tx *tx, const struct consent *c,
		const struct actor *actor, struct err *err);

/*
 * The same for every person and lead that has the address, or had it at
 * c->at_ms (c->entity and record_id are not read): whoever gives an address up
 * takes their word along. Returns how many changed, or -1.
 */
int consent_add_by_address(struct tx *tx, const char *hash,
			   const struct consent *c, const struct actor *actor,
			   struct err *err);

/* Is there anybody for that: who has the address, or had it at c->at_ms? 1, 0,
 * -1. Else see kept_opt_out_of_nobody. */
int consent_is_of_somebody(struct db *db, const char *hash,
			   const struct consent *c, const struct actor *actor,
			   struct err *err);
/*
 * The person took back, at at_ms, what they had told the audience by their own
 * link: whoever has the address is opted in if all that is said of them since
 * they last agreed is what the audience told of that address, until then; not
 * if a user, a program, an import or a company says no as well, of them or of
 * anybody with whom they share an address. Returns how many, or -1.
 */
int consent_take_back(struct tx *tx, const char *hash, int64_t at_ms,
		      const struct actor *actor, struct err *err);
/* Is there anybody with that address whom it could opt in? 1, 0, -1. */
int consent_may_be_taken_back(struct db *db, const char *hash, struct err *err);

/* Until the end of tx, nobody else says anything about the record: for who
 * looks at what was said before adding to it. */
int consent_lock(struct tx *tx, enum entity entity, int64_t record_id,
		 struct err *err);

/*
 * c->record_id gets the witnesses of somebody else (see
 * crm/consent/opt_out_witness.h), and with them the opt-out; c gives the reason
 * and the address. Without witnesses nothing happens.
 */
int consent_carry(struct tx *tx, const struct consent *c,
		  const struct ids *witnesses, const struct actor *actor,
		  struct err *err);

/* All who share an address of a record get what is said of it, as the same
 * word: the record was made with a row of consent_batch_add, or got addresses,
 * from this id on (0: all that it has). */
int consent_reach_sharers(struct tx *tx, enum entity entity, int64_t record_id,
			  int64_t from_email_id, const struct actor *actor,
			  struct err *err);
/* Of others who have the address and are out: when, and after which campaign,
 * one of them said so; 0s if it was after none. */
int consent_word_of_address(struct db *db, const char *hash, enum entity entity,
			    int64_t record_id, struct consent *out,
			    struct err *err);

/* Somebody comes to a company: if it opted out, so does the person. */
int consent_join_company(struct tx *tx, int64_t person_id, int64_t company_id,
			 const struct actor *actor, struct err *err);

/* Is the record opted out, by what and since when? 1, 0, -1. */
int consent_find_opt_out(struct db *db, enum entity entity, int64_t record_id,
			 enum consent_source *source_out, int64_t *at_ms_out,
			 struct err *err);
/* Newest first; appended, strings live in arena. */
int consent_list(struct db *db, enum entity entity, int64_t record_id,
		 struct arena *arena, struct consents *out, struct err *err);
/* The newest of each of these records, by record_id, whole but for address. */
int consent_list_newest(struct db *db, enum entity entity,
			const struct ids *ids, struct arena *arena,
			struct consents *out, struct err *err);

/* Each text is stored once. *id_out: 0 if it is NULL or empty. */
int consent_text_put(struct tx *tx, const char *text, int64_t *id_out,
		     struct err *err);

/* --- many at once --- */

/* Inserts the row and the witness only; the caller writes the records with
 * opted_out, and calls bridge_job_person for those who are not new. */
int consent_batch_add(struct batch *b, const struct consent *c,
		      struct err *err);

/* What was said last of each of these records of a kind, by record_id; who was
 * never asked is not among them. Only record_id, state, source, campaign_id and
 * at_ms are read. */
int consent_list_last(struct db *db, enum entity entity, const struct ids *ids,
		      struct consents *out, struct err *err);
/* That of a record among them; NULL: none. */
const struct consent *consents_find(const struct consents *all,
				    int64_t record_id);
/*
 * consent_add of an opt-out by a user or a program, of people or of leads who
 * share no address with anybody (see addresses_find_shared) and are locked. The
 * caller calls bridge_job_people for those who took mail until then. last: of
 * them, as consent_list_last tells it.
 */
int consent_opt_out_all(struct tx *tx, const struct consents *all,
			const struct consents *last, const struct actor *actor,
			struct err *err);

#endif
