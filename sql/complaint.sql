-- schema: audience
-- texts of: member
-- Members who complained, see src/audience/side/complaint.h.

-- name: complaint-page
-- args: list, limit, offset
:MEMBER_ROW
FROM member m
WHERE m.list_id = ? AND m.unsubscribed_by = :UNSUBSCRIBED_BY_COMPLAINT
ORDER BY m.id LIMIT ? OFFSET ?;

-- name: complaint-count
-- args: list
SELECT COUNT(*) FROM member
WHERE list_id = ? AND unsubscribed_by = :UNSUBSCRIBED_BY_COMPLAINT;

-- name: complaint-campaigns
-- About which campaigns these members complained, of each the last first.
-- args: JSON array of members
SELECT r.member_id, r.complained_ms, c.hex
FROM recipient r JOIN campaign c ON c.id = +r.campaign_id
WHERE r.member_id IN JSON_INTS(?) AND +r.complained_ms IS NOT NULL
ORDER BY r.member_id, r.complained_ms DESC, r.campaign_id DESC;
