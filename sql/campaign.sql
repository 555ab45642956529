-- schema: audience

-- What campaign_read_row reads.
-- text: CAMPAIGN_ROW
SELECT c.id, c.hex, c.list_id, l.hex, l.name, c.type, c.status, c.settings,
	c.tracking, c.segment_id, c.segment_opts, c.content_type,
	CASE WHEN c.html IS NULL OR c.html = '' THEN 0 ELSE 1 END,
	CASE WHEN c.plain_text IS NULL OR c.plain_text = '' THEN 0 ELSE 1 END,
	c.archive_token, c.schedule_ms, c.send_ms, c.done_ms, c.frozen,
	c.freeze_cursor, c.recipients, c.sent_seq, c.created_ms, c.updated_ms,
	c.folder_id, (SELECT f.hex FROM folder f WHERE f.id = c.folder_id),
	(SELECT COUNT(*) FROM campaign r WHERE r.resend_of = c.id),
	c.variate, c.winner, c.winner_ms, c.spread, c.rss, c.parent_id,
	(SELECT p.hex FROM campaign p WHERE p.id = c.parent_id)
FROM campaign c
LEFT JOIN list l ON l.id = c.list_id AND l.deleted_ms IS NULL

-- name: campaign-find
-- By public id; removed ones are not found. args: hex
:CAMPAIGN_ROW
WHERE c.hex = ? AND c.status <> :CAMPAIGN_ARCHIVED FOR UPDATE OF c;

-- name: campaign-get
-- By key, removed ones too. args: id
:CAMPAIGN_ROW
WHERE c.id = ?;

-- name: campaign-list-by-hex
-- Removed ones too. args: JSON array of hexes
:CAMPAIGN_ROW
WHERE c.hex IN JSON_TEXTS(?) ORDER BY c.id;

-- name: campaign-list-by-status
-- What delivery works on, oldest send first: not what only reads a feed. args: status
:CAMPAIGN_ROW
WHERE c.status = ? AND c.rss IS NULL ORDER BY c.send_ms, c.id;

-- name: campaign-list-due
-- Scheduled ones whose time has come, or may have: of those that are spread, it
-- is looked at again. args: now_ms, the latest time of a spread one
SELECT hex FROM campaign WHERE status = :CAMPAIGN_SCHEDULE
	AND (schedule_ms <= ? OR (spread IS NOT NULL AND schedule_ms <= ?))
ORDER BY schedule_ms, id;

-- name: campaign-status
-- args: id
SELECT status FROM campaign WHERE id = ? FOR UPDATE;

-- name: campaign-move
-- The status, if it is still what it was; a hold ends with it. args: status,
-- now_ms, now_ms (of a send) or NULL, now_ms (of an end) or NULL, id, status
-- before
UPDATE campaign SET status = ?, updated_ms = ?,
	hold_reason = NULL, hold_detail = NULL, hold_ms = NULL,
	send_ms = COALESCE(send_ms, CAST(? AS BIGINT)),
	done_ms = COALESCE(done_ms, CAST(? AS BIGINT))
WHERE id = ? AND status = ?;

-- name: campaign-shift
-- The first batch whose time came while it was paused goes now, and the others keep
-- their distance to it; nothing changes, if there is none. args: now_ms, id, paused_ms,
-- now_ms, id
UPDATE campaign SET shift_ms = COALESCE((
	SELECT CAST(? AS BIGINT) - MIN(r.next_ms) FROM recipient r
	WHERE r.campaign_id = ? AND r.state = :RECIPIENT_QUEUED AND r.state IN (:RECIPIENT_OPEN)
		AND r.next_ms > CAST(? AS BIGINT) - campaign.shift_ms
		AND r.next_ms <= CAST(? AS BIGINT) - campaign.shift_ms), shift_ms)
WHERE id = ?;

-- name: campaign-schedule
-- One writer: who has moved the status before, in this transaction.
-- args: schedule_ms or NULL, user or NULL, key or NULL, spread, id
UPDATE campaign SET schedule_ms = ?, scheduled_user = ?, scheduled_key = ?, spread = CAST(? AS TEXT)
WHERE id = ?;

-- name: campaign-scheduled-by
-- args: hex
SELECT scheduled_user, scheduled_key FROM campaign WHERE hex = ?;

-- name: campaign-add
-- args: hex, list, type, settings, segment, segment_opts, tracking,
-- archive_token, folder, resend_of, variate, spread, rss, parent, now, now.
-- Status: save.
INSERT INTO campaign (hex, list_id, type, status, settings, segment_id,
	segment_opts, tracking, archive_token, folder_id, resend_of, variate,
	spread, rss, parent_id, created_ms, updated_ms)
VALUES (?, ?, ?, :CAMPAIGN_SAVE, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: campaign-remove
-- args: id, status as read
DELETE FROM campaign WHERE id = ? AND status = ?;

-- name: campaign-folder
-- Not locked. args: hex
SELECT folder_id FROM campaign WHERE hex = ?;

-- name: campaign-copy-content
-- args: id of the copy's source three times, id of the copy
UPDATE campaign SET
	html = (SELECT s.html FROM campaign s WHERE s.id = ?),
	plain_text = (SELECT s.plain_text FROM campaign s WHERE s.id = ?),
	content_type = (SELECT s.content_type FROM campaign s WHERE s.id = ?)
WHERE id = ?;

-- name: campaign-content
-- With what feeds said when it was sent. args: id
SELECT COALESCE(s.html, c.html), COALESCE(s.plain_text, c.plain_text)
FROM campaign c
LEFT JOIN campaign_shown s ON s.campaign_id = c.id AND s.is_ready = 1
WHERE c.id = ?;

-- name: campaign-language
-- What tells which language it is in. args: id
SELECT html, COALESCE((SELECT campaign_defaults FROM list
	WHERE list.id = campaign.list_id), '{}')
FROM campaign WHERE id = ?;

-- name: campaign-content-put
-- NULL leaves a column as it is; only in status save, or of an RSS campaign that is paused. args: html, plain_text,
-- content_type, settings, now, id
UPDATE campaign SET html = COALESCE(CAST(? AS TEXT), html),
	plain_text = COALESCE(CAST(? AS TEXT), plain_text),
	content_type = COALESCE(CAST(? AS TEXT), content_type),
	settings = COALESCE(CAST(? AS TEXT), settings),
	updated_ms = ?
WHERE id = ? AND (status = :CAMPAIGN_SAVE OR (status = :CAMPAIGN_PAUSED AND rss IS NOT NULL));

-- name: campaign-list-of-hex
-- args: hex of an audience
SELECT id FROM list WHERE hex = ? AND deleted_ms IS NULL;

-- name: campaign-segment-of-list
-- args: segment, list
SELECT id FROM segment WHERE id = ? AND list_id = ?;

-- name: campaign-list-facts
-- What merge tags and the checklist need of an audience. args: list
SELECT name, hex, permission_reminder, contact,
	(SELECT COUNT(*) FROM member m WHERE m.list_id = list.id
		AND m.status = :MEMBER_SUBSCRIBED), campaign_defaults
FROM list WHERE id = ?;

-- name: campaign-list-recent
-- What it was sent last. args: list
SELECT settings FROM campaign
WHERE list_id = ? AND status = :CAMPAIGN_SENT
ORDER BY send_ms DESC, id DESC LIMIT 20;

-- name: campaign-under-way
-- Campaigns that are sent, or should have begun. args: now
SELECT id FROM campaign WHERE status = :CAMPAIGN_SENDING OR (status = :CAMPAIGN_SCHEDULE AND schedule_ms <= ?)
ORDER BY id;

-- name: campaign-busy
-- Whether mails go out now.
SELECT 1 FROM campaign WHERE status = :CAMPAIGN_SENDING AND rss IS NULL LIMIT 1;

-- name: campaign-restored
-- args: now, id
UPDATE campaign SET status = :CAMPAIGN_PAUSED, schedule_ms = NULL, updated_ms = ?
WHERE id = ?;
