-- A/B tests: what a campaign tries, its other contents, and what came of each.
ALTER TABLE campaign ADD COLUMN ab_test TEXT; -- JSON, see crm/campaign/ab_variant.h; NULL: none
ALTER TABLE campaign ADD COLUMN ab_result TEXT; -- JSON, see crm/campaign/ab_result.h; NULL: nothing yet
-- The content of variant B; design NULL: that of the campaign itself.
ALTER TABLE campaign ADD COLUMN b_design TEXT;
ALTER TABLE campaign ADD COLUMN b_html TEXT;
ALTER TABLE campaign ADD COLUMN b_plain_text TEXT;
ALTER TABLE campaign ADD COLUMN b_plain_is_made INTEGER NOT NULL DEFAULT 0;
-- The same of C.
ALTER TABLE campaign ADD COLUMN c_design TEXT;
ALTER TABLE campaign ADD COLUMN c_html TEXT;
ALTER TABLE campaign ADD COLUMN c_plain_text TEXT;
ALTER TABLE campaign ADD COLUMN c_plain_is_made INTEGER NOT NULL DEFAULT 0;
