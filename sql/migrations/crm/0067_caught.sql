-- caught: the mail lies in the built-in outbox of the audience, so that nobody
-- was mailed. Of what was sent before this, nobody knows: 0.
ALTER TABLE campaign_recipient ADD COLUMN caught INTEGER NOT NULL DEFAULT 0;
ALTER TABLE campaign_figures ADD COLUMN caught BIGINT NOT NULL DEFAULT 0;
