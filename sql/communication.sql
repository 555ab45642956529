-- schema: crm
-- Communications: rows of their own, and recipients of campaigns.

-- name: communication-add
-- args: id, kind, direction, subject, body, status, user, at, created
INSERT INTO communication (id, kind, direction, subject, body, status, user_id,
	at_ms, created_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: communication-link-add
-- args: entity, record, communication
INSERT INTO communication_link (entity, record_id, communication_id)
VALUES (?, ?, ?)
ON CONFLICT (entity, record_id, communication_id) DO NOTHING;

-- name: communication-remove-links
-- args: id
DELETE FROM communication_link WHERE communication_id = ?;

-- name: communication-remove
-- args: id
DELETE FROM communication WHERE id = ?;

-- name: communication-get
-- args: id
SELECT id, kind, direction, subject, body, status, user_id, at_ms, created_ms
FROM communication WHERE id = ? FOR UPDATE;

-- name: communication-links
-- args: JSON ids
SELECT communication_id, entity, record_id FROM communication_link
WHERE communication_id IN JSON_INTS(?)
ORDER BY communication_id, entity, record_id;

-- name: communication-of-person
-- One page, the newest first; campaigns too, also those of people who were
-- merged into this one.
-- args: person (3 times), at, campaign, person, id, limit
SELECT * FROM (
	SELECT c.id AS id, 0 AS campaign_id, c.kind AS kind,
		c.direction AS direction, c.subject AS subject, c.body AS body,
		c.status AS status, c.user_id AS user_id, c.at_ms AS at_ms,
		c.created_ms AS created_ms, 0 AS person_id, 0 AS state,
		0 AS bounced, 0 AS opened_ms, 0 AS clicked_ms,
		0 AS unsubscribed_ms, 0 AS complained_ms, 0 AS caught
	FROM communication_link l
	JOIN communication c ON c.id = l.communication_id
	WHERE l.entity = :ENTITY_PERSON AND l.record_id = ?
	UNION ALL
	SELECT 0, r.campaign_id, 'email', 'out', k.subject, NULL, NULL,
		k.user_id, r.accepted_ms, r.accepted_ms, r.person_id, r.state,
		r.bounced, r.opened_ms, r.clicked_ms, r.unsubscribed_ms,
		r.complained_ms, r.caught
	FROM campaign_recipient r
	JOIN campaign k ON k.id = r.campaign_id
	WHERE r.accepted_ms IS NOT NULL AND r.person_id IN (
		SELECT p.id FROM person p
		WHERE p.id = ? OR p.merged_into_id = ?)
) t
WHERE (t.at_ms, t.campaign_id, t.person_id, t.id) < (?, ?, ?, ?)
ORDER BY t.at_ms DESC, t.campaign_id DESC, t.person_id DESC, t.id DESC
LIMIT ?;

-- name: communication-of-lead
-- args: lead (twice), at, campaign, person, id, limit
SELECT * FROM (
	SELECT c.id AS id, 0 AS campaign_id, c.kind AS kind,
		c.direction AS direction, c.subject AS subject, c.body AS body,
		c.status AS status, c.user_id AS user_id, c.at_ms AS at_ms,
		c.created_ms AS created_ms, 0 AS person_id, 0 AS state,
		0 AS bounced, 0 AS opened_ms, 0 AS clicked_ms,
		0 AS unsubscribed_ms, 0 AS complained_ms, 0 AS caught
	FROM communication_link l
	JOIN communication c ON c.id = l.communication_id
	WHERE l.entity = :ENTITY_LEAD AND l.record_id = ?
	UNION ALL
	SELECT 0, r.campaign_id, 'email', 'out', k.subject, NULL, NULL,
		k.user_id, r.accepted_ms, r.accepted_ms, r.person_id, r.state,
		r.bounced, r.opened_ms, r.clicked_ms, r.unsubscribed_ms,
		r.complained_ms, r.caught
	FROM campaign_recipient r
	JOIN campaign k ON k.id = r.campaign_id
	WHERE r.accepted_ms IS NOT NULL AND r.lead_id = ?
) t
WHERE (t.at_ms, t.campaign_id, t.person_id, t.id) < (?, ?, ?, ?)
ORDER BY t.at_ms DESC, t.campaign_id DESC, t.person_id DESC, t.id DESC
LIMIT ?;

-- name: communication-of-company
-- args: company (twice), at, campaign, person, id, limit
SELECT * FROM (
	SELECT c.id AS id, 0 AS campaign_id, c.kind AS kind,
		c.direction AS direction, c.subject AS subject, c.body AS body,
		c.status AS status, c.user_id AS user_id, c.at_ms AS at_ms,
		c.created_ms AS created_ms, 0 AS person_id, 0 AS state,
		0 AS bounced, 0 AS opened_ms, 0 AS clicked_ms,
		0 AS unsubscribed_ms, 0 AS complained_ms, 0 AS caught
	FROM communication_link l
	JOIN communication c ON c.id = l.communication_id
	WHERE l.entity = :ENTITY_COMPANY AND l.record_id = ?
	UNION ALL
	SELECT 0, r.campaign_id, 'email', 'out', k.subject, NULL, NULL,
		k.user_id, r.accepted_ms, r.accepted_ms, r.person_id, r.state,
		r.bounced, r.opened_ms, r.clicked_ms, r.unsubscribed_ms,
		r.complained_ms, r.caught
	FROM campaign_recipient r
	JOIN campaign k ON k.id = r.campaign_id
	WHERE r.accepted_ms IS NOT NULL AND r.company_id = ?
) t
WHERE (t.at_ms, t.campaign_id, t.person_id, t.id) < (?, ?, ?, ?)
ORDER BY t.at_ms DESC, t.campaign_id DESC, t.person_id DESC, t.id DESC
LIMIT ?;

-- name: communication-count-person
-- args: person (3 times)
SELECT (SELECT COUNT(*) FROM communication_link
		WHERE entity = :ENTITY_PERSON AND record_id = ?)
	+ (SELECT COUNT(*) FROM campaign_recipient r
		WHERE r.accepted_ms IS NOT NULL AND r.person_id IN (
		SELECT p.id FROM person p
		WHERE p.id = ? OR p.merged_into_id = ?));

-- name: communication-count-lead
-- args: lead (twice)
SELECT (SELECT COUNT(*) FROM communication_link
		WHERE entity = :ENTITY_LEAD AND record_id = ?)
	+ (SELECT COUNT(*) FROM campaign_recipient
		WHERE accepted_ms IS NOT NULL AND lead_id = ?);

-- name: communication-count-company
-- args: company (twice)
SELECT (SELECT COUNT(*) FROM communication_link
		WHERE entity = :ENTITY_COMPANY AND record_id = ?)
	+ (SELECT COUNT(*) FROM campaign_recipient
		WHERE accepted_ms IS NOT NULL AND company_id = ?);

-- name: communication-person-exists
-- args: id
SELECT 1 FROM person WHERE id = ? AND erased_ms IS NULL;

-- name: communication-lead-exists
-- args: id
SELECT 1 FROM lead WHERE id = ? AND erased_ms IS NULL;

-- name: communication-company-exists
-- args: id
SELECT 1 FROM company WHERE id = ?;

-- name: communication-user-exists
-- args: id
SELECT 1 FROM app_user WHERE id = ?;
