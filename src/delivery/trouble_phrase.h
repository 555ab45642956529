/*
 * delivery/trouble_phrase.h - what mail servers say, as a table
 *
 * Only trouble.c asks. Statuses and codes are often wrong (5.1.1 for a sender,
 * 5.7.1 for a mailbox that is not there), so words come first where they can
 * be read.
 */
#ifndef DELIVERY_TROUBLE_PHRASE_H
#define DELIVERY_TROUBLE_PHRASE_H

#include "delivery/trouble.h"

/*
 * What a text is about: TROUBLE_RETRY, HARD, SOFT, or one of ours.
 * TROUBLE_NONE: no word in it is known. enhanced: "" if none; some words mean
 * something only beside a status.
 */
enum trouble trouble_phrase(const char *enhanced, const char *text);

#endif
