-- schema: audience

-- name: rss-find
-- args: campaign
SELECT next_ms, since_ms, last_ms, is_first, seen, failures, failure, failed_ms
FROM campaign_feed WHERE campaign_id = ?;

-- name: rss-start
-- args: campaign, next_ms, since_ms
INSERT INTO campaign_feed (campaign_id, next_ms, since_ms, is_first, seen, failures)
VALUES (?, ?, ?, 1, '[]', 0);

-- name: rss-plan
-- When it looks next. args: next_ms or NULL, campaign
UPDATE campaign_feed SET next_ms = ?, failures = 0, failure = NULL, failed_ms = NULL
WHERE campaign_id = ?;

-- name: rss-looked
-- One writer: who has locked its campaign. args: next_ms, since_ms, last_ms or
-- NULL (as it was), seen, campaign
UPDATE campaign_feed SET next_ms = ?, since_ms = ?,
	last_ms = COALESCE(CAST(? AS BIGINT), last_ms), seen = ?, is_first = 0,
	failures = 0, failure = NULL, failed_ms = NULL
WHERE campaign_id = ?;

-- name: rss-failed
-- Of a look that is still due. args: failure, now, campaign, next_ms
UPDATE campaign_feed SET failures = failures + 1, failure = ?,
	failed_ms = COALESCE(failed_ms, CAST(? AS BIGINT))
WHERE campaign_id = ? AND next_ms = ?;

-- name: rss-restored
-- Nobody knows what was mailed since the backup. args: now
UPDATE campaign_feed SET since_ms = ?, is_first = 1, failures = 0, failure = NULL,
	failed_ms = NULL;

-- name: rss-children
-- What a feed brought, the newest first. args: parent, limit
SELECT id FROM campaign WHERE parent_id = ? AND status <> :CAMPAIGN_ARCHIVED
ORDER BY id DESC LIMIT ?;

-- name: feed-wait-find
-- args: campaign
SELECT is_ready FROM campaign_shown WHERE campaign_id = ?;

-- name: feed-wait-add
-- args: campaign
INSERT INTO campaign_shown (campaign_id, is_ready) VALUES (?, 0);

-- name: feed-wait-end
-- args: html or NULL, plain_text or NULL, campaign
UPDATE campaign_shown SET is_ready = 1, html = ?, plain_text = ?
WHERE campaign_id = ? AND is_ready = 0;
