-- When the bridge told the audience to unsubscribe the member: what comes back
-- within seconds of that is its own echo. unsubscribed_ms is when the job began,
-- whose reason may be undone since. NULL: of before this, the same.
ALTER TABLE bridge_member ADD COLUMN unsubscribe_call_ms BIGINT;
ALTER TABLE bridge_member_aside ADD COLUMN unsubscribe_call_ms BIGINT;
