-- schema: audience

-- name: member-cleaned-add
-- A campaign made a member cleaned. args: campaign, member, status before, now
INSERT INTO member_cleaned (campaign_id, member_id, status, at_ms)
VALUES (?, ?, ?, ?)
ON CONFLICT (campaign_id, member_id) DO UPDATE SET
	status = excluded.status, at_ms = excluded.at_ms, restored_ms = NULL;

-- name: member-cleaned-too
-- A campaign would have made a member cleaned that was so already. args:
-- campaign, member, status before, now
INSERT INTO member_cleaned (campaign_id, member_id, status, at_ms)
VALUES (?, ?, ?, ?)
ON CONFLICT (campaign_id, member_id) DO UPDATE SET
	status = excluded.status, at_ms = excluded.at_ms, restored_ms = NULL
WHERE member_cleaned.restored_ms IS NOT NULL;

-- name: member-cleaned-before
-- What members were before they were cleaned, the latest last. args: JSON
-- array of members
SELECT member_id, status FROM member_cleaned
WHERE member_id IN JSON_INTS(?) AND restored_ms IS NULL
ORDER BY at_ms, campaign_id;

-- name: member-cleaned-left
-- A cleaned member left: undoing gives it that. args: status, member
UPDATE member_cleaned SET status = ?
WHERE member_id = ? AND restored_ms IS NULL;

-- name: member-cleaned-page
-- Members that a campaign cleaned, with what may forbid to undo it: bounces of
-- other campaigns, leaving by themselves. args: campaign, after, limit
SELECT c.member_id, c.status, c.restored_ms,
	(SELECT COUNT(*) FROM recipient r JOIN campaign k ON k.id = r.campaign_id
		WHERE r.member_id = c.member_id AND r.bounce = :BOUNCE_HARD
			AND r.campaign_id <> c.campaign_id
			AND k.cleans_undone_ms IS NULL) +
	(SELECT COUNT(*) FROM member_cleaned o
		JOIN campaign k ON k.id = o.campaign_id
		WHERE o.member_id = c.member_id
			AND o.campaign_id <> c.campaign_id
			AND o.restored_ms IS NULL
			AND k.cleans_undone_ms IS NULL),
	(SELECT COUNT(*) FROM recipient r
		WHERE r.member_id = c.member_id
			AND (r.unsubscribed_ms >= c.at_ms
				OR r.complained_ms >= c.at_ms))
FROM member_cleaned c
WHERE c.campaign_id = ? AND c.member_id > ?
ORDER BY c.member_id LIMIT ?;

-- name: member-cleaned-undone
-- Whatever campaign cleaned it: others than the one that is undone now were
-- undone before, or it would have been kept. args: now, member
UPDATE member_cleaned SET restored_ms = ?
WHERE member_id = ? AND restored_ms IS NULL;

-- name: member-soft-bounce-none
-- args: member
UPDATE member SET soft_bounces = 0 WHERE id = ?;

-- name: campaign-cleans-undone
-- args: now, campaign
UPDATE campaign SET cleans_undone_ms = COALESCE(cleans_undone_ms, ?)
WHERE id = ?;
