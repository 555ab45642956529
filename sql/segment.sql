-- schema: audience
-- texts of: member

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

-- name: segment-tag-page
-- Its members of some statuses, a page by member. args: segment, after member,
-- bits of statuses, limit
:MEMBER_ROW
FROM segment_member sm JOIN member m ON m.id = sm.member_id
WHERE sm.segment_id = ? AND sm.member_id > ? AND (1 << m.status) & CAST(? AS INTEGER) <> 0
ORDER BY sm.member_id LIMIT ?;

-- name: segment-tag-brief
-- The same, with what member_filter.brief reads. args: segment, after member,
-- bits of statuses, limit
SELECT m.id, m.list_id, m.address, m.email_hash, m.status, m.changed_ms
FROM segment_member sm JOIN member m ON m.id = sm.member_id
WHERE sm.segment_id = ? AND sm.member_id > ? AND (1 << m.status) & CAST(? AS INTEGER) <> 0
ORDER BY sm.member_id LIMIT ?;

-- name: segment-sent-ms
-- When a campaign of that list was sent. args: list, campaign
SELECT COALESCE(send_ms, 0) FROM campaign WHERE list_id = ? AND id = ?;

-- name: segment-last-sent-ms
-- args: list
SELECT COALESCE(MAX(send_ms), 0) FROM campaign
WHERE list_id = ? AND status IN (:CAMPAIGN_SENDING, :CAMPAIGN_SENT);

-- name: segment-last-member
SELECT COALESCE(MAX(id), 0) FROM member;

-- name: segment-plan-sets
-- PostgreSQL: how words of members are made is to be decided otherwise in this
-- transaction. It takes each word for a group of one member: it would sort a
-- million rows on disk rather than count 16,000 groups, and leave it all to one
-- process. Compiling costs more than it brings.
SELECT 0;

-- name: segment-plan-sets @pg
SELECT set_config('enable_sort', 'off', true), set_config('jit', 'off', true),
	set_config('parallel_tuple_cost', '0', true),
	set_config('parallel_setup_cost', '0', true);
