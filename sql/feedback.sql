-- schema: audience
-- Feedback: see src/campaign/feedback.h. Columns are read by read_feedback().

-- name: feedback-list
-- Oldest first. args: campaign, limit, offset
SELECT id, message, block_id, is_complete, parent_id, user_id, is_of_web,
	created_ms, updated_ms
FROM campaign_feedback WHERE campaign_id = ? ORDER BY id LIMIT ? OFFSET ?;

-- name: feedback-count
-- args: campaign
SELECT COUNT(*) FROM campaign_feedback WHERE campaign_id = ?;

-- name: feedback-get
-- args: campaign, id
SELECT id, message, block_id, is_complete, parent_id, user_id, is_of_web,
	created_ms, updated_ms
FROM campaign_feedback WHERE +campaign_id = ? AND id = ? FOR UPDATE;

-- name: feedback-add
-- args: campaign, message, block, is_complete, parent or NULL, user or NULL,
-- is_of_web, now, now
INSERT INTO campaign_feedback (campaign_id, message, block_id, is_complete,
	parent_id, user_id, is_of_web, created_ms, updated_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id;

-- name: feedback-remove
-- args: id
DELETE FROM campaign_feedback WHERE id = ?;

-- name: feedback-orphan
-- What answered it stands by itself. args: id
UPDATE campaign_feedback SET parent_id = NULL WHERE parent_id = ?;

-- name: feedback-remove-all
-- With its campaign. args: campaign
DELETE FROM campaign_feedback WHERE campaign_id = ?;
