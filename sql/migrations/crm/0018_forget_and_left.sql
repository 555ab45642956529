-- Erased: the member is to be deleted for good, whatever the pages of the
-- audience say of it until then. Its changed_ms tells since when the audience
-- says that there is no such member; 0: not yet.
ALTER TABLE bridge_member ADD COLUMN to_forget_ms BIGINT;
CREATE INDEX bridge_member_to_forget ON bridge_member (email_hash) WHERE to_forget_ms IS NOT NULL;

-- Set while an address that left somebody who had opted out may still be
-- subscribed over there, whoever subscribed it.
ALTER TABLE email ADD COLUMN out_ms BIGINT;
CREATE INDEX email_out ON email (record_id) WHERE out_ms IS NOT NULL;
