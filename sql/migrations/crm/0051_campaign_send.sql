-- The job that sends a campaign, until it has begun over there or came to
-- nothing: see src/crm/campaign/send_job.h.
CREATE TABLE campaign_send (
	campaign_id BIGINT PRIMARY KEY,
	job_id BIGINT NOT NULL
);
CREATE INDEX campaign_scheduled ON campaign (schedule_ms) WHERE status = 2;

INSERT INTO campaign_send (campaign_id, job_id)
SELECT c.id, MAX(j.id)
  FROM campaign c
  JOIN job j ON j.kind = 'campaign-send' AND j.state IN (1, 2, 3)
            AND j.single_key IN ('campaign-send:' || CAST(c.id AS TEXT),
                                 'campaign-send:' || CAST(c.id AS TEXT) || ':'
                                                  || CAST(c.schedule_ms AS TEXT))
 WHERE c.status IN (1, 2, 3, 4)
 GROUP BY c.id;
