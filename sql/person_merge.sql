-- schema: crm
-- One person becomes part of another.

-- name: merge-addresses-double
-- Live ones of the other that the survivor has too. args: now, other, survivor
UPDATE email SET ended_ms = ?
WHERE entity = :ENTITY_PERSON AND record_id = ? AND ended_ms IS NULL
	AND hash IN (SELECT s.hash FROM email s
		WHERE s.entity = :ENTITY_PERSON AND s.record_id = ? AND s.ended_ms IS NULL);

-- name: merge-addresses
-- args: survivor, other
UPDATE email SET record_id = ?, is_primary = 0, is_marketing = 0
WHERE entity = :ENTITY_PERSON AND record_id = ?;

-- name: merge-consent
-- args: survivor, other
UPDATE consent SET record_id = ? WHERE entity = :ENTITY_PERSON AND record_id = ?;

-- name: merge-notes
-- args: survivor, other
UPDATE note SET record_id = ? WHERE entity = :ENTITY_PERSON AND record_id = ?;

-- name: merge-tasks
-- args: survivor, other
UPDATE task SET record_id = ? WHERE entity = :ENTITY_PERSON AND record_id = ?;

-- name: merge-tags
-- args: survivor, other
INSERT INTO record_tag (entity, record_id, tag_id)
SELECT 1, CAST(? AS BIGINT), tag_id FROM record_tag
WHERE entity = :ENTITY_PERSON AND record_id = ?
ON CONFLICT (entity, record_id, tag_id) DO NOTHING;

-- name: merge-links
-- args: survivor, other
INSERT INTO communication_link (entity, record_id, communication_id)
SELECT 1, CAST(? AS BIGINT), communication_id FROM communication_link
WHERE entity = :ENTITY_PERSON AND record_id = ?
ON CONFLICT (entity, record_id, communication_id) DO NOTHING;

-- name: merge-groups
-- args: survivor, other
INSERT INTO group_member (group_id, record_id, how)
SELECT m.group_id, CAST(? AS BIGINT), m.how FROM group_member m
JOIN crm_group g ON g.id = m.group_id AND g.entity = :ENTITY_PERSON
WHERE m.record_id = ?
ON CONFLICT (group_id, record_id) DO NOTHING;

-- name: merge-exclusions
-- args: survivor, other
INSERT INTO group_exclusion (group_id, record_id)
SELECT x.group_id, CAST(? AS BIGINT) FROM group_exclusion x
JOIN crm_group g ON g.id = x.group_id AND g.entity = :ENTITY_PERSON
WHERE x.record_id = ?
ON CONFLICT (group_id, record_id) DO NOTHING;

-- name: merge-recipients
-- The rows of campaigns that the survivor did not get.
-- args: survivor, other, survivor
UPDATE campaign_recipient SET person_id = ?
WHERE person_id = ? AND NOT EXISTS (SELECT 1 FROM campaign_recipient s
	WHERE s.campaign_id = campaign_recipient.campaign_id
	AND s.person_id = ?);

-- name: merge-activity
-- What was done follows the row. args: survivor, other, other
UPDATE campaign_activity SET person_id = ?
WHERE person_id = ? AND NOT EXISTS (SELECT 1 FROM campaign_recipient o
	WHERE o.campaign_id = campaign_activity.campaign_id
	AND o.person_id = ?);

-- name: merge-leads
-- args: survivor, other
UPDATE lead SET converted_person_id = ? WHERE converted_person_id = ?;

-- name: merge-earlier
-- Who had been merged into the other. args: survivor, other
UPDATE person SET merged_into_id = ? WHERE merged_into_id = ?;

-- name: merge-give-key
-- Only one may have it. args: who is taken in
UPDATE person SET external_key = NULL WHERE id = ?;

-- name: merge-end
-- args: survivor, now, other
UPDATE person SET merged_into_id = ?, opted_out = 0, updated_ms = ?
WHERE id = ?;
