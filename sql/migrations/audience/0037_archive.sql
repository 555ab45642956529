-- What was sent, as a list that may be public is leafed through.
CREATE INDEX campaign_archive ON campaign (list_id, send_ms, id) WHERE status = 5;

-- How many mails to friends readers had sent of it.
ALTER TABLE campaign ADD COLUMN forwards BIGINT NOT NULL DEFAULT 0;
