/*
 * crm/left_out.h - why somebody in a group gets no mail (rule 12)
 *
 * One list for plans, pushes, the ledger of a campaign, criteria and the API:
 * the database and the API have the words. Pure; any thread.
 */
#ifndef CRM_LEFT_OUT_H
#define CRM_LEFT_OUT_H

#include <stdbool.h>

/* Read by tools/sqlgen.py too: `:LEFT_OUT_HELD` is the word. */
/* clang-format off */
#define LEFT_OUT_WORDS(word)                                                   \
	word(LEFT_OUT_NO_ADDRESS, "no_address")                                \
	word(LEFT_OUT_INVALID, "invalid")                                      \
	word(LEFT_OUT_OPTED_OUT, "opted_out")                                  \
	word(LEFT_OUT_HELD, "held")                                            \
	word(LEFT_OUT_DEMO, "demo")                                            \
	word(LEFT_OUT_DUPLICATE, "duplicate")                                  \
	word(LEFT_OUT_UNSUBSCRIBED, "unsubscribed")                            \
	word(LEFT_OUT_CLEANED, "cleaned")                                      \
	word(LEFT_OUT_SUPPRESSED, "suppressed")                                \
	word(LEFT_OUT_FORGOTTEN, "forgotten")                                  \
	word(LEFT_OUT_PENDING, "pending")                                      \
	word(LEFT_OUT_OVER_LIMIT, "over_limit")
/* clang-format on */

#define LEFT_OUT_ENUMERATOR(name, text) name,
enum left_out { LEFT_OUT_NOT, LEFT_OUT_WORDS(LEFT_OUT_ENUMERATOR) };
#undef LEFT_OUT_ENUMERATOR

const char *left_out_name(enum left_out why); /* NULL: they are not */
/* The audience itself does not mail them. */
bool left_out_by_audience(enum left_out why);

#endif
