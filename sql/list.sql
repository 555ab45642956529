-- schema: audience

-- name: list-find
-- args: hex
SELECT id, hex, name, is_master, contact, permission_reminder,
	campaign_defaults, email_type_option, use_archive_bar, double_optin,
	marketing_permissions, notify_on_subscribe, notify_on_unsubscribe,
	visibility, created_ms
FROM list WHERE hex = ? AND deleted_ms IS NULL;

-- name: list-lock
-- Before it is read to be changed. args: hex
SELECT id FROM list WHERE hex = ? AND deleted_ms IS NULL FOR UPDATE;

-- name: list-by-id
-- args: id
SELECT id, hex, name, is_master, contact, permission_reminder,
	campaign_defaults, email_type_option, use_archive_bar, double_optin,
	marketing_permissions, notify_on_subscribe, notify_on_unsubscribe,
	visibility, created_ms
FROM list WHERE id = ? AND deleted_ms IS NULL;

-- name: list-master
SELECT id, hex, name, is_master, contact, permission_reminder,
	campaign_defaults, email_type_option, use_archive_bar, double_optin,
	marketing_permissions, notify_on_subscribe, notify_on_unsubscribe,
	visibility, created_ms
FROM list WHERE is_master = 1 AND deleted_ms IS NULL;

-- name: list-page
-- args: before (NULL: any), before, since, since, hash of an address (NULL: any),
-- hash, last sent before (NULL: any), before, since, since, newest first (1), limit,
-- offset
SELECT id, hex, name, is_master, contact, permission_reminder,
	campaign_defaults, email_type_option, use_archive_bar, double_optin,
	marketing_permissions, notify_on_subscribe, notify_on_unsubscribe,
	visibility, created_ms
FROM list
WHERE deleted_ms IS NULL
	AND (CAST(? AS BIGINT) IS NULL OR created_ms <= ?)
	AND (CAST(? AS BIGINT) IS NULL OR created_ms >= ?)
	AND (CAST(? AS TEXT) IS NULL OR EXISTS (
		SELECT 1 FROM member_address a
		WHERE a.list_id = list.id AND a.email_hash = ?))
	AND (CAST(? AS BIGINT) IS NULL OR (
		SELECT MAX(COALESCE(c.done_ms, c.send_ms)) FROM campaign c
		WHERE c.list_id = list.id AND c.status = :CAMPAIGN_SENT) <= ?)
	AND (CAST(? AS BIGINT) IS NULL OR (
		SELECT MAX(COALESCE(c.done_ms, c.send_ms)) FROM campaign c
		WHERE c.list_id = list.id AND c.status = :CAMPAIGN_SENT) >= ?)
ORDER BY CASE WHEN CAST(? AS BIGINT) = 1 THEN -id ELSE id END
LIMIT ? OFFSET ?;

-- name: list-count
-- args: as list-page, without order and page
SELECT COUNT(*) FROM list
WHERE deleted_ms IS NULL
	AND (CAST(? AS BIGINT) IS NULL OR created_ms <= ?)
	AND (CAST(? AS BIGINT) IS NULL OR created_ms >= ?)
	AND (CAST(? AS TEXT) IS NULL OR EXISTS (
		SELECT 1 FROM member_address a
		WHERE a.list_id = list.id AND a.email_hash = ?))
	AND (CAST(? AS BIGINT) IS NULL OR (
		SELECT MAX(COALESCE(c.done_ms, c.send_ms)) FROM campaign c
		WHERE c.list_id = list.id AND c.status = :CAMPAIGN_SENT) <= ?)
	AND (CAST(? AS BIGINT) IS NULL OR (
		SELECT MAX(COALESCE(c.done_ms, c.send_ms)) FROM campaign c
		WHERE c.list_id = list.id AND c.status = :CAMPAIGN_SENT) >= ?);

-- name: list-add
INSERT INTO list (hex, name, is_master, contact, permission_reminder,
	campaign_defaults, email_type_option, use_archive_bar, double_optin,
	marketing_permissions, notify_on_subscribe, notify_on_unsubscribe,
	visibility, created_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: list-delete
-- args: now, id
UPDATE list SET deleted_ms = ? WHERE id = ?;

-- name: list-delete-members
-- args: list
DELETE FROM member WHERE list_id = ?;

-- name: list-delete-addresses
-- args: list
DELETE FROM member_address WHERE list_id = ?;

-- name: list-delete-segment-members
-- args: list
DELETE FROM segment_member WHERE segment_id IN (
	SELECT id FROM segment WHERE list_id = ?);

-- name: list-delete-segments
-- args: list
DELETE FROM segment WHERE list_id = ?;

-- name: list-delete-webhooks
-- args: list
DELETE FROM webhook WHERE list_id = ?;

-- name: list-gone-since
-- How many of a status that they left by changed since then; from the index
-- alone. args: list, status, ms
SELECT COUNT(*) FROM member
WHERE list_id = ? AND status = ? AND status IN (:MEMBER_GONE) AND changed_ms > ?;

-- name: list-joined-since
-- Who joined since then; from the index alone. args: list, ms, ms
SELECT COUNT(*) FROM member WHERE list_id = ? AND changed_ms > ? AND opt_ms > ?;

-- name: list-last-change
-- The newest change of a member of that status. args: list, status
SELECT changed_ms FROM member WHERE list_id = ? AND status = ?
ORDER BY changed_ms DESC LIMIT 1;

-- name: list-last-gone
-- The same of a status that they left by. args: list, status
SELECT changed_ms FROM member
WHERE list_id = ? AND status = ? AND status IN (:MEMBER_GONE)
ORDER BY changed_ms DESC LIMIT 1;

-- name: list-campaigns
-- How many were sent, the last one, and what the last months' did. args: list
SELECT COUNT(*), MAX(COALESCE(done_ms, send_ms)) FROM campaign
WHERE list_id = ? AND status = :CAMPAIGN_SENT;

-- name: list-rates
-- Of the last sent campaigns of a list: recipients, openers, clickers. args: list
SELECT CAST(COALESCE(SUM(c.sent_seq), 0) AS BIGINT),
	CAST(COALESCE(SUM(o.n), 0) AS BIGINT), CAST(COALESCE(SUM(k.n), 0) AS BIGINT)
FROM (SELECT id, sent_seq FROM campaign
	WHERE list_id = ? AND status = :CAMPAIGN_SENT ORDER BY id DESC LIMIT 5) AS c
LEFT JOIN report_kept o ON o.campaign_id = c.id AND o.kind = :KEPT_OPENERS
	AND o.part = 0
LEFT JOIN report_kept k ON k.campaign_id = c.id AND k.kind = :KEPT_CLICKERS
	AND k.part = 0;

-- name: list-merge-fields
-- args: list
SELECT COUNT(*) FROM merge_field WHERE list_id = ?;
