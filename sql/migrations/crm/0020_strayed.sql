-- Who had the address before another contact got it, or before the audience
-- said that there is no such member: they may have another one over there,
-- which the audience is still to tell; and when the bridge subscribed them (NULL:
-- it did not; 0: they were followed, and the row is kept for an erasure).
ALTER TABLE bridge_member ADD COLUMN strayed_contact_id TEXT;
ALTER TABLE bridge_member ADD COLUMN strayed_added_ms BIGINT;
CREATE INDEX bridge_member_strayed ON bridge_member (strayed_contact_id)
 WHERE strayed_contact_id IS NOT NULL;
ALTER TABLE bridge_member_aside ADD COLUMN strayed_contact_id TEXT;
ALTER TABLE bridge_member_aside ADD COLUMN strayed_added_ms BIGINT;
