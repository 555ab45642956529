-- schema: audience
-- What a test has beside its campaign, see src/campaign/variate/.

-- name: variate-put
-- Settings that its contents change; only in status save. args: variate, now, id
UPDATE campaign SET variate = ?, updated_ms = ?
WHERE id = ? AND status = :CAMPAIGN_SAVE;

-- name: variate-content-get
-- A content but the first. args: campaign, position
SELECT html, plain_text FROM campaign_content
WHERE campaign_id = ? AND position = ?;

-- name: variate-content-put
-- args: campaign, position, html, plain_text
INSERT INTO campaign_content (campaign_id, position, html, plain_text)
VALUES (?, ?, ?, ?)
ON CONFLICT (campaign_id, position) DO UPDATE SET html = excluded.html,
	plain_text = excluded.plain_text;

-- name: variate-content-remove
-- Those behind a position. args: campaign, position
DELETE FROM campaign_content WHERE campaign_id = ? AND position > ?;

-- name: variate-content-copy
-- args: id of the copy, id of its source
INSERT INTO campaign_content (campaign_id, position, html, plain_text)
SELECT CAST(? AS BIGINT), position, html, plain_text
FROM campaign_content WHERE campaign_id = ?;

-- name: variate-recipients
-- How many of the ledger each variant has. args: campaign
SELECT variant, COUNT(*) FROM recipient
WHERE campaign_id = ? AND variant > 0 GROUP BY variant ORDER BY variant;

-- name: variate-figures
-- What became of the mails of each variant, or of each time zone. args: campaign
SELECT variant, COUNT(*),
	SUM(CASE WHEN bounce = :BOUNCE_HARD THEN 1 ELSE 0 END),
	SUM(CASE WHEN bounce = :BOUNCE_SOFT THEN 1 ELSE 0 END),
	SUM(CASE WHEN unsubscribed_ms IS NOT NULL THEN 1 ELSE 0 END),
	SUM(CASE WHEN complained_ms IS NOT NULL THEN 1 ELSE 0 END),
	SUM(opens + machine_opens),
	SUM(CASE WHEN opens + machine_opens > 0 THEN 1 ELSE 0 END),
	SUM(opens), SUM(CASE WHEN opens > 0 THEN 1 ELSE 0 END),
	MAX(last_open_ms), SUM(clicks),
	SUM(CASE WHEN clicks > 0 THEN 1 ELSE 0 END), MAX(last_click_ms)
FROM recipient WHERE campaign_id = ? AND sent_seq IS NOT NULL
GROUP BY variant ORDER BY variant;

-- name: variate-clicks
-- How many pairs of a person and a link each variant has. args: campaign,
-- campaign
SELECT r.variant, COUNT(*)
FROM (SELECT DISTINCT member_id, link_id FROM activity
	WHERE campaign_id = ? AND kind = :ACTIVITY_CLICK AND machine = 0) AS a
JOIN recipient r ON r.campaign_id = ? AND r.member_id = a.member_id
GROUP BY r.variant;
