-- schema: audience

-- What member_read_row reads.
-- text: MEMBER_ROW
SELECT m.id, m.list_id, m.address, m.email_hash, m.unique_id, m.status,
	m.unsubscribed_by, m.unsubscribe_reason, m.email_type, m.merge,
	m.language, m.vip, m.rating, m.source, m.ip_signup, m.ip_opt,
	m.signup_ms, m.opt_ms, m.changed_ms, m.unsubscribed_ms,
	m.unsubscribed_campaign_id, m.country

-- name: member-by-hash
-- args: list, hash
:MEMBER_ROW
FROM member_address a JOIN member m ON m.id = a.member_id
WHERE a.list_id = ? AND a.email_hash = ? FOR UPDATE OF m;

-- name: member-by-id
-- args: id
:MEMBER_ROW
FROM member m WHERE m.id = ? AND m.list_id > 0 FOR UPDATE OF m;

-- name: member-by-ids
-- args: JSON array of ids
:MEMBER_ROW
FROM member m WHERE m.id IN JSON_INTS(?) ORDER BY m.id FOR UPDATE OF m;

-- name: member-by-hashes
-- args: list, JSON array of hashes
:MEMBER_ROW
FROM member_address a JOIN member m ON m.id = a.member_id
WHERE a.list_id = ? AND a.email_hash IN JSON_TEXTS(?)
ORDER BY m.id FOR UPDATE OF m;

-- name: member-ids-of-hashes
-- Who has these addresses. args: list, JSON array of hashes
SELECT email_hash, member_id FROM member_address
WHERE list_id = ? AND email_hash IN JSON_TEXTS(?);

-- name: member-add
INSERT INTO member (id, list_id, address, email_hash, unique_id, status,
	unsubscribed_by, unsubscribe_reason, email_type, merge, language, vip,
	rating, source, ip_signup, ip_opt, signup_ms, opt_ms, changed_ms,
	unsubscribed_ms, unsubscribed_campaign_id, country)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: member-touch
-- What it has beside its row is another. args: now, id
UPDATE member SET changed_ms = ? WHERE id = ?;

-- name: member-address-add
-- One whose domain has A-labels has two rows: the hash of the address, and that
-- of the address in letters. args: list, hash, member
INSERT INTO member_address (list_id, email_hash, member_id) VALUES (?, ?, ?);

-- name: member-address-remove
-- args: list, hash
DELETE FROM member_address WHERE list_id = ? AND email_hash = ?;

-- name: member-forget
-- The row stays for ledger and reports, without anything personal. One writer:
-- nothing of it depends on what was there.
-- args: keyed hash (address), keyed hash (email_hash), now, id
UPDATE member SET list_id = -list_id, address = ?, email_hash = ?, status = :MEMBER_ARCHIVED,
	unsubscribe_reason = NULL, merge = '{}', language = '', country = '', ip_signup = '',
	ip_opt = '', source = '', changed_ms = ?
WHERE id = ?;

-- name: member-forget-mails
-- Single mails that are still to go. args: address
DELETE FROM outgoing_message WHERE LOWER(rcpt) = LOWER(?);

-- name: member-forget-jobs
-- What jobs that are over were told of it. args: patterns of its address and of
-- its id, as in a form, in lower case
UPDATE job SET payload = '{}', result = NULL, error = NULL
WHERE state IN (:JOB_ENDED) AND (LOWER(payload) LIKE ? ESCAPE '\'
	OR LOWER(payload) LIKE ? ESCAPE '\');

-- name: member-soft-bounce
-- args: id
UPDATE member SET soft_bounces = soft_bounces + 1 WHERE id = ?;

-- name: member-soft-bounced
-- Who has had enough of them: 7, or 15 after any activity.
-- args: JSON array of ids
SELECT m.id FROM member m
WHERE m.id IN JSON_INTS(?) AND m.soft_bounces >= 7
	AND (m.soft_bounces >= 15 OR NOT EXISTS (
		SELECT 1 FROM recipient r
		WHERE r.member_id = m.id AND r.opens + r.clicks > 0));

-- name: member-tags
-- Tags of these members, by member and tag. args: JSON array of ids
SELECT sm.member_id, s.id, s.name, sm.at_ms
FROM segment_member sm JOIN segment s ON s.id = sm.segment_id
WHERE sm.member_id IN JSON_INTS(?)
ORDER BY sm.member_id, s.id;

-- name: member-rates
-- What these members got and did. args: JSON array of ids
SELECT member_id, COUNT(*),
	CAST(SUM(CASE WHEN opens > 0 THEN 1 ELSE 0 END) AS BIGINT),
	CAST(SUM(CASE WHEN clicks > 0 THEN 1 ELSE 0 END) AS BIGINT)
FROM recipient
WHERE sent_seq IS NOT NULL AND member_id IN JSON_INTS(?)
GROUP BY member_id ORDER BY member_id;

-- name: member-untag-all
-- args: member
DELETE FROM segment_member WHERE member_id = ?;

-- name: member-untag-others
-- args: member, list, JSON array of segment ids to keep
DELETE FROM segment_member WHERE member_id = ?
	AND segment_id IN (SELECT id FROM segment WHERE list_id = ? AND kind = :SEGMENT_STATIC)
	AND segment_id NOT IN JSON_INTS(?);

-- name: member-tag
-- args: segment, member, now
INSERT INTO segment_member (segment_id, member_id, at_ms) VALUES (?, ?, ?)
ON CONFLICT (segment_id, member_id) DO NOTHING;

-- name: member-untag
-- args: segment, member
DELETE FROM segment_member WHERE segment_id = ? AND member_id = ?;

-- name: member-tags-by-names
-- args: list, JSON array of names
SELECT name, id FROM segment
WHERE list_id = ? AND kind = :SEGMENT_STATIC AND name IN JSON_TEXTS(?) ORDER BY id;

-- name: member-tag-make
-- Nothing if somebody else made it meanwhile. args: list, name, now, now
INSERT INTO segment (list_id, name, kind, created_ms, updated_ms)
VALUES (?, ?, :SEGMENT_STATIC, ?, ?)
ON CONFLICT (list_id, name) WHERE kind = :SEGMENT_STATIC DO NOTHING;

-- name: member-campaign-hex
-- args: campaign
SELECT hex FROM campaign WHERE id = ?;

-- name: member-drop-tags
-- args: JSON array of ids
DELETE FROM segment_member WHERE member_id IN JSON_INTS(?);

-- name: member-drop-cleaned
-- args: JSON array of ids
DELETE FROM member_cleaned WHERE member_id IN JSON_INTS(?);

-- name: member-drop
-- Those whom no ledger names. args: JSON array of ids
DELETE FROM member WHERE id IN JSON_INTS(?) AND NOT EXISTS (
	SELECT 1 FROM recipient r WHERE r.member_id = member.id);

-- name: member-drop-empty
-- The others: an empty row stays. The suppression journal has nothing to tell
-- of it. args: JSON array of ids
UPDATE member SET list_id = -list_id, address = '', email_hash = '',
	status = :MEMBER_ARCHIVED, journalled = :MEMBER_ARCHIVED,
	unsubscribe_reason = NULL, merge = '{}', language = '', country = '', ip_signup = '',
	ip_opt = '', source = ''
WHERE id IN JSON_INTS(?) AND +list_id > 0;

-- name: member-taken-back
-- Among what a member did: it is subscribed again by its own link. args:
-- event, member, campaign, at, ip
INSERT INTO activity (event_id, member_id, campaign_id, kind, at_ms, ip)
VALUES (?, ?, ?, :ACTIVITY_TAKEN_BACK, ?, ?);

-- name: member-changes
-- By status: how many changed since, and the milliseconds until then of all of
-- them together. args: since_ms, list_id, since_ms
SELECT status, COUNT(*), CAST(SUM(changed_ms - ?) AS BIGINT)
  FROM member WHERE list_id = ? AND changed_ms >= ? GROUP BY status ORDER BY status;
