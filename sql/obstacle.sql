-- schema: crm
-- What stands against mailing an address: see src/crm/consent/obstacle.h.
-- Members of the audience, by what they are for src/crm/consent/mail_status.h.
-- set: MIRROR_GETS_MAIL = MIRROR_SUBSCRIBED
-- set: MIRROR_LEFT = MIRROR_UNSUBSCRIBED MIRROR_TRANSACTIONAL
-- set: MIRROR_WAITS = MIRROR_PENDING
-- set: MIRROR_REFUSED = MIRROR_CLEANED MIRROR_ARCHIVED MIRROR_FORGOTTEN
-- set: MIRROR_AGAINST = MIRROR_UNSUBSCRIBED MIRROR_TRANSACTIONAL MIRROR_PENDING MIRROR_CLEANED MIRROR_ARCHIVED MIRROR_FORGOTTEN
-- set: MIRROR_PUT_AWAY = MIRROR_ARCHIVED

-- name: obstacle-erased
-- When an address was erased. args: keyed hash
SELECT ended_ms FROM email WHERE hash = ? ORDER BY ended_ms DESC LIMIT 1;

-- name: obstacle-opt-outs
-- Who has the address now (1), or had it, and is opted out, or whose company is.
-- args: hash, limit
SELECT e.entity, e.record_id,
	MAX(CASE WHEN e.ended_ms IS NULL THEN 1 ELSE 0 END),
	COALESCE(p.opted_out, l.opted_out, 0),
	CASE WHEN c.opted_out = 1 THEN c.id ELSE 0 END
FROM email e
LEFT JOIN person p ON e.entity = :ENTITY_PERSON AND p.id = e.record_id
	AND p.erased_ms IS NULL
LEFT JOIN lead l ON e.entity = :ENTITY_LEAD AND l.id = e.record_id
	AND l.erased_ms IS NULL
LEFT JOIN company c ON c.id = p.company_id
WHERE e.hash = ?
	AND (p.opted_out = 1 OR l.opted_out = 1 OR c.opted_out = 1)
GROUP BY e.entity, e.record_id, p.opted_out, l.opted_out, c.opted_out, c.id
ORDER BY 3 DESC, e.entity, e.record_id LIMIT ?;

-- name: obstacle-consent
-- What opted a record out since it was opted in last, if ever; what was only
-- carried comes last. args: entity, record, entity, record
SELECT source, MIN(at_ms) FROM consent
WHERE entity = ? AND record_id = ? AND state = :CONSENT_OPTED_OUT AND id > COALESCE(
	(SELECT MAX(id) FROM consent
		WHERE entity = ? AND record_id = ? AND state = :CONSENT_OPTED_IN), 0)
GROUP BY source
ORDER BY CASE WHEN source = 'carried' THEN 1 ELSE 0 END, MIN(id);

-- name: obstacle-held
-- args: hash
SELECT held, MAX(held_ms) FROM email
WHERE hash = ? AND ended_ms IS NULL AND held <> :HELD_NO GROUP BY held ORDER BY held;

-- name: obstacle-shared-opt-outs
-- Those that get no mail as a person who has the address opted out, or the
-- company of one did, as target-barred has it. args: JSON address ids
SELECT DISTINCT e.id FROM email e
JOIN email o ON o.hash = e.hash AND +o.entity = :ENTITY_PERSON AND o.ended_ms IS NULL
JOIN person q ON q.id = o.record_id
LEFT JOIN company c ON c.id = q.company_id
WHERE e.id IN JSON_INTS(?) AND (q.opted_out = 1 OR c.opted_out = 1)
ORDER BY e.id;

-- name: obstacle-members
-- Those that get no mail, of many addresses: address, status. What the bridge
-- itself archived it may add again. args: JSON address ids
SELECT e.id, m.status FROM email e JOIN bridge_member m ON m.email_hash = e.hash
WHERE e.id IN JSON_INTS(?) AND m.status IN (:MIRROR_AGAINST)
	AND NOT (m.status = :MIRROR_ARCHIVED AND m.added_ms IS NOT NULL);

-- name: obstacle-member
-- Of the audience, as the bridge saw it last. What the bridge itself archived
-- it may add again; what is to be forgotten there is told as the erasure.
-- args: hash
SELECT status, changed_ms FROM bridge_member
WHERE email_hash = ? AND to_forget_ms IS NULL
	AND NOT (status = :MIRROR_ARCHIVED AND added_ms IS NOT NULL);
