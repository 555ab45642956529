-- schema: audience

-- name: member-cleaned-add
-- A campaign made a member cleaned. args: campaign, member, status before, now
INSERT INTO member_cleaned (campaign_id, member_id, status, at_ms)
VALUES (?, ?, ?, ?)
ON CONFLICT (campaign_id, member_id) DO UPDATE SET
	status = excluded.status, at_ms = excluded.at_ms, restored_ms = NULL;

-- name: member-cleaned-page
-- Members that a campaign cleaned, with what may forbid to undo it: hard
-- bounces of other campaigns, leaving by themselves. args: campaign, after,
-- limit
SELECT c.member_id, c.status, c.restored_ms,
	(SELECT COUNT(*) FROM recipient r JOIN campaign k ON k.id = r.campaign_id
		WHERE r.member_id = c.member_id AND r.bounce = 1
			AND r.campaign_id <> c.campaign_id
			AND k.cleans_undone_ms IS NULL),
	(SELECT COUNT(*) FROM recipient r
		WHERE r.member_id = c.member_id
			AND (r.unsubscribed_ms >= c.at_ms
				OR r.complained_ms >= c.at_ms))
FROM member_cleaned c
WHERE c.campaign_id = ? AND c.member_id > ?
ORDER BY c.member_id LIMIT ?;

-- name: member-cleaned-count
-- args: campaign
SELECT COUNT(*) FROM member_cleaned WHERE campaign_id = ?;

-- name: member-cleaned-undone
-- args: now, campaign, member
UPDATE member_cleaned SET restored_ms = ?
WHERE campaign_id = ? AND member_id = ?;

-- name: member-soft-bounce-none
-- args: member
UPDATE member SET soft_bounces = 0 WHERE id = ?;

-- name: campaign-cleans-undone
-- args: now, campaign
UPDATE campaign SET cleans_undone_ms = COALESCE(cleans_undone_ms, ?)
WHERE id = ?;
