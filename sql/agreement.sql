-- schema: audience
-- What who signed up agreed to, see src/audience/form/agreement.h.

-- name: agreement-text-add
-- args: hash, text
INSERT INTO agreement_text (hash, text) VALUES (?, ?)
ON CONFLICT (hash) DO NOTHING;

-- name: agreement-text-find
-- args: hash
SELECT id FROM agreement_text WHERE hash = ?;

-- name: agreement-ask
-- args: asked, IP, form, text or NULL, agreed or NULL, IP of that, member
INSERT INTO agreement (member_id, email_hash, asked_ms, asked_ip, form, text_id,
	agreed_ms, agreed_ip)
SELECT m.id, m.email_hash, CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS TEXT),
	CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS TEXT)
FROM member m WHERE m.id = ? ON CONFLICT (member_id, asked_ms) DO NOTHING;

-- name: agreement-confirm
-- Of what a program asked for, too. args: asked, agreed, IP, member
INSERT INTO agreement (member_id, email_hash, asked_ms, agreed_ms, agreed_ip)
SELECT m.id, m.email_hash, CAST(? AS BIGINT), CAST(? AS BIGINT),
	CAST(? AS TEXT)
FROM member m WHERE m.id = ? ON CONFLICT (member_id, asked_ms) DO UPDATE SET
	agreed_ms = COALESCE(agreement.agreed_ms, excluded.agreed_ms),
	agreed_ip = CASE WHEN agreement.agreed_ms IS NULL
		THEN excluded.agreed_ip ELSE agreement.agreed_ip END;

-- name: agreement-list
-- The newest first. args: JSON ids of members
SELECT a.member_id, a.form, t.text, a.asked_ms, a.asked_ip, a.agreed_ms,
	a.agreed_ip
FROM agreement a LEFT JOIN agreement_text t ON t.id = a.text_id
WHERE a.member_id IN JSON_INTS(?) AND a.agreed_ms IS NOT NULL
ORDER BY a.member_id, a.agreed_ms DESC, a.asked_ms DESC;

-- name: agreement-of-addresses
-- Of who is subscribed by it: by the same address, and not by a program that did
-- it later; the last one counts. args: JSON hashes of addresses, list
SELECT a.email_hash, a.form, t.text, a.asked_ms, a.asked_ip, a.agreed_ms,
	a.agreed_ip
FROM agreement a JOIN member m ON m.id = a.member_id
LEFT JOIN agreement_text t ON t.id = a.text_id
WHERE a.email_hash IN JSON_TEXTS(?) AND a.agreed_ms IS NOT NULL
	AND +m.list_id = CAST(? AS BIGINT) AND +m.status = :MEMBER_SUBSCRIBED
	AND m.email_hash = a.email_hash AND a.agreed_ms >= m.opt_ms
ORDER BY a.email_hash, a.agreed_ms, a.asked_ms;

-- name: agreement-drop
-- args: JSON array of member ids
DELETE FROM agreement WHERE member_id IN JSON_INTS(?);

-- name: agreement-drop-list
-- args: list
DELETE FROM agreement WHERE member_id IN (
	SELECT id FROM member WHERE list_id = ?);

-- name: agreement-drop-open
-- What nobody can confirm any more. args: asked before
DELETE FROM agreement WHERE agreed_ms IS NULL AND asked_ms < ?;
