/*
 * bridge/bridge_private.h - what the files of the bridge share
 *
 * All of it belongs to the thread of one job. Functions return 0, or -1 with
 * *out as it was, unless said otherwise; times are UTC milliseconds, hashes are
 * md5 of the folded address in hex, and texts live in the work's arena. Errors
 * of the Marketing API (mcapi/mc_client.h) are handed on: ERR_RETRY may pass,
 * ERR_INVALID and ERR_CONFLICT are the audience's last word. What a tx is given
 * is rolled back by who opened it.
 */
#ifndef BRIDGE_BRIDGE_PRIVATE_H
#define BRIDGE_BRIDGE_PRIVATE_H

#include "bridge/bridge.h"

#include "base/json.h"
#include "base/vec.h"
#include "bridge/merge_fit.h"
#include "crm/actor.h"
#include "crm/left_out.h"
#include "crm/mirror_status.h"
#include "crm/record.h"
#include "mcapi/mc_client.h"

struct consent;
struct mirrored;

#define MEMBERS_A_CALL 500
#define ITEMS_A_PAGE 1000

struct bridge {
	struct bridge_setup setup;
	/* Of tests: a fake in the place of HTTP. */
	mc_send_fn send;
	void *send_context;
	int tries;
	int64_t plan_overlap_ms; /* see plan/plan_again.h */
	int64_t seen_at_once;    /* so many are passed before all are summed */
};

/* One job at work: what all its steps need. */
struct work {
	struct bridge *bridge;
	struct job_run *run;
	struct db *db; /* crm */
	struct arena *arena;
	struct mc_client *client;
	const char *audience; /* list id of the master audience */
	struct actor actor;
};

/*
 * Opens a client and finds the master audience (asked once, then kept as a
 * setting). run must outlive *out, whose time is now. ERR_INVALID if a remote
 * account has several and none is chosen. *out is to be released in any case.
 */
int work_begin(struct job_run *run, struct work *out, struct err *err);
void work_release(struct work *w); /* { 0 } is fine */
/* A client more, of another thread; b must outlive it. */
struct mc_client *bridge_client(const struct bridge *b);

/* /lists/<audience><rest>, in the work's arena. */
const char *list_path(struct work *w, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A time as a parameter of a path, in whole seconds. */
const char *time_param(int64_t ms, struct arena *arena);

/* What was done, for people: person_id 0: nobody's; detail_json NULL: none. */
int journal(struct tx *tx, struct work *w, const char *kind, int64_t person_id,
	    const char *detail_json, struct err *err);
/* What cannot be done waits where a user sees it. person_id 0: nobody's in
 * particular; email_id 0: of no address; why is what they read. */
int park(struct tx *tx, struct work *w, const char *kind, int64_t person_id,
	 int64_t email_id, const struct err *why, struct err *err);

/* --- field_map.c: fields of people -> merge fields --- */

/* One of field, custom, is_address, is_company says where the value comes from.
 */
struct mapped_field {
	struct merge_target target;
	const struct field *field;
	const char *custom; /* key */
	bool is_address;
	bool is_company; /* its name: records_add_companies */
};
struct field_map {
	struct mapped_fields VEC_FIELDS(struct mapped_field) fields;
	json_t *described; /* by the audience; targets point into it */
};
void field_map_release(struct field_map *map);

/* Reads the table and what the audience has; fields that it lacks are left
 * out. *out is { 0 } before, and to be released in any case. */
int field_map_load(struct work *w, struct field_map *out, struct err *err);
/* The same without asking the audience: as it was at *read_ms; 0: never, so as
 * a new one is. */
int field_map_load_kept(struct db *db, struct arena *arena,
			struct field_map *out, int64_t *read_ms,
			struct err *err);
/* What bridge_field_saw has kept: {"at", "fields"}; NULL: nothing yet. */
int bridge_field_seen(struct db *db, struct arena *arena, json_t **out,
		      struct err *err);
/*
 * The object of merge fields of a record. Sets of fields are bits by place in
 * the map: returns those whose values did not fit, which are left empty, and
 * those of `without`, which are not written.
 */
uint64_t field_map_write(const struct field_map *map, const struct record *r,
			 uint64_t without, struct strbuf *out);
/* A JSON array of the tags; NULL: none. */
const char *field_map_tags(const struct field_map *map, uint64_t set,
			   struct arena *arena);
/* Which fields a text of the audience names. */
uint64_t field_map_named(const struct field_map *map, const char *text);
/* The job bridge-fields: reads what merge fields there are, and creates those
 * that are mapped and missing if the payload says {"create": true}; those of
 * the audience inside that nobody chose in any case. */
int job_fields(struct job_run *run, struct err *err);
/* Of the audience inside: what nobody chose is mapped, and what it lacks is
 * made there, after field_map_load, which is called again if any was. */
int field_map_extend(struct work *w, int64_t *made, struct err *err);
/* Of field_own.c: maps them. 1, 0: somebody chose, or it is elsewhere; -1. */
int field_own_map(struct work *w, struct err *err);
/* The same object from the API's merge_fields: equal texts, nothing to do. */
void field_map_of_member(const struct field_map *map,
			 const json_t *merge_fields, struct strbuf *out);

/* --- mirror/language.c --- */

/* The API's code of a person's language; NULL: it is none that we know. */
const char *language_of_record(const struct record *r);
/* Has the reader chosen another one since the mirror saw or wrote it? */
bool language_is_news(const struct mirrored *known, const json_t *member);
/* Is it clear whose language the member has: is the address one person's? 1, 0,
 * -1. */
int language_has_one_reader(struct db *db, const char *hash, struct err *err);
/* We wrote it, or saw it, just now. The mirror must have the member. */
int language_note(struct batch *b, const char *hash, const char *code,
		  struct err *err);
/*
 * What a page of members, as the API has them, says of languages: what changed
 * since we saw it last, and what the CRM lacks, is written to the CRM.
 * *news_out is for languages_note, once the mirror has the page; to be
 * released.
 */
int languages_hear(struct tx *tx, struct work *w, const json_t *members,
		   json_t **news_out, struct err *err);
int languages_note(struct batch *b, const json_t *news, struct err *err);

/* --- mirror/mirror.c: what we last knew of the members --- */

/* The reason of rule 12 for leaving such a member out, or that it may get mail
 * or be added. */
enum left_out mirror_reason(enum mirror_status status);

/* The member as it is now. merge_hash (of what field_map_of_member writes),
 * contact_id NULL: not known, keep. changed_ms: as the audience tells it. */
int mirror_put(struct tx *tx, const char *hash, enum mirror_status status,
	       const char *merge_hash, const char *contact_id,
	       int64_t changed_ms, struct err *err);
/* Reports know the person by their member's new address from now on. */
int recipient_move(struct tx *tx, int64_t person_id, const char *old_hash,
		   const char *new_hash, struct err *err);
/* There is no such member any more, or it has another address now. That it was
 * ours stays noted for a day, until a full look at the audience has not found
 * it either: the audience may be wrong, and a call of ours may come late. If it
 * had unsubscribed, that is heard first. */
int mirror_remove(struct tx *tx, struct work *w, const char *hash,
		  struct err *err);
/* The member is not ours: nobody of ours may subscribe it again. */
int mirror_disown(struct tx *tx, const char *hash, struct err *err);
/* Nobody has the address any more: its contact has another one. */
int mirror_renamed(struct tx *tx, const char *hash, int64_t now_ms,
		   struct err *err);
/* Of the API's word; MIRROR_NONE: of no word that we know. */
enum mirror_status mirror_status_of(const char *name);

struct mirrored {
	enum mirror_status status;
	const char *merge_hash;  /* NULL: not known */
	const char *contact_id;  /* NULL: not known */
	const char *language;    /* NULL: not known */
	int64_t added_ms;        /* the bridge subscribed it, or archived it;
				    0: others did */
	int64_t archived_ms;     /* the bridge did, or was about to; 0: never */
	int64_t unsubscribed_ms; /* the bridge did, by what was known then;
				    0: others, or nobody */
	int64_t unsubscribe_call_ms;    /* when it told the audience */
	const char *strayed_contact_id; /* had the address before, and has not
					   been seen since; NULL: nobody */
	int64_t strayed_added_ms;       /* of that one */
	int64_t changed_ms;             /* as the audience told it last */
};
/* 1, 0 (*out untouched), or -1. Nothing is known of members that no page and no
 * call of ours told. */
int mirror_find(struct db *db, const char *hash, struct arena *arena,
		struct mirrored *out, struct err *err);
/* No member, as far as the mirror knows, nor one that is being subscribed: if
 * there is one now, the next page tells whose it is. */
bool mirrored_is_gone(const struct mirrored *known);

/*
 * What the mirror has of those members of a page whom `asked` takes: status,
 * added_ms, unsubscribed_ms and changed_ms. KNOWN_MEMBERS_INIT before.
 */
struct known_members {
	json_t *index; /* hash -> place in rows */
	struct mirroreds VEC_FIELDS(struct mirrored) rows;
};
#define KNOWN_MEMBERS_INIT               \
	{                                \
		json_object(), VEC_INIT, \
	}
void known_members_release(struct known_members *known);
int known_members_load(struct work *w, const json_t *members,
		       bool (*asked)(const json_t *member),
		       struct known_members *out, struct err *err);
/* NULL: it has none of that hash (which may be NULL), or it was not asked. */
const struct mirrored *known_member(const struct known_members *known,
				    const char *hash);

/*
 * The contact of *old has another address, by the member as it is now: what the
 * mirror knows goes along. If it is archived, it is ours only if the bridge
 * archived it, or was about to.
 */
int mirror_carry(struct tx *tx, const struct mirrored *old,
		 const char *new_hash, const json_t *member, int64_t now_ms,
		 struct err *err);

/* --- mirror/refresh.c: what changed since --- */

/* Read what changed since the last time (all, if full). Returns how many
 * members were read, or -1: what was stored before stays, and the next call
 * goes on there. */
int64_t mirror_refresh(struct work *w, const struct field_map *map, bool full,
		       struct err *err);
/* As a parameter of a path, in the work's arena: since when the mirror does not
 * know what changed. */
int mirror_since(struct work *w, const char **out, struct err *err);
/* A member is not where it was: whoever has another address now is followed. */
int mirror_follow(struct work *w, struct err *err);

/* --- mirror/seen.c: what needs no second look --- */

/* Of a page of members (with changed_ms, where the audience tells it), those
 * that the mirror has not exactly as they are, appended to *out. */
int members_unseen(struct work *w, const json_t *members, json_t *out,
		   struct err *err);
/*
 * Has the mirror all that changed since (since_ms > 0), exactly as it is? *out:
 * how many they are. 1, 0: not, or it cannot be known, -1.
 */
int members_are_seen(struct work *w, int64_t since_ms, int64_t *out,
		     struct err *err);

/* --- mirror/newcomer.c: members whom others subscribed --- */

/* By the same index. { VEC_INIT, VEC_INIT } before. */
struct newcomers {
	struct texts hashes;
	struct texts keyed; /* see forgotten_hash; "": not known */
	struct arena *arena;
};
void newcomers_release(struct newcomers *n);
/* Of a page of members, before the mirror knows any of it: who gets mail over
 * there and did not when the mirror saw them last, or has changed since (all:
 * whatever it saw). */
int newcomers_find(struct work *w, const json_t *members, bool all,
		   struct newcomers *out, struct err *err);
/*
 * They are unsubscribed if the CRM has an opt-out or an erasure of the address,
 * unless they signed up since, by themselves: by the job bridge-person of who
 * has it, or at once and taken off the page.
 */
int newcomers_tell(struct work *w, const struct newcomers *n, json_t *members,
		   struct err *err);
/* Did somebody say no with the address of a member, who is no person here (any
 * more)? 1, 0, -1. */
int address_is_refused(struct work *w, const json_t *member, struct err *err);

/* --- mirror/watch.c --- */

int job_watch(struct job_run *run, struct err *err);

/* --- campaign/campaign_find.c --- */

/* What others than the bridge have sent to the audience since the last look
 * becomes campaigns of the CRM, which the next pull looks at. */
int campaigns_find(struct work *w, struct err *err);

/* --- mirror/moved.c: members whose address changed over there --- */

/*
 * The member is the one that the mirror knows by another hash: the mirror's row
 * moves, and the CRM's person gets the address, or a user is asked if that is
 * not clear.
 */
int member_moved(struct work *w, const char *old_hash, const json_t *member,
		 struct err *err);

/* --- reconcile.c --- */

/* Is it more than a run may take away without asking: 10 % of those concerned,
 * and more than 50? */
bool breaker_trips(int64_t removing, int64_t concerned);

struct reconciled {
	int64_t opted_out; /* people, because of the audience */
	int64_t held;      /* addresses, because of the audience */
	int64_t repaired;  /* members unsubscribed, because of the CRM */
	int64_t settled;   /* members moved or archived: nobody has them */
	int64_t parked;
};
/*
 * From the mirror to the CRM and back. confirmed: a user has agreed to what it
 * takes away. Adds to *out. 0, RECONCILE_ASKS (all but the removals was done,
 * of which *out tells how many there would be), or -1.
 */
#define RECONCILE_ASKS 1
int reconcile(struct work *w, bool confirmed, struct reconciled *out,
	      struct err *err);
/* The first part of it: whoever left the audience is opted out. */
int reconcile_leavers(struct work *w, struct reconciled *out, struct err *err);
int job_sync(struct job_run *run, struct err *err);
int job_nightly(struct job_run *run, struct err *err);

/* A cleaned member, told by a webhook: hold the address, unless so many are
 * that a user is to be asked; then a sync does that. */
int reconcile_bounce(struct work *w, const char *hash, struct err *err);

/* --- members.c: single members --- */

/* A member as it is now, by its hash: 1 and *out, the caller's; 0: there is
 * none; -1. */
int member_read(struct work *w, const char *hash, json_t **out,
		struct err *err);
enum mirror_status member_status(const json_t *member); /* NULL: NONE */
/*
 * was: the status before. Who had left already was not unsubscribed by us. What
 * came after the job began is younger than its reason; what the audience tells
 * of the call is as old as the call, which may be long after.
 */
int member_note_unsubscribed(struct batch *b, struct work *w, const char *hash,
			     enum mirror_status was, int64_t call_ms,
			     struct err *err);
/* NULL is nobody's id. */
bool is_contact(const json_t *member, const char *contact_id);
/* Unsubscribed, even if somebody archived them since. */
bool member_said_no(const json_t *member);
/* A member that was known by the hash of an address may tell that somebody
 * unsubscribed: whoever had the address then, and the person (0: nobody else).
 */
int member_word(struct tx *tx, struct work *w, const json_t *member,
		const char *hash, int64_t person_id, struct err *err);
/*
 * They may have unsubscribed just before the bridge archived them: 1, it was
 * heard, and the member is not the bridge's any more; 0: they did not; -1.
 */
int member_last_word(struct work *w, const char *hash, int64_t person_id,
		     struct err *err);
/* The same, of a member that we meant to archive: a life that was killed may
 * not have read it. 0 or -1. */
int member_word_of_archive(struct work *w, const char *hash, int64_t person_id,
			   struct err *err);
/* Whom the audience means; address: NULL, not known. */
struct meant {
	const char *hash, *address;
};
struct meant meant_by(const json_t *member, const char *hash);
/*
 * The audience tells that somebody with that address said no: whoever has it,
 * or had it then, and whom the campaign of *c was sent to there, wherever they
 * are now. If that is nobody, it is kept for whoever brings the address back.
 * How many that changed.
 */
int word_heard(struct tx *tx, const struct meant *who, const struct consent *c,
	       const struct actor *actor, struct err *err);
/* Only for whoever brings the address back. */
int word_kept(struct tx *tx, const struct meant *who, const struct consent *c,
	      const struct actor *actor, struct err *err);
/* They subscribed there again, by themselves: what the audience told before is
 * not kept any more. */
int word_taken_back(struct tx *tx, const struct meant *who, struct err *err);
/* Did it subscribe again by the link of a mail, after that time? 1, 0, -1. */
int member_resubscribed(struct work *w, const char *hash, int64_t after_ms,
			struct err *err);
/*
 * Of a member that is subscribed: did it unsubscribe by a link, and take that
 * back by its own act? The audience says so (only the person can do it), and
 * the CRM lifts what came of it. ip: from where, NULL or "": not known. Returns
 * how many are opted in, or -1.
 */
int member_took_back(struct work *w, const char *hash, const char *ip,
		     struct err *err);
/* otherwise: where the audience does not tell. */
int64_t member_changed_ms(const json_t *member, int64_t otherwise);
/* As of which change it is: each has its own, which only the audience inside
 * tells; 0: not told. */
int64_t member_version(const json_t *member);
/* Did it do one of these (NULL ends them), as far as its activity goes back?
 * *last_ms: when it last did, 0: not told. 1, 0, -1. */
int member_did(struct work *w, const char *hash, const char *const *actions,
	       int64_t *last_ms, struct err *err);
/* As far as the audience tells; ours are. */
bool was_added_by_program(const json_t *member);
/* Whoever is no member is left alone. ERR_RETRY: they are subscribed after all.
 */
int unsubscribe_member(struct work *w, const char *hash, struct err *err);
/* Was it asked to confirm since that no? Until it answers it gets no mail, and
 * the answer is the person's own. */
bool member_is_asked(const json_t *member, int64_t no_ms);
/* The same for the opt-out of a person (0: of whoever has the address): if it
 * was lifted meanwhile, as another job heard that the person took it back, the
 * member is left alone, too; also if it was asked since (1). */
int unsubscribe_opted_out(struct work *w, const char *hash, int64_t person_id,
			  struct err *err);
/* As it is (NULL: gone), and not ours. */
int member_let_go(struct work *w, const char *hash, const json_t *member,
		  struct err *err);
/* What cannot be archived (bounced, pending, gone) stays as it is. What the
 * bridge archives is no administrator's: it may be added again. person_id 0:
 * nobody's. */
int archive_member(struct work *w, const char *hash, int64_t person_id,
		   struct err *err);
/* May it pass? Then it is worth another try; the rest is parked (rule 14). */
bool is_passing(const struct err *why);

/* --- forget.c --- */

/*
 * Members of people who were erased: deleted for good, under whatever address
 * they have there by now. Each is tried until the audience has said twice, an
 * hour apart, that there is no such member, or has deleted it.
 */
int members_forget(struct work *w, struct err *err);
int job_forget(struct job_run *run, struct err *err);

/* --- person.c: one person, as they are now --- */

/*
 * Makes the audience what the CRM says of a person: who opted out is
 * unsubscribed, the member of an address that they left is moved to the new
 * one or merged into its member, names are written. 1: an address that they
 * left is on its way by a push; it is to be settled once that has ended.
 */
int person_settle(struct work *w, int64_t person_id, struct err *err);
int job_person(struct job_run *run, struct err *err);

/* --- people_out.c: many who have opted out --- */

/* If many have whose jobs wait: does them, as far as they are simple. Whoever
 * is not done has their job still. */
int people_opt_out(struct work *w, struct err *err);

/* --- bridge_organisation.c --- */

int job_organisation(struct job_run *run, struct err *err);

/* --- orphan.c --- */

/* Who had an address last; whoever has another one now comes first. 1, 0 if
 * nobody had it, or -1. */
struct last_owner {
	int64_t email_id, person_id;
	bool has_address; /* a marketing address, by now */
};
int last_owner_find(struct db *db, const char *hash, struct last_owner *out,
		    struct err *err);
/* A member that the bridge subscribed and that is nobody's: moved to the
 * address that their last owner has now, else archived. */
int orphan_settle(struct work *w, const char *hash, struct err *err);

/* --- present.c --- */

/* After something was written for these addresses: whoever has changed
 * meanwhile gets a job; so do those who were erased, since the job that deletes
 * their members for good may have come too early. */
struct written_address {
	int64_t email_id;
	const char *hash;
};
struct written VEC_FIELDS(struct written_address);
int present_check(struct tx *tx, const struct written *all, int64_t now_ms,
		  struct err *err);
/* Whoever has the address and is opted out gets a job, bridge-person. */
int opted_out_tell(struct tx *tx, const char *hash, int64_t now_ms,
		   struct err *err);

/* --- bridge.c: the secret of the webhook --- */

struct hook_secrets {
	const char *now;
	const char *old; /* with blanks between; "": none */
};
/* Makes the first one, if there is none. */
int hook_secrets_load(struct db *db, struct arena *arena,
		      struct hook_secrets *out, struct err *err);
/* Nothing over there has the old ones any more. */
int hook_secrets_settle(struct db *db, const struct hook_secrets *secrets,
			struct err *err);

/* --- hook.c --- */

/* Makes the webhook of the audience, if it has none of ours, and takes away
 * those with an old secret. */
int hook_register(struct work *w, struct err *err);
int job_hook(struct job_run *run, struct err *err);
int job_hook_register(struct job_run *run, struct err *err);

/* --- rows of a push --- */

/* Stored: see push_row. */
enum push_action {
	PUSH_ADD = 1,
	PUSH_UPDATE = 2,
	PUSH_TAG = 3,
	PUSH_UNTAG = 4,
	PUSH_UNCHANGED = 5,
	PUSH_LEFT_OUT = 6,
};
enum push_outcome {
	PUSH_INTENDED = 0,
	PUSH_APPLIED = 1,
	PUSH_REFUSED = 2,
	PUSH_PARKED = 3,
};

struct push {
	int64_t id;
	int64_t group_id;
	const char *group_name;
	bool dry_run;
	int64_t segment_id; /* 0: not made yet */
	const char *state;
	int64_t asked; /* removals that a user was asked about */
};

/*
 * An address loses the tag although its person is in the group: they may not be
 * mailed, for this reason, or have another address now. Such rows stand under
 * negative numbers of their own, and the circuit breaker does not count them.
 */
int push_row_untag(struct batch *b, int64_t push_id, int64_t email_id,
		   enum left_out reason, const char *hash, struct err *err);

/* --- push_tag.c: the tag of a group --- */

/* push->segment_id becomes that of the tag that was made last, if it still
 * exists; else 0. */
int tag_find(struct work *w, struct push *push, struct err *err);
/* Made, and named like the group. ERR_RETRY with state "planning": it went
 * away since the plan. */
int tag_ensure(struct work *w, struct push *push, struct err *err);
/* Of any tag: 1 and its name, 0 if there is no such tag, -1. */
int tag_read(struct work *w, int64_t id, const char **name, struct err *err);
/* The same text as long as the same members have it; *out NULL: there is no
 * such tag, or the audience does not tell, as only ours does. */
int tag_digest(struct work *w, int64_t id, const char **out, struct err *err);

/* --- push/push.c, plan.c, push_run.c --- */

/* Makes the plan of a push: rows of push_row. Begins anew if a plan was left
 * half made. */
int plan_make(struct work *w, struct push *push, struct err *err);
/* Stores push->state and push->segment_id. */
int push_store(struct work *w, const struct push *push, struct err *err);
/* Does what the plan says and is not done yet. */
int push_apply(struct work *w, struct push *push, struct err *err);
/* Appends the counts, as the API shows them: a JSON object. */
int push_result(struct work *w, const struct push *push, struct strbuf *out,
		struct err *err);
struct push_wish {
	int64_t group_id;
	int64_t plan_id; /* what the user looked at; 0: nothing */
	bool dry_run;
};
/* A new push, to be kept in the job's state before anything else. A plan: old
 * ones make room for it. ERR_CONFLICT, ERR_INVALID: see push_plan_check. */
int push_open(struct work *w, const struct push_wish *wish, int64_t *id_out,
	      struct err *err);
/*
 * Plan and apply, or go on where the last try stopped; the result of the job
 * becomes the counts. plan_id: that of the wish. 0 done, PUSH_ASKS (the
 * breaker; ask the user), PUSH_WAITS (another job pushes the group: come back),
 * or -1.
 */
#define PUSH_ASKS 1
#define PUSH_WAITS 2
int push_run(struct work *w, int64_t push_id, int64_t plan_id, struct err *err);
/* Whatever was planned, or done, is old: the next run plans anew. */
int push_renew(struct work *w, int64_t push_id, struct err *err);
/*
 * Just before a campaign goes out: who may not be mailed any more, or has
 * another address since the push, is pushed again. ERR_CONFLICT: somebody keeps
 * the tag that should not.
 */
int push_recheck(struct work *w, int64_t push_id, struct err *err);
int job_push(struct job_run *run, struct err *err);

/* --- campaign_send.c, campaign_test_mail.c, pull.c, undo_cleans.c --- */

int job_campaign_send(struct job_run *run, struct err *err);
int job_campaign_test(struct job_run *run, struct err *err);
int job_campaign_act(struct job_run *run, struct err *err);
int job_campaign_winner(struct job_run *run, struct err *err);
int job_pull(struct job_run *run, struct err *err);
int job_undo_cleans(struct job_run *run, struct err *err);
/* Nobody waits any more; with the figures. */
int cancel_waiting(struct tx *tx, int64_t campaign_id, int64_t now_ms,
		   struct err *err);
/* All campaigns that still get results; *out is how many were read. */
int pull_all(struct work *w, int64_t *out, struct err *err);

#endif
