/*
 * api/campaign/inbox_line.h - how a mail's text begins, as an inbox shows it
 * where the author wrote no preview text
 *
 * Inboxes read the HTML, of which our plain text is made: lines under headings,
 * rules and addresses of links are the plain text's own, and stand in no inbox.
 * Pure; any thread.
 */
#ifndef API_CAMPAIGN_INBOX_LINE_H
#define API_CAMPAIGN_INBOX_LINE_H

struct arena;

/* In the arena; at most some 160 bytes, of whole characters. */
const char *inbox_line(const char *plain_text, struct arena *arena);

#endif
