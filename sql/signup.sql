-- schema: audience
-- Sign-ups that wait to be confirmed, see src/audience/form/signup.h.

-- name: signup-find
-- args: member
SELECT asked_ms, given FROM signup WHERE member_id = ?;

-- name: signup-put
-- args: member, asked, given
INSERT INTO signup (member_id, asked_ms, given) VALUES (?, ?, ?)
ON CONFLICT (member_id) DO UPDATE SET asked_ms = excluded.asked_ms,
	given = excluded.given;

-- name: signup-put-bare
-- The same without anything given. args: member, asked
INSERT INTO signup (member_id, asked_ms, given) VALUES (?, ?, '{}')
ON CONFLICT (member_id) DO UPDATE SET asked_ms = excluded.asked_ms,
	given = excluded.given;

-- name: signup-give
-- What waits for the word of who is asked already. args: given, list, email_hash
UPDATE signup SET given = ? WHERE member_id = (
	SELECT id FROM member WHERE list_id = ? AND email_hash = ?);

-- name: signup-remove
-- args: member
DELETE FROM signup WHERE member_id = ?;

-- name: signup-remove-old
-- args: asked before
DELETE FROM signup WHERE asked_ms < ?;

-- name: signup-limit-lock
-- Of two who count the same, one waits. args: keyed hash, now
INSERT INTO signup_limit (keyed_hash, times, at_ms) VALUES (?, '', ?)
ON CONFLICT (keyed_hash) DO UPDATE SET at_ms = excluded.at_ms;

-- name: signup-limit-find
-- args: keyed hash
SELECT times FROM signup_limit WHERE keyed_hash = ?;

-- name: signup-limit-put
-- args: times, keyed hash
UPDATE signup_limit SET times = ? WHERE keyed_hash = ?;

-- name: signup-limit-remove-old
-- args: at before
DELETE FROM signup_limit WHERE at_ms < ?;
