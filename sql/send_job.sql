-- schema: crm
-- The job that sends a campaign: see src/crm/campaign/send_job.c.

-- name: send-job-put
-- args: campaign_id, job_id
INSERT INTO campaign_send (campaign_id, job_id) VALUES (?, ?)
    ON CONFLICT (campaign_id) DO UPDATE SET job_id = excluded.job_id;

-- name: send-job-drop
-- args: campaign_id
DELETE FROM campaign_send WHERE campaign_id = ?;

-- name: send-job-find
-- Its state; 0: it is forgotten. args: campaign_id
SELECT s.job_id, COALESCE(j.state, 0), j.error
  FROM campaign_send s LEFT JOIN job j ON j.id = s.job_id
 WHERE s.campaign_id = ?;

-- name: send-job-orphans
-- Campaigns that say that they are being sent, by nobody. What is being sent is
-- settled by who looks there (bridge/pull.c).
SELECT s.campaign_id
  FROM campaign_send s
  LEFT JOIN campaign c ON c.id = s.campaign_id
 WHERE (c.status IS NULL OR c.status <> :CRM_CAMPAIGN_SENDING)
   AND NOT EXISTS (SELECT 1 FROM job j WHERE j.id = s.job_id AND j.state NOT IN (:JOB_ENDED))
 UNION
SELECT id FROM campaign
 WHERE status = :CRM_CAMPAIGN_SCHEDULED
   AND NOT EXISTS (SELECT 1 FROM campaign_send s WHERE s.campaign_id = campaign.id)
 ORDER BY 1;

-- name: campaign-open-job
-- One that may still act on it: not one whose time was taken back, which waits for
-- nothing. args: campaign_id, campaign_id
SELECT id FROM job
 WHERE state IN (:JOB_OPEN)
   AND kind IN ('campaign-send', 'campaign-test', 'campaign-act', 'undo-cleans')
   AND json_extract(payload, '$.campaign_id') = CAST(? AS BIGINT)
   AND (kind <> 'campaign-send' OR state = :JOB_RUNNING
        OR id IN (SELECT job_id FROM campaign_send WHERE campaign_id = ?))
 ORDER BY id LIMIT 1;

-- name: campaign-open-job @pg
SELECT id FROM job
 WHERE state IN (:JOB_OPEN)
   AND kind IN ('campaign-send', 'campaign-test', 'campaign-act', 'undo-cleans')
   AND (payload::jsonb->>'campaign_id')::bigint = ?
   AND (kind <> 'campaign-send' OR state = :JOB_RUNNING
        OR id IN (SELECT job_id FROM campaign_send WHERE campaign_id = ?))
 ORDER BY id LIMIT 1;
