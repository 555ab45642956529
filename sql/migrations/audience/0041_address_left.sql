-- Addresses that members left after a campaign went to them there, while it is
-- still being sent: whoever has the address by now is not sent it a second time.
CREATE TABLE address_left (
	campaign_id BIGINT NOT NULL,
	email_hash TEXT NOT NULL,
	member_id BIGINT NOT NULL, -- who was sent it there
	PRIMARY KEY (campaign_id, email_hash, member_id)
) WITHOUT ROWID;
CREATE INDEX address_left_member ON address_left (member_id);
-- So much later than planned its batches go, as it was paused meanwhile.
ALTER TABLE campaign ADD COLUMN shift_ms BIGINT NOT NULL DEFAULT 0;
