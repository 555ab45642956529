-- When the bridge itself unsubscribed the member, for an opt-out in the CRM: if
-- that is undone, what the audience says of it is no word of the person's.
ALTER TABLE bridge_member ADD COLUMN unsubscribed_ms BIGINT;
