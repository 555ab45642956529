-- The newest member when a campaign began to resolve whom it goes to: whoever
-- joins later is not among them, also if another process goes on with it.
-- NULL: it began before this was kept.
ALTER TABLE campaign ADD COLUMN freeze_last BIGINT;
