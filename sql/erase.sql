-- schema: crm
-- What erasing takes away, and what a person may ask to see.

-- name: erase-addresses
-- All of a record, also ended ones. args: entity, record
SELECT id, address, folded, hash FROM email WHERE entity = ? AND record_id = ?
ORDER BY id;

-- name: erase-address
-- args: keyed hash, now, id
UPDATE email SET address = '', folded = '', plain = NULL, hash = ?, is_primary = 0,
	is_marketing = 0, held_detail = NULL, ended_ms = COALESCE(ended_ms, ?)
WHERE id = ?;

-- name: erase-address-others
-- Is the address somebody else's too? args: hash, entity, record
SELECT 1 FROM email
WHERE hash = ? AND ended_ms IS NULL AND NOT (entity = ? AND record_id = ?)
LIMIT 1;

-- name: erase-consent
-- args: entity, record
UPDATE consent SET reason = NULL, ip = NULL, form = NULL, text_id = NULL,
	asked_ms = NULL, asked_ip = NULL
WHERE entity = ? AND record_id = ?;

-- name: erase-communications
-- Those with no other person or lead. args: entity, record, entity, record
DELETE FROM communication WHERE id IN (
	SELECT l.communication_id FROM communication_link l
	WHERE l.entity = ? AND l.record_id = ? AND NOT EXISTS (
		SELECT 1 FROM communication_link o
		WHERE o.communication_id = l.communication_id
		AND o.entity IN (:ENTITY_PERSON, :ENTITY_LEAD)
		AND NOT (o.entity = ? AND o.record_id = ?)));

-- name: erase-communication-links
-- All links to those that are gone by then. args: entity, record
DELETE FROM communication_link WHERE communication_id IN (
	SELECT l.communication_id FROM communication_link l
	WHERE l.entity = ? AND l.record_id = ? AND NOT EXISTS (
		SELECT 1 FROM communication c
		WHERE c.id = l.communication_id));

-- name: erase-recipients
-- Also of those who were merged into the person.
-- args: keyed hash, old hash, person, person
UPDATE campaign_recipient SET email_hash = ?
WHERE email_hash = ? AND (person_id = ? OR person_id IN
	(SELECT p.id FROM person p WHERE p.merged_into_id = ?));

-- name: erase-merged
-- Those who were merged into the person are erased people now, too: the
-- suppression journal is to know it. args: person
UPDATE person SET journalled = 0 WHERE merged_into_id = ?;

-- name: erase-activity
-- args: person, person
UPDATE campaign_activity SET ip = NULL WHERE person_id = ? OR person_id IN
	(SELECT p.id FROM person p WHERE p.merged_into_id = ?);

-- name: erase-bridge-parked
-- args: person
DELETE FROM bridge_parked WHERE person_id = ?;

-- name: erase-push-details
-- What the audience said of the person when they were pushed may name them.
-- args: person
UPDATE push_row SET detail = NULL
WHERE push_id IN (SELECT id FROM push) AND person_id = ? AND detail IS NOT NULL;

-- name: erase-refused
-- Rows of files that were refused and hold the address. args: pattern, pattern
UPDATE import_refused SET raw = NULL, detail = NULL
WHERE LOWER(raw) LIKE LOWER(?) ESCAPE '\' OR LOWER(raw) LIKE ? ESCAPE '\';

-- name: erase-refused-name
-- The same of both names. args: pattern, pattern
UPDATE import_refused SET raw = NULL, detail = NULL
WHERE raw LIKE ? ESCAPE '\' AND raw LIKE ? ESCAPE '\';

-- name: erase-job-results
-- What jobs reported and were told. args: address, folded, pattern, pattern
UPDATE job SET result = REPLACE(REPLACE(result, ?, 'erased'), ?, 'erased')
WHERE LOWER(result) LIKE LOWER(?) ESCAPE '\'
	OR LOWER(result) LIKE ? ESCAPE '\';

-- name: erase-jobs
-- What still holds the address in another spelling, or besides the result, of
-- jobs that are over. args: pattern, pattern, pattern, pattern, pattern, pattern
UPDATE job SET result = NULL, payload = '{}', error = NULL
WHERE state IN (:JOB_ENDED) AND (
	LOWER(result) LIKE LOWER(?) ESCAPE '\'
	OR LOWER(result) LIKE ? ESCAPE '\'
	OR LOWER(payload) LIKE LOWER(?) ESCAPE '\'
	OR LOWER(payload) LIKE ? ESCAPE '\'
	OR LOWER(error) LIKE LOWER(?) ESCAPE '\'
	OR LOWER(error) LIKE ? ESCAPE '\');

-- name: erase-job-grounds
-- Why many were opted out is in their history; jobs that are over need not say
-- it, whoever it names.
UPDATE job SET payload = '{}'
WHERE state IN (:JOB_ENDED) AND payload LIKE '%"reason"%';

-- name: erase-leads
-- args: person
SELECT id FROM lead WHERE converted_person_id = ? AND erased_ms IS NULL;

-- name: export-consent
-- args: entity, record
SELECT c.state, c.source, c.reason, c.campaign_id, c.ip, c.at_ms,
	c.form AS signup_form, t.text AS signup_text, c.asked_ms AS signup_ms,
	c.asked_ip AS signup_ip
FROM consent c LEFT JOIN consent_text t ON t.id = c.text_id
WHERE c.entity = ? AND c.record_id = ? ORDER BY c.id;

-- name: export-addresses
-- args: record
SELECT address, type, held, created_ms, ended_ms FROM email
WHERE entity = :ENTITY_PERSON AND record_id = ? ORDER BY id;

-- name: export-campaigns
-- args: person
SELECT r.campaign_id, k.name, r.state, r.reason, r.accepted_ms,
	r.opened_ms, r.opens, r.clicked_ms, r.clicks, r.bounced_ms,
	r.unsubscribed_ms, r.complained_ms
FROM campaign_recipient r JOIN campaign k ON k.id = r.campaign_id
WHERE r.person_id = ? ORDER BY r.campaign_id;

-- name: export-activity
-- args: person
SELECT a.campaign_id, a.kind, a.at_ms, l.url, a.machine, a.ip
FROM campaign_activity a LEFT JOIN campaign_link l ON l.id = a.link_id
WHERE a.person_id = ? ORDER BY a.at_ms;

-- name: export-audit
-- args: person
SELECT at_ms, action FROM audit_log WHERE entity = :ENTITY_PERSON AND record_id = ?
ORDER BY id;
