-- schema: crm

-- name: campaign-set-push
-- args: push_id, audience_id, id
UPDATE campaign SET push_id = ?, audience_id = ? WHERE id = ?;

-- name: campaign-set-marketing
-- args: marketing_campaign_id, id
UPDATE campaign SET marketing_campaign_id = ?, creating_ms = NULL WHERE id = ?;

-- name: campaign-forget-marketing
-- It was deleted over there; only what nobody can have been sent.
-- args: id, marketing_campaign_id
UPDATE campaign SET marketing_campaign_id = NULL, creating_ms = NULL
 WHERE id = ? AND marketing_campaign_id = ?
   AND status IN (:CRM_CAMPAIGN_DRAFT, :CRM_CAMPAIGN_SCHEDULED);

-- name: campaign-creating
-- args: id
SELECT creating_ms FROM campaign WHERE id = ?;

-- name: campaign-set-creating
-- The Marketing API is asked for it now. args: at_ms, id
UPDATE campaign SET creating_ms = ? WHERE id = ?;

-- name: campaign-segment
-- args: push_id
SELECT segment_id FROM push WHERE id = ?;

-- name: campaign-pull-at
-- The bridge looks at it from then on. args: pull_next_ms, id
UPDATE campaign SET pull_next_ms = ? WHERE id = ?;

-- name: bridge-reconciled
SELECT value FROM setting WHERE key = 'bridge.reconciled_ms';

-- name: ledger-step-end
-- The last person of the next step; 0 at the end. args: push_id, after, limit
SELECT COALESCE(MAX(person_id), 0)
  FROM (SELECT person_id FROM push_row
         WHERE push_id = ? AND person_id > ?
         ORDER BY person_id LIMIT ?) AS step;

-- name: ledger-fill
-- One row a person of the push, as it ended: who is in the tag is queued.
-- Doing it twice is nothing. args: campaign_id, at_ms, push_id, after, to
INSERT INTO campaign_recipient
       (campaign_id, person_id, email_id, email_hash, company_id, lead_id,
        state, reason, at_ms)
SELECT CAST(? AS BIGINT), r.person_id, r.email_id, e.hash, p.company_id,
       (SELECT MAX(l.id) FROM lead l WHERE l.converted_person_id = r.person_id),
       CASE WHEN r.action IN (:PUSH_TAGGED) AND r.outcome = :PUSH_APPLIED
            THEN :CRM_RECIPIENT_QUEUED ELSE :CRM_RECIPIENT_LEFT_OUT END,
       r.reason, CAST(? AS BIGINT)
  FROM push_row r
  JOIN person p ON p.id = r.person_id
  LEFT JOIN email e ON e.id = r.email_id
 WHERE r.push_id = ? AND r.person_id > ? AND r.person_id <= ? AND r.action <> :PUSH_UNTAG
    ON CONFLICT (campaign_id, person_id) DO NOTHING;

-- name: ledger-clear
-- Nothing was sent yet. args: campaign_id
DELETE FROM campaign_recipient WHERE campaign_id = ? AND accepted_ms IS NULL;

-- name: campaign-test-runs
-- Is a test being written into a draft over there? Of any campaign: it takes a
-- moment only.
SELECT 1 FROM job WHERE kind = 'campaign-test' AND state = :JOB_RUNNING LIMIT 1;
