-- Who scheduled it: a user, or a key, of the CRM. NULL: nobody of theirs, or not
-- known.
ALTER TABLE campaign ADD COLUMN scheduled_user BIGINT;
ALTER TABLE campaign ADD COLUMN scheduled_key BIGINT;
