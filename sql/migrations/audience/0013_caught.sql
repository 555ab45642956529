-- caught: the mail was accepted by the built-in outbox, so that nobody was
-- mailed. Of who was sent to before this, nobody knows: 0.
ALTER TABLE recipient ADD COLUMN caught INTEGER NOT NULL DEFAULT 0;
