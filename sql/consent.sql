-- schema: crm
-- Consent: append-only. state: 1 opted out, 2 opted in.

-- name: consent-add
-- args: entity, record, email, state, source, reason, user, campaign, ip, at,
-- import, the import that ran, form, text, signed up, its IP
INSERT INTO consent (entity, record_id, email_id, state, source, reason,
	user_id, campaign_id, ip, at_ms, import_id, during_import, form,
	text_id, asked_ms, asked_ip)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: consent-text-add
-- args: hash, text
INSERT INTO consent_text (hash, text) VALUES (?, ?)
ON CONFLICT (hash) DO NOTHING;

-- name: consent-text-find
-- args: hash
SELECT id FROM consent_text WHERE hash = ?;

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

-- name: consent-last-of-address
-- Of others who have it and are out, the last word of a campaign's reader.
-- args: hash, entity, record
SELECT c.state, c.source, c.campaign_id, c.at_ms FROM email a
JOIN consent c ON c.id = (SELECT MAX(x.id) FROM consent x
	WHERE x.entity = a.entity AND x.record_id = a.record_id)
WHERE a.hash = ? AND a.ended_ms IS NULL
	AND NOT (a.entity = ? AND a.record_id = ?)
	AND c.state = :CONSENT_OPTED_OUT AND c.campaign_id IS NOT NULL
ORDER BY c.id DESC LIMIT 1;

-- name: consent-said
-- Did the audience tell it, by that address, since the last yes? args: entity,
-- record, state, campaign or 0, address or 0, the same
SELECT 1 FROM consent c
WHERE c.entity = ? AND c.record_id = ? AND c.state = ?
	AND c.source = 'audience' AND COALESCE(c.campaign_id, 0) = ?
	AND (CAST(? AS BIGINT) = 0 OR c.email_id IS NULL OR c.email_id = ?)
	AND NOT EXISTS (SELECT 1 FROM consent o WHERE o.entity = c.entity
		AND o.record_id = c.record_id AND o.id > c.id
		AND o.state <> c.state)
LIMIT 1;

-- name: consent-last-of
-- args: entity, JSON record ids
SELECT record_id, state, source, campaign_id, at_ms FROM consent
WHERE id IN (SELECT MAX(id) FROM consent
	WHERE entity = ? AND record_id IN JSON_INTS(?) GROUP BY record_id)
ORDER BY record_id;

-- name: consent-list-newest
-- consent-list of many: what was said last of each. args: entity, JSON ids
SELECT c.id, c.entity, c.record_id, c.email_id, c.state, c.source, c.reason,
	c.user_id, c.campaign_id, c.ip, c.at_ms, u.name, k.name, NULL,
	c.import_id, i.file_name, NULL, c.form, c.text_id, t.text, c.asked_ms,
	c.asked_ip
FROM consent c
LEFT JOIN consent_text t ON t.id = c.text_id
LEFT JOIN app_user u ON u.id = c.user_id
LEFT JOIN campaign k ON k.id = c.campaign_id
LEFT JOIN import_run i ON i.id = c.import_id
WHERE c.id IN (SELECT MAX(id) FROM consent
	WHERE entity = ? AND record_id IN JSON_INTS(?) GROUP BY record_id)
ORDER BY c.record_id;

-- name: consent-list
-- What came by a mail of a campaign came by the address that it went to.
-- args: entity, record
SELECT c.id, c.entity, c.record_id, c.email_id, c.state, c.source, c.reason,
	c.user_id, c.campaign_id, c.ip, c.at_ms, u.name, k.name,
	NULLIF(e.address, ''), c.import_id, i.file_name, h.hash,
	c.form, c.text_id, t.text, c.asked_ms, c.asked_ip
FROM consent c
LEFT JOIN consent_text t ON t.id = c.text_id
LEFT JOIN email h ON h.id = c.email_id
LEFT JOIN app_user u ON u.id = c.user_id
LEFT JOIN campaign k ON k.id = c.campaign_id
LEFT JOIN import_run i ON i.id = c.import_id
LEFT JOIN campaign_recipient r ON r.campaign_id = c.campaign_id
	AND r.person_id = c.record_id AND c.entity = :ENTITY_PERSON
LEFT JOIN email e ON e.id = COALESCE(c.email_id, r.email_id)
WHERE c.entity = ? AND c.record_id = ?
ORDER BY c.id DESC;

-- name: consent-set-person
-- An import that is making somebody does not change them.
-- args: opted_out, the import that runs or 0, now, person, opted_out
UPDATE person SET opted_out = ?, updated_ms = CASE
	WHEN import_id = ? AND updated_ms = created_ms THEN updated_ms ELSE ? END
WHERE id = ? AND opted_out <> ?;

-- name: consent-set-lead
-- args: opted_out, the import that runs or 0, now, lead, opted_out
UPDATE lead SET opted_out = ?, updated_ms = CASE
	WHEN import_id = ? AND updated_ms = created_ms THEN updated_ms ELSE ? END
WHERE id = ? AND opted_out <> ?;

-- name: consent-set-company
-- args: opted_out, the import that runs or 0, now, company, opted_out
UPDATE company SET opted_out = ?, updated_ms = CASE
	WHEN import_id = ? AND updated_ms = created_ms THEN updated_ms ELSE ? END
WHERE id = ? AND opted_out <> ?;

-- name: consent-of-changed
-- An import goes on with a record that it changed, and nobody else since: before
-- opted_out of it is set. args: now, import, entity, record
UPDATE import_change SET written_ms = ?
WHERE import_id = ? AND entity = ? AND record_id = ? AND written_ms = COALESCE(
	(SELECT p.updated_ms FROM person p WHERE p.id = import_change.record_id
		AND import_change.entity = :ENTITY_PERSON),
	(SELECT l.updated_ms FROM lead l WHERE l.id = import_change.record_id
		AND import_change.entity = :ENTITY_LEAD),
	(SELECT c.updated_ms FROM company c WHERE c.id = import_change.record_id
		AND import_change.entity = :ENTITY_COMPANY));

-- name: consent-company-people
-- People of a company of whom an opt-out was not said yet.
-- args: company, import or 0
SELECT p.id FROM person p WHERE p.company_id = ? AND p.erased_ms IS NULL
	AND NOT EXISTS (SELECT 1 FROM opt_out_witness w WHERE w.record_id = p.id
		AND w.entity = :ENTITY_PERSON AND w.import_id = ?);

-- name: consent-lock-company
-- args: company
SELECT opted_out FROM company WHERE id = ? FOR UPDATE;

-- name: consent-count
-- args: record, entity
SELECT COUNT(*) FROM consent WHERE record_id = ? AND entity = ?;

-- name: consent-agreed
-- Who was opted in with a ground, and not out since. args: entity, JSON ids
SELECT DISTINCT a.record_id FROM consent a
WHERE a.entity = ? AND a.record_id IN JSON_INTS(?)
	AND a.state = :CONSENT_OPTED_IN AND a.source <> 'undo'
	AND NOT EXISTS (SELECT 1 FROM consent b
		WHERE b.record_id = a.record_id AND b.entity = a.entity
		AND b.id > a.id AND b.state = :CONSENT_OPTED_OUT)
ORDER BY a.record_id;

-- name: consent-agreed-after
-- Did the person, or a user with a ground, opt them in later?
-- args: entity, record, at
SELECT 1 FROM consent
WHERE entity = ? AND record_id = ? AND state = :CONSENT_OPTED_IN
	AND source IN ('person', 'user', 'api') AND at_ms > ?
LIMIT 1;

-- name: consent-told
-- An opt-out of a second that was told, and lifted after it was. args: entity,
-- record, source, from, until, campaign or 0, the same
SELECT 1 FROM consent o
WHERE o.entity = ? AND o.record_id = ? AND o.state = :CONSENT_OPTED_OUT
	AND o.source = ? AND o.at_ms >= ? AND o.at_ms < ?
	AND (CAST(? AS BIGINT) = 0 OR o.campaign_id IS NULL OR o.campaign_id = ?)
	AND EXISTS (SELECT 1 FROM consent i
		WHERE i.entity = o.entity AND i.record_id = o.record_id
		AND i.id > o.id AND i.state = :CONSENT_OPTED_IN
		AND i.source IN ('person', 'user', 'api'))
LIMIT 1;

-- name: consent-around
-- Whose opt-outs hold for a record: itself, who shares an address with it, and
-- its company. args: entity, record, entity, record, entity, record
SELECT CAST(? AS INTEGER) AS entity, CAST(? AS BIGINT) AS record_id
 UNION
SELECT b.entity, b.record_id FROM email a
JOIN email b ON b.hash = a.hash AND b.ended_ms IS NULL
WHERE a.entity = ? AND a.record_id = ? AND a.ended_ms IS NULL
 UNION
SELECT :ENTITY_COMPANY, p.company_id FROM person p
WHERE CAST(? AS INTEGER) = :ENTITY_PERSON AND p.id = ?
	AND p.company_id IS NOT NULL
ORDER BY 1, 2;
