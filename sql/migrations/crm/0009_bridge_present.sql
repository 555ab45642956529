-- Jobs of the bridge read the present instead of carrying addresses.

-- Set while an address that was somebody's marketing address is none any more
-- and its member is still to be moved, merged or archived.
ALTER TABLE email ADD COLUMN left_ms BIGINT;
CREATE INDEX email_left ON email (record_id) WHERE left_ms IS NOT NULL;

-- When the bridge subscribed the member, or was about to (status 0); NULL:
-- somebody else did, or it has left since. Only such members are ever archived.
ALTER TABLE bridge_member ADD COLUMN added_ms BIGINT;
-- The contact_id of the API, which stays when the address changes.
ALTER TABLE bridge_member ADD COLUMN contact_id TEXT;
CREATE INDEX bridge_member_contact ON bridge_member (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX bridge_member_added ON bridge_member (email_hash) WHERE added_ms IS NOT NULL;

-- The name that a push is about to give its new tag: found again if the answer
-- is lost.
ALTER TABLE push ADD COLUMN tag_name TEXT;
-- Whose turn it is to push a group: a job.
CREATE TABLE push_turn (
	group_id BIGINT PRIMARY KEY,
	job_id BIGINT NOT NULL
);
-- When the Marketing API was asked for the campaign; NULL once it has told.
ALTER TABLE campaign ADD COLUMN creating_ms BIGINT;

UPDATE bridge_member SET added_ms = changed_ms
 WHERE status IN (1, 4) AND email_hash IN
	(SELECT e.hash FROM push_row r JOIN email e ON e.id = r.email_id
	  WHERE r.action = 1 AND r.outcome = 1);
UPDATE email SET left_ms = 1
 WHERE entity = 1 AND EXISTS
	(SELECT 1 FROM job j WHERE j.kind = 'bridge-address' AND j.state IN (1, 2)
	    AND j.payload LIKE '%"old_email_id":' || email.id || ',%');
UPDATE job SET kind = 'bridge-person', single_key = NULL
 WHERE kind IN ('bridge-optout', 'bridge-address', 'bridge-update') AND state IN (1, 2, 3);
-- The next look reads all members, and so their contact ids.
DELETE FROM setting WHERE key = 'bridge.cursor_ms';
