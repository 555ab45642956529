-- Files that are no pictures, and who gave them (src/campaign/file/file.h):
-- type is one of enum file_type; width and height are 0 of those. user_id: of
-- the customer records.
ALTER TABLE file ADD COLUMN user_id BIGINT;

-- What the team says of a campaign (src/campaign/feedback.h). user_id: of the
-- customer records.
CREATE TABLE campaign_feedback (
	id SERIAL_ID,
	campaign_id BIGINT NOT NULL,
	message TEXT NOT NULL,
	block_id BIGINT NOT NULL DEFAULT 0,
	is_complete INTEGER NOT NULL DEFAULT 0,
	parent_id BIGINT,
	user_id BIGINT,
	is_of_web INTEGER NOT NULL DEFAULT 0, -- else by a key
	created_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL
);
CREATE INDEX campaign_feedback_campaign ON campaign_feedback (campaign_id, id);
CREATE INDEX campaign_feedback_parent ON campaign_feedback (parent_id) WHERE parent_id IS NOT NULL;

-- Which campaign it goes to the non-openers of; each is resent once.
ALTER TABLE campaign ADD COLUMN resend_of BIGINT;
CREATE UNIQUE INDEX campaign_resend ON campaign (resend_of) WHERE resend_of IS NOT NULL;
