-- schema: audience
-- Notes on members, see src/audience/side/member_note.h.

-- name: member-note-page
-- args: member, order (enum member_note_sort), limit, offset
SELECT id, member_id, note, created_by, created_ms, updated_ms
FROM member_note WHERE member_id = ?
ORDER BY CASE CAST(? AS BIGINT) WHEN 0 THEN -created_ms WHEN 1 THEN created_ms
	WHEN 2 THEN -updated_ms WHEN 3 THEN updated_ms
	WHEN 4 THEN -id ELSE id END, id DESC
LIMIT ? OFFSET ?;

-- name: member-note-count
-- args: member
SELECT COUNT(*) FROM member_note WHERE member_id = ?;

-- name: member-note-get
-- args: member, id
SELECT id, member_id, note, created_by, created_ms, updated_ms
FROM member_note WHERE member_id = ? AND id = ? FOR UPDATE;

-- name: member-note-last
-- The newest of each. args: JSON array of members
SELECT id, member_id, note, created_by, created_ms, updated_ms
FROM member_note WHERE id IN (SELECT MAX(n.id) FROM member_note n
	WHERE n.member_id IN JSON_INTS(?) GROUP BY n.member_id)
ORDER BY member_id;

-- name: member-note-add
-- args: member, note, by, now, now
INSERT INTO member_note (member_id, note, created_by, created_ms, updated_ms)
VALUES (?, ?, ?, ?, ?);

-- name: member-note-remove
-- args: member, id
DELETE FROM member_note WHERE member_id = ? AND id = ?;
