-- schema: audience
-- See src/audience/side/unsubscriber.h.

-- name: unsubscriber-put
-- args: member, at, by
INSERT INTO member_unsubscriber (member_id, at_ms, done_by) VALUES (?, ?, ?)
ON CONFLICT (member_id) DO UPDATE SET at_ms = excluded.at_ms, done_by = excluded.done_by;

-- name: unsubscriber-of
-- args: member, at
SELECT done_by FROM member_unsubscriber WHERE member_id = ? AND at_ms = ?;

-- name: unsubscriber-drop
-- args: JSON array of members
DELETE FROM member_unsubscriber WHERE member_id IN JSON_INTS(?);

-- name: unsubscriber-drop-list
-- args: list
DELETE FROM member_unsubscriber
WHERE member_id IN (SELECT id FROM member WHERE list_id = ?);
