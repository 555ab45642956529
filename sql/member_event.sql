-- schema: audience
-- What other programs say that members did, see src/audience/side/member_event.h.

-- name: member-event-page
-- The newest first. args: member, limit, offset
SELECT name, properties, occurred_ms FROM member_event
WHERE member_id = ? ORDER BY occurred_ms DESC, id DESC LIMIT ? OFFSET ?;

-- name: member-event-count
-- args: member
SELECT COUNT(*) FROM member_event WHERE member_id = ?;

-- name: member-event-add
-- args: member, name, properties, occurred, is syncing
INSERT INTO member_event (member_id, name, properties, occurred_ms, is_syncing)
VALUES (?, ?, ?, ?, ?);
