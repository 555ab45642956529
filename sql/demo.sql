-- schema: crm
-- The demo data, see src/api/demo/demo.h.

-- name: demo-add
-- args: kind, n, id, name
INSERT INTO demo_row (kind, n, record_id, name) VALUES (?, ?, ?, ?);

-- name: demo-next
-- Which of a kind comes next. args: kind
SELECT COALESCE(MAX(n) + 1, 0) FROM demo_row WHERE kind = ?;

-- name: demo-list
-- args: kind
SELECT n, record_id, name FROM demo_row WHERE kind = ? ORDER BY n;

-- name: demo-forget
-- args: kind, n
DELETE FROM demo_row WHERE kind = ? AND n = ?;

-- name: demo-forget-all
DELETE FROM demo_row;

-- name: demo-figures
-- What of it is still there.
SELECT (SELECT COUNT(*) FROM demo_row),
	(SELECT COUNT(*) FROM demo_row d JOIN person p ON p.id = d.record_id
		WHERE d.kind = 'person' AND p.erased_ms IS NULL),
	(SELECT COUNT(*) FROM demo_row d JOIN campaign c ON c.id = d.record_id
		WHERE d.kind = 'campaign');

-- name: demo-address-taken
-- Does, or did, anybody have the address? args: hash
SELECT 1 FROM email WHERE hash = ? LIMIT 1;

-- name: demo-has-addresses
-- Is anybody of it there?
SELECT 1 FROM demo_row WHERE kind IN ('person', 'lead') LIMIT 1;

-- name: demo-addresses-of
-- Which addresses are, or were, of its people and leads. args: JSON hashes
SELECT DISTINCT x.hash FROM email x
JOIN demo_row d ON d.record_id = x.record_id
	AND d.kind = CASE x.entity WHEN :ENTITY_PERSON THEN 'person' ELSE 'lead' END
WHERE x.hash IN JSON_TEXTS(?);

-- name: demo-tag-taken
-- args: folded name
SELECT 1 FROM tag WHERE name_folded = ?;

-- name: demo-group-named
-- args: folded name
SELECT id FROM crm_group WHERE name_folded = ?
	AND (kind = :GROUP_DYNAMIC OR evaluated_ms IS NOT NULL);

-- name: demo-push
-- The first push of the group that came to its end. args: group
SELECT id, audience_id, segment_id FROM push
WHERE group_id = ? AND state = 'done' AND dry_run = 0 ORDER BY id LIMIT 1;

-- name: demo-any-push
-- One of the group, whether it came to its end or not. args: group
SELECT id, audience_id, segment_id FROM push
WHERE group_id = ? AND audience_id IS NOT NULL ORDER BY id LIMIT 1;

-- name: demo-pushed
-- Who of the demo got the tag of the group by that push. args: push
SELECT d.n, r.person_id, e.hash FROM demo_row d
JOIN push_row r ON r.person_id = d.record_id
JOIN email e ON e.id = r.email_id
WHERE d.kind = 'person' AND r.push_id = ? AND r.action IN (:PUSH_TAGGED)
	AND r.outcome = :PUSH_APPLIED
ORDER BY d.n;

-- name: demo-campaign-sent
-- A campaign was sent in the past. One writer: the job of the demo, which has
-- just made it. args: push, audience, id in the Marketing API, started, sent,
-- first look of the bridge, id
UPDATE campaign SET status = :CRM_CAMPAIGN_SENT, push_id = ?, audience_id = ?,
	marketing_campaign_id = ?, started_ms = ?, sent_ms = ?, pull_next_ms = ?
WHERE id = ?;

-- name: demo-recipients-add
-- Its ledger. args: campaign, accepted, accepted, push, JSON people
INSERT INTO campaign_recipient (campaign_id, person_id, email_id, email_hash,
	company_id, state, at_ms, accepted_ms)
SELECT CAST(? AS BIGINT), r.person_id, r.email_id, e.hash, p.company_id,
	:CRM_RECIPIENT_ACCEPTED, CAST(? AS BIGINT), CAST(? AS BIGINT)
FROM push_row r JOIN person p ON p.id = r.person_id
JOIN email e ON e.id = r.email_id
WHERE r.push_id = ? AND r.person_id IN JSON_INTS(?)
ON CONFLICT (campaign_id, person_id) DO NOTHING;

-- name: demo-waits-for-pull
SELECT 1 FROM demo_row d JOIN campaign c ON c.id = d.record_id
WHERE d.kind = 'campaign' AND c.pull_next_ms IS NOT NULL LIMIT 1;

-- name: demo-times
-- The bridge tells of the past what it usually tells of the present.
UPDATE campaign_recipient SET at_ms = accepted_ms,
	bounced_ms = CASE WHEN bounced > 0 THEN COALESCE((SELECT MIN(a.at_ms)
		FROM campaign_activity a
		WHERE a.campaign_id = campaign_recipient.campaign_id
		AND a.person_id = campaign_recipient.person_id
		AND a.kind = :CRM_ACTIVITY_BOUNCE), bounced_ms) END
WHERE accepted_ms IS NOT NULL AND campaign_id IN
	(SELECT record_id FROM demo_row WHERE kind = 'campaign');

-- name: demo-bridge-busy
-- What the bridge has to do now. args: now
SELECT 1 FROM job WHERE kind IN ('bridge-hook', 'bridge-person')
	AND state IN (:JOB_QUEUED, :JOB_RUNNING) AND run_at_ms <= ? LIMIT 1;

-- name: demo-pull-stop
UPDATE campaign SET pull_next_ms = NULL WHERE id IN
	(SELECT record_id FROM demo_row WHERE kind = 'campaign');

-- name: demo-campaign-drop-activity
-- args: campaign
DELETE FROM campaign_activity WHERE campaign_id = ?;

-- name: demo-campaign-drop-links
-- args: campaign
DELETE FROM campaign_link WHERE campaign_id = ?;

-- name: demo-campaign-drop-recipients
-- args: campaign
DELETE FROM campaign_recipient WHERE campaign_id = ?;

-- name: demo-campaign-drop
-- args: campaign
DELETE FROM campaign WHERE id = ?;

-- name: demo-group-drop-rows
-- args: group
DELETE FROM push_row WHERE push_id IN (SELECT id FROM push WHERE group_id = ?);

-- name: demo-group-drop-pushes
-- args: group
DELETE FROM push WHERE group_id = ?;

-- name: demo-group-drop-turn
-- args: group
DELETE FROM push_turn WHERE group_id = ?;

-- name: demo-group-drop-tag
-- args: group
DELETE FROM group_tag WHERE group_id = ?;

-- name: demo-group-drop-half-members
-- Of a group of that name that was being made when the program was killed.
-- args: folded name
DELETE FROM group_member WHERE group_id IN (SELECT id FROM crm_group
	WHERE name_folded = ? AND kind = :GROUP_STATIC AND evaluated_ms IS NULL);

-- name: demo-group-drop-half
-- The group itself. args: folded name
DELETE FROM crm_group WHERE name_folded = ? AND kind = :GROUP_STATIC
	AND evaluated_ms IS NULL;

-- name: demo-group-tags
-- Its tags in audiences. args: group
SELECT audience_id, segment_id FROM group_tag
WHERE group_id = ? AND segment_id IS NOT NULL;

-- name: demo-subscribed-hashes
-- Addresses of its people that the bridge subscribed.
SELECT DISTINCT e.hash FROM demo_row d
JOIN email e ON e.record_id = d.record_id AND e.entity = :ENTITY_PERSON
JOIN bridge_member m ON m.email_hash = e.hash AND m.added_ms IS NOT NULL
WHERE d.kind = 'person';

-- name: demo-all-hashes
-- Addresses that its people and leads have or had.
SELECT DISTINCT e.hash FROM demo_row d
JOIN email e ON e.record_id = d.record_id
	AND e.entity = CASE d.kind WHEN 'person' THEN :ENTITY_PERSON
		ELSE :ENTITY_LEAD END
WHERE d.kind IN ('person', 'lead');

-- name: demo-shared-hashes
-- Which of these somebody has who is not of the demo. args: JSON hashes
SELECT DISTINCT e.hash FROM email e
WHERE e.hash IN JSON_TEXTS(?) AND e.ended_ms IS NULL AND NOT EXISTS (
	SELECT 1 FROM demo_row d WHERE d.record_id = e.record_id
	AND d.kind = CASE e.entity WHEN :ENTITY_PERSON THEN 'person'
		ELSE 'lead' END);

-- name: demo-mirror-drop
-- args: JSON hashes
DELETE FROM bridge_member WHERE email_hash IN JSON_TEXTS(?);

-- name: demo-is-joined
-- Was somebody merged into the person who is not of the demo? args: person
SELECT 1 FROM person p WHERE p.merged_into_id = ? AND NOT EXISTS (
	SELECT 1 FROM demo_row d WHERE d.kind = 'person' AND d.record_id = p.id)
LIMIT 1;

-- name: demo-last-consent
SELECT COALESCE(MAX(id), 0) FROM consent;

-- name: demo-kept
SELECT COUNT(*) FROM demo_row WHERE kind = 'kept';

-- name: demo-note-converted-people
-- Made of a lead of the demo, and not found: born with the conversion. Numbers
-- below 0 are not of the data.
INSERT INTO demo_row (kind, n, record_id)
SELECT 'person', -1 - d.n, p.id FROM demo_row d
JOIN lead l ON l.id = d.record_id
JOIN person p ON p.id = l.converted_person_id AND p.created_ms = l.converted_ms
WHERE d.kind = 'lead'
ON CONFLICT (kind, n) DO NOTHING;

-- name: demo-note-converted-companies
INSERT INTO demo_row (kind, n, record_id)
SELECT 'company', -1 - d.n, c.id FROM demo_row d
JOIN lead l ON l.id = d.record_id
JOIN company c ON c.id = l.converted_company_id
	AND c.created_ms = l.converted_ms
WHERE d.kind = 'lead'
ON CONFLICT (kind, n) DO NOTHING;

-- name: demo-others-opt-out
-- Did a user, a person or the audience opt a record out, after the demo was
-- made, and not by a campaign of it? args: entity, record
SELECT 1 FROM consent WHERE entity = ? AND record_id = ?
	AND state = :CONSENT_OPTED_OUT AND import_id IS NULL
	AND id > COALESCE((SELECT MAX(record_id) FROM demo_row
		WHERE kind = 'made'), 0)
	AND (campaign_id IS NULL OR campaign_id NOT IN
		(SELECT record_id FROM demo_row WHERE kind = 'campaign'))
LIMIT 1;

-- name: demo-record-addresses
-- args: entity, record
SELECT folded FROM email WHERE entity = ? AND record_id = ? AND folded <> ''
ORDER BY id;

-- name: demo-record-drop-addresses
-- What deleting a record keeps for the bridge. An erased address stays
-- forgotten. args: entity, record
DELETE FROM email WHERE entity = ? AND record_id = ? AND folded <> '';

-- name: demo-person-drop-parked
-- args: person
DELETE FROM bridge_parked WHERE person_id = ?;
