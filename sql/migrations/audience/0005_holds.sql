-- Why a campaign stands still though nobody stopped it. While it is sending:
-- the relay refuses it for our fault, it is tried again. While it is paused:
-- it paused itself. hold_reason: connection sender limit auth relay content
-- size; bounces refusals. hold_override: a user resumed it all the same, it
-- does not pause itself again.
ALTER TABLE campaign ADD COLUMN hold_reason TEXT;
ALTER TABLE campaign ADD COLUMN hold_detail TEXT; -- in the relay's words
ALTER TABLE campaign ADD COLUMN hold_ms BIGINT;
ALTER TABLE campaign ADD COLUMN hold_override INTEGER NOT NULL DEFAULT 0;
-- When its cleans were undone: its hard bounces say nothing any more.
ALTER TABLE campaign ADD COLUMN cleans_undone_ms BIGINT;

-- Which campaign made which member cleaned, and what it was before: so that it
-- can be undone.
CREATE TABLE member_cleaned (
	campaign_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	status INTEGER NOT NULL, -- before
	at_ms BIGINT NOT NULL,
	restored_ms BIGINT,
	PRIMARY KEY (campaign_id, member_id)
) WITHOUT ROWID;
-- What bounced before there was this table: who is sent to is subscribed.
INSERT INTO member_cleaned (campaign_id, member_id, status, at_ms)
SELECT r.campaign_id, r.member_id, 1, r.at_ms
FROM recipient r JOIN member m ON m.id = r.member_id
WHERE r.bounce = 1 AND m.status = 3;
