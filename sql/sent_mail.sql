-- schema: audience
-- Messages of campaigns shown again, see src/delivery/sent_mail.h.

-- name: sent-mail-members
-- Who was handed a message of these campaigns and has one of these addresses
-- now. moved: they got another address after that.
-- args: JSON campaigns, JSON lists, JSON hashes
SELECT r.campaign_id, a.email_hash, m.id, m.address, m.unique_id, m.merge,
	m.opt_ms, CASE WHEN m.moved_ms > r.first_ms THEN 1 ELSE 0 END,
	m.language, r.variant
FROM member_address a
JOIN member m ON m.id = a.member_id
JOIN recipient r ON r.member_id = m.id AND r.campaign_id IN JSON_INTS(?)
WHERE a.list_id IN JSON_INTS(?) AND a.email_hash IN JSON_TEXTS(?)
	AND r.first_ms > 0
ORDER BY r.campaign_id, m.id;
