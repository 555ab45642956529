-- schema: audience
-- Members who complained, see src/audience/side/complaint.h.

-- name: complaint-page
-- args: list, limit, offset
SELECT m.id, m.list_id, m.address, m.email_hash, m.unique_id, m.status,
	m.unsubscribed_by, m.unsubscribe_reason, m.email_type, m.merge,
	m.language, m.vip, m.rating, m.source, m.ip_signup, m.ip_opt,
	m.signup_ms, m.opt_ms, m.changed_ms, m.unsubscribed_ms,
	m.unsubscribed_campaign_id, m.country
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
