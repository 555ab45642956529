-- schema: audience
-- What members are found by, see src/audience/side/member_word.h.

-- name: member-word-until
SELECT until_id FROM member_word_state WHERE id = 1;

-- name: member-word-lock
-- For who fills it: one at a time.
SELECT until_id FROM member_word_state WHERE id = 1 FOR UPDATE;

-- name: member-word-set-until
-- The row is locked. args: id
UPDATE member_word_state SET until_id = ? WHERE id = 1;

-- name: member-word-behind
-- How many are not in it as they are, of so many.
-- args: after id, limit, limit
SELECT (SELECT COUNT(*) FROM (SELECT 1 AS one FROM member WHERE id > ? LIMIT ?) AS a)
	+ (SELECT COUNT(*) FROM (SELECT 1 AS one FROM member_word_stale LIMIT ?) AS b);

-- name: member-word-stale
-- args: limit
SELECT member_id FROM member_word_stale ORDER BY member_id LIMIT ?;

-- name: member-word-new
-- args: after id, limit
SELECT id FROM member WHERE id > ? ORDER BY id LIMIT ?;

-- name: member-word-fresh
-- args: JSON array of members
DELETE FROM member_word_stale WHERE member_id IN JSON_INTS(?);

-- name: member-word-remove
-- args: JSON array of members
DELETE FROM member_word WHERE member_id IN JSON_INTS(?);

-- name: member-word-add
-- args: list, word, member
INSERT INTO member_word (list_id, word, member_id) VALUES (?, ?, ?)
ON CONFLICT (list_id, word, member_id) DO NOTHING;

-- name: member-word-list-remove
-- args: list
DELETE FROM member_word WHERE list_id = ?;

-- name: member-word-find
-- args: list, from, before, limit
SELECT member_id FROM member_word
WHERE list_id = ? AND word >= ? AND word < ? ORDER BY word, member_id LIMIT ?;

-- name: member-word-lists
-- Where somebody may be found.
SELECT id FROM list WHERE deleted_ms IS NULL ORDER BY id;

-- name: member-word-address
-- Who has that address, in any list. args: hash
SELECT member_id FROM member_address
WHERE list_id IN (SELECT id FROM list WHERE deleted_ms IS NULL)
	AND email_hash = ?;

-- name: member-word-address-of
-- The same in one list. args: list, hash
SELECT member_id FROM member_address WHERE list_id = ? AND email_hash = ?;
