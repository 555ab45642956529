-- Campaigns that the CRM did not order, but found in the audience; and which
-- variant of an A/B test somebody got.
ALTER TABLE campaign ADD COLUMN origin INTEGER; -- NULL: of the CRM; 1 elsewhere 2 feed
ALTER TABLE campaign_recipient ADD COLUMN variant INTEGER; -- 1 is A; NULL: not known, or none
-- Two jobs that find the same one make one of it.
CREATE UNIQUE INDEX campaign_found ON campaign (marketing_campaign_id) WHERE origin IS NOT NULL;
