-- schema: crm
-- Consent: append-only. state: 1 opted out, 2 opted in.

-- name: consent-add
-- args: entity, record, email, state, source, reason, user, campaign, ip, at,
-- import
INSERT INTO consent (entity, record_id, email_id, state, source, reason,
	user_id, campaign_id, ip, at_ms, import_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: consent-lock-person
-- Before it is looked at what was said. args: person
SELECT opted_out FROM person WHERE id = ? FOR UPDATE;

-- name: consent-lock-lead
-- args: lead
SELECT opted_out FROM lead WHERE id = ? FOR UPDATE;

-- name: consent-last
-- args: entity, record
SELECT state, source, campaign_id, at_ms FROM consent
WHERE entity = ? AND record_id = ?
ORDER BY id DESC LIMIT 1;

-- name: consent-list
-- args: entity, record
SELECT id, entity, record_id, email_id, state, source, reason, user_id,
	campaign_id, ip, at_ms
FROM consent
WHERE entity = ? AND record_id = ?
ORDER BY id DESC;

-- name: consent-set-person
-- args: opted_out, now, person, opted_out
UPDATE person SET opted_out = ?, updated_ms = ?
WHERE id = ? AND opted_out <> ?;

-- name: consent-set-lead
-- args: opted_out, now, lead, opted_out
UPDATE lead SET opted_out = ?, updated_ms = ? WHERE id = ? AND opted_out <> ?;

-- name: consent-set-company
-- args: opted_out, now, company, opted_out
UPDATE company SET opted_out = ?, updated_ms = ?
WHERE id = ? AND opted_out <> ?;

-- name: consent-opted-out-hashes
-- Which addresses belong to somebody who wants no mail. args: JSON hashes
SELECT DISTINCT a.hash FROM email a
WHERE a.hash IN JSON_TEXTS(?) AND a.ended_ms IS NULL AND (
	EXISTS (SELECT 1 FROM person p WHERE a.entity = :ENTITY_PERSON
		AND p.id = a.record_id AND p.opted_out = 1)
	OR EXISTS (SELECT 1 FROM lead l WHERE a.entity = :ENTITY_LEAD
		AND l.id = a.record_id AND l.opted_out = 1));

-- name: consent-company-people
-- People of a company who are not opted out. args: company
SELECT id FROM person WHERE company_id = ? AND opted_out = 0
	AND erased_ms IS NULL;

-- name: consent-lock-company
-- args: company
SELECT opted_out FROM company WHERE id = ? FOR UPDATE;

-- name: consent-count
-- args: record, entity
SELECT COUNT(*) FROM consent WHERE record_id = ? AND entity = ?;

-- name: consent-agreed-after
-- Did the person, or a user with a ground, opt them in later?
-- args: entity, record, at
SELECT 1 FROM consent
WHERE entity = ? AND record_id = ? AND state = :CONSENT_OPTED_IN
	AND source IN ('person', 'user', 'api') AND at_ms > ?
LIMIT 1;
