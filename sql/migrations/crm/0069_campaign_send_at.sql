-- When a draft is to go, as whoever writes it chose: nothing goes by it until it
-- is scheduled. Kept when a schedule is taken back.
ALTER TABLE campaign ADD COLUMN send_at_ms BIGINT;
UPDATE campaign SET send_at_ms = schedule_ms WHERE schedule_ms IS NOT NULL;
