-- schema: audience
-- The audience's side of the suppression journal: see
-- src/audience/audience_journal.c.

-- name: audience-journal-members
-- Whose status the journal does not have yet. args: limit
SELECT m.id, m.status, m.unsubscribed_by, m.address, m.changed_ms,
	COALESCE(l.hex, '')
FROM member m LEFT JOIN list l ON l.id = m.list_id
WHERE m.status <> m.journalled ORDER BY m.id LIMIT ?;

-- name: audience-journal-suppressions
-- args: limit
SELECT keyed_hash, reason, at_ms FROM suppression WHERE journalled = 0
ORDER BY keyed_hash LIMIT ?;

-- name: audience-journal-forgotten
-- args: limit
SELECT f.list_id, f.keyed_hash, f.at_ms, COALESCE(l.hex, '')
FROM forgotten f LEFT JOIN list l ON l.id = f.list_id
WHERE f.journalled = 0 ORDER BY f.list_id, f.keyed_hash LIMIT ?;

-- name: audience-journal-members-again
-- All but those who are subscribed (1), of whom no entry is needed.
UPDATE member SET journalled = 1 WHERE journalled <> 1;

-- name: audience-journal-suppressions-again
UPDATE suppression SET journalled = 0 WHERE journalled <> 0;

-- name: audience-journal-forgotten-again
UPDATE forgotten SET journalled = 0 WHERE journalled <> 0;

-- name: audience-journal-member-done
-- args: status as read, id
UPDATE member SET journalled = ? WHERE id = ?;

-- name: audience-journal-suppression-done
-- args: keyed hash
UPDATE suppression SET journalled = 1 WHERE keyed_hash = ?;

-- name: audience-journal-forgotten-done
-- args: list, keyed hash
UPDATE forgotten SET journalled = 1 WHERE list_id = ? AND keyed_hash = ?;

-- name: audience-journal-page
-- A page of members that are not forgotten. args: after id, limit
SELECT m.id, m.address, m.status, m.email_hash, l.hex
FROM member m JOIN list l ON l.id = m.list_id
WHERE m.id > ? AND m.list_id > 0 ORDER BY m.id LIMIT ?;

-- name: audience-journal-list
-- args: hex
SELECT id FROM list WHERE hex = ? AND deleted_ms IS NULL;
