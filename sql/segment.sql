-- schema: audience

-- name: segment-get
-- args: list, id
SELECT id, list_id, name, kind, conditions, created_ms, updated_ms
FROM segment WHERE list_id = ? AND id = ?;

-- name: segment-lock
-- Before it is read to be changed. args: list, id
SELECT id FROM segment WHERE list_id = ? AND id = ? FOR UPDATE;

-- name: segment-by-name
-- args: list, name
SELECT id, list_id, name, kind, conditions, created_ms, updated_ms
FROM segment WHERE list_id = ? AND name = ? ORDER BY id LIMIT 1;

-- name: segment-add
-- args: list, name, kind, conditions, now, now
INSERT INTO segment (list_id, name, kind, conditions, created_ms, updated_ms)
VALUES (?, ?, ?, ?, ?, ?);

-- name: segment-touch
-- args: now, id
UPDATE segment SET updated_ms = ? WHERE id = ?;

-- name: segment-remove
-- args: list, id
DELETE FROM segment WHERE list_id = ? AND id = ?;

-- name: segment-empty
-- args: segment
DELETE FROM segment_member WHERE segment_id = ?;

-- name: segment-members-among
-- Which of these are in it. args: segment, JSON array of member ids
SELECT member_id FROM segment_member
WHERE segment_id = ? AND member_id IN JSON_INTS(?);

-- name: segment-count-static
-- Its members of one status. args: segment, status
SELECT COUNT(*) FROM segment_member sm JOIN member m ON m.id = sm.member_id
WHERE sm.segment_id = ? AND m.status = ?;

-- name: segment-ids-of-static
-- A page of a tag, by member. args: segment, after member, limit
SELECT member_id FROM segment_member
WHERE segment_id = ? AND member_id > ? ORDER BY member_id LIMIT ?;

-- name: segment-ids-of-status
-- A page of a list, by member. args: list, status, after member, limit
SELECT id FROM member WHERE list_id = ? AND status = ? AND id > ?
ORDER BY id LIMIT ?;

-- name: segment-aim-sent
-- Who was sent it, a page by member. args: campaign, after member, limit
SELECT member_id FROM recipient
WHERE campaign_id = ? AND member_id > ? AND sent_seq IS NOT NULL
ORDER BY member_id LIMIT ?;

-- name: segment-aim-sent-any
-- The same of any campaign. args: after member, limit
SELECT DISTINCT member_id FROM recipient
WHERE member_id > ? AND sent_seq IS NOT NULL
ORDER BY member_id LIMIT ?;

-- name: segment-aim-open
-- Who opened it, a page by member. args: campaign, after member, limit
SELECT member_id FROM recipient
WHERE campaign_id = ? AND member_id > ? AND sent_seq IS NOT NULL AND opens > 0
ORDER BY member_id LIMIT ?;

-- name: segment-aim-open-any
-- The same of any campaign. args: after member, limit
SELECT DISTINCT member_id FROM recipient
WHERE member_id > ? AND sent_seq IS NOT NULL AND opens > 0
ORDER BY member_id LIMIT ?;

-- name: segment-aim-click
-- Who clicked in it, a page by member. args: campaign, after member, limit
SELECT member_id FROM recipient
WHERE campaign_id = ? AND member_id > ? AND sent_seq IS NOT NULL AND clicks > 0
ORDER BY member_id LIMIT ?;

-- name: segment-aim-click-any
-- The same of any campaign. args: after member, limit
SELECT DISTINCT member_id FROM recipient
WHERE member_id > ? AND sent_seq IS NOT NULL AND clicks > 0
ORDER BY member_id LIMIT ?;

-- name: segment-sent-ms
-- When a campaign of that list was sent. args: list, campaign
SELECT COALESCE(send_ms, 0) FROM campaign WHERE list_id = ? AND id = ?;

-- name: segment-last-sent-ms
-- args: list
SELECT COALESCE(MAX(send_ms), 0) FROM campaign
WHERE list_id = ? AND status IN (:CAMPAIGN_SENDING, :CAMPAIGN_SENT);

-- name: segment-walk
-- All that row conditions look at, by id. `+ 0` keeps SQLite from sorting what
-- another index gives: the rows lie in this order. args: list, after, limit
SELECT id, status, merge, address, opt_ms, changed_ms, rating, vip, language,
	source
FROM member WHERE list_id + 0 = ? AND id > ? ORDER BY id LIMIT ?;

-- name: segment-walk-ids
-- The same of some. args: list, JSON array of ids
SELECT id, status, merge, address, opt_ms, changed_ms, rating, vip, language,
	source
FROM member WHERE list_id + 0 = ? AND id IN JSON_INTS(?);

-- name: segment-list-size
-- args: list
SELECT COUNT(*) FROM member WHERE list_id = ?;
