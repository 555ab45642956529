-- Why a campaign stands still though nobody stopped it, as the audience tells.
ALTER TABLE campaign ADD COLUMN hold_reason TEXT;
ALTER TABLE campaign ADD COLUMN hold_detail TEXT;
ALTER TABLE campaign ADD COLUMN hold_ms BIGINT;
-- What the relay said of one who was refused.
ALTER TABLE campaign_recipient ADD COLUMN detail TEXT;
