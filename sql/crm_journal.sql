-- schema: crm
-- The CRM's side of the suppression journal: see src/crm/consent/crm_journal.c.

-- name: crm-journal-consents
-- Not in the journal yet, with the addresses of the record. args: limit
SELECT c.id, c.entity, c.record_id, c.state, c.source, c.at_ms, e.folded, e.hash
FROM (SELECT id, entity, record_id, state, source, at_ms FROM consent
	WHERE journalled = 0 ORDER BY id LIMIT ?) c
LEFT JOIN email e ON e.entity = c.entity AND e.record_id = c.record_id
	AND (e.ended_ms IS NULL OR e.folded = '')
ORDER BY c.id, e.id;

-- name: crm-journal-emails
-- Erased addresses. args: limit
SELECT id, entity, record_id, hash, COALESCE(ended_ms, 0) FROM email
WHERE folded = '' AND journalled = 0 ORDER BY id LIMIT ?;

-- name: crm-journal-people
-- People of whom an empty row is left: erased (1), or only deleted or merged
-- (0), which the audit log knows. Erasing reaches those merged into the person.
-- args: limit
SELECT p.id, p.erased_ms, CASE WHEN EXISTS (SELECT 1 FROM audit_log a
	WHERE a.record_id IN (p.id, p.merged_into_id) AND a.entity = :ENTITY_PERSON
	AND a.action = 'person.erase') THEN 1 ELSE 0 END
FROM person p
WHERE p.erased_ms IS NOT NULL AND p.journalled = 0 ORDER BY p.id LIMIT ?;

-- name: crm-journal-leads
-- Deleted ones leave no row. args: limit
SELECT id, erased_ms, 1 FROM lead
WHERE erased_ms IS NOT NULL AND journalled = 0 ORDER BY id LIMIT ?;

-- name: crm-journal-kept
-- Opt-outs of addresses that nobody has. args: limit
SELECT hash, source, at_ms FROM kept_opt_out
WHERE journalled = 0 ORDER BY hash LIMIT ?;

-- name: crm-journal-consents-again
UPDATE consent SET journalled = 0 WHERE journalled <> 0;

-- name: crm-journal-emails-again
UPDATE email SET journalled = 0 WHERE folded = '' AND journalled <> 0;

-- name: crm-journal-people-again
UPDATE person SET journalled = 0
WHERE erased_ms IS NOT NULL AND journalled <> 0;

-- name: crm-journal-leads-again
UPDATE lead SET journalled = 0 WHERE erased_ms IS NOT NULL AND journalled <> 0;

-- name: crm-journal-kept-again
UPDATE kept_opt_out SET journalled = 0 WHERE journalled <> 0;

-- name: crm-journal-kept-done
-- args: keyed hash
UPDATE kept_opt_out SET journalled = 1 WHERE hash = ?;

-- name: crm-journal-consent-done
-- args: id
UPDATE consent SET journalled = 1 WHERE id = ?;

-- name: crm-journal-email-done
-- args: id
UPDATE email SET journalled = 1 WHERE id = ?;

-- name: crm-journal-person-done
-- args: id
UPDATE person SET journalled = 1 WHERE id = ?;

-- name: crm-journal-lead-done
-- args: id
UPDATE lead SET journalled = 1 WHERE id = ?;

-- name: crm-journal-addresses
-- A page of live addresses. args: after id, limit
SELECT id, entity, record_id, folded FROM email
WHERE id > ? AND folded <> '' AND ended_ms IS NULL ORDER BY id LIMIT ?;

-- name: crm-journal-keep-opt-out
-- Of an address that nobody has. args: keyed hash, source, at
INSERT INTO kept_opt_out (hash, import_id, kind, source, at_ms, journalled)
VALUES (?, 0, 'opted_out', ?, ?, 1)
ON CONFLICT (hash, import_id) DO NOTHING;

-- name: crm-journal-keep
-- The keyed hash of an address that was erased.
-- args: id, keyed hash, now, now
INSERT INTO email (id, entity, record_id, address, folded, hash, created_ms,
	ended_ms, journalled)
VALUES (?, :ENTITY_PERSON, 0, '', '', ?, ?, ?, 1);

-- name: crm-journal-under-way
-- Campaigns that are sent, or are about to be, from here. args: now
SELECT id FROM campaign
WHERE (status = :CRM_CAMPAIGN_SENDING AND origin IS NULL) OR (status = :CRM_CAMPAIGN_SCHEDULED AND schedule_ms <= ?)
	OR (status IN (:CRM_CAMPAIGN_DRAFT, :CRM_CAMPAIGN_SCHEDULED) AND EXISTS (SELECT 1 FROM job j
		WHERE j.single_key = 'campaign-send:' || CAST(campaign.id AS TEXT)
		AND j.state IN (:JOB_OPEN)))
ORDER BY id;

-- name: crm-journal-pause
-- args: now, now, id
UPDATE campaign SET status = :CRM_CAMPAIGN_PAUSED, schedule_ms = NULL, restored_ms = ?,
	updated_ms = ?
WHERE id = ?;

-- name: crm-journal-drop-jobs
-- What was asked for may have been done since the backup. args: now, now
UPDATE job SET state = :JOB_CANCELED, finished_ms = ?
WHERE kind IN ('campaign-send', 'campaign-act', 'campaign-test')
	AND state IN (:JOB_OPEN) AND run_at_ms <= ?;
