/*
 * crm/consent/crm_journal.h - the CRM's side of the suppression journal
 *
 * The tables are the queue: rows of consent, erased addresses, erased people
 * and leads with journalled = 0 are not in the journal yet, whoever wrote them.
 * A consent becomes an entry for the record and one for each of its addresses,
 * so that it is found again after the address was changed, and by whoever
 * shares it. See journal/journal.h.
 */
#ifndef CRM_CRM_JOURNAL_H
#define CRM_CRM_JOURNAL_H

struct journal_side;

extern const struct journal_side crm_journal_side;

#endif
