/*
 * bridge/plan/plan_again.h - a plan that begins with the last push of the group
 *
 * A group is pushed again and again, before each campaign, and next to nobody
 * in it has changed. So whoever was given the tag by the last push, or left out
 * since their address is another's, keeps their row of it, and only those are
 * asked about who may differ: those with other fields (also of their company, or
 * changed in the audience by others), who came to the group or left it, whom
 * that push left out for another reason, and whoever shares an address with any
 * of them.
 *
 * It says what a whole plan would say, which is made if fields are mapped
 * otherwise, if an import ran, or if a third of the group may differ. Who has
 * the tag is read as a whole plan does, unless the audience tells a digest of
 * them (members_digest, not of Mailchimp) that is the same as after that push.
 * See docs/decisions/0070-a-plan-is-a-difference.md.
 */
#ifndef BRIDGE_PLAN_AGAIN_H
#define BRIDGE_PLAN_AGAIN_H

struct err;
struct planner;
struct push;
struct work;

/* A transaction may be this late: what was written so long before the last plan
 * is looked at again. */
#define PLAN_OVERLAP_MS 60000

/*
 * The rows of the plan, and p->tagged and p->perhaps, sealed: who is left
 * unseen in them is to lose the tag. 1; 0: it has to be a whole plan, nothing
 * was written; -1. The push has no rows, and its tag was found.
 */
int plan_again(struct planner *p, struct err *err);

/*
 * After a push: just those have the tag who should, as far as their rows say,
 * so that the next plan need not look. Nobody else knows, as others may change
 * the tag while a push does. All of the tag is read, unless nothing was
 * changed.
 */
int plan_confirm_tag(struct work *w, struct push *push, struct err *err);

#endif
