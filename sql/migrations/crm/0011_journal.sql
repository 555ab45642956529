-- What is not in the suppression journal yet (0): see src/journal/journal.h.
ALTER TABLE consent ADD COLUMN journalled INTEGER NOT NULL DEFAULT 0;
CREATE INDEX consent_journal ON consent (id) WHERE journalled = 0;
ALTER TABLE email ADD COLUMN journalled INTEGER NOT NULL DEFAULT 0;
CREATE INDEX email_journal ON email (id) WHERE folded = '' AND journalled = 0;
ALTER TABLE person ADD COLUMN journalled INTEGER NOT NULL DEFAULT 0;
CREATE INDEX person_journal ON person (id) WHERE erased_ms IS NOT NULL AND journalled = 0;
ALTER TABLE lead ADD COLUMN journalled INTEGER NOT NULL DEFAULT 0;
CREATE INDEX lead_journal ON lead (id) WHERE erased_ms IS NOT NULL AND journalled = 0;
ALTER TABLE kept_opt_out ADD COLUMN journalled INTEGER NOT NULL DEFAULT 0;
CREATE INDEX kept_opt_out_journal ON kept_opt_out (hash) WHERE journalled = 0;

-- Paused because the database was restored; the next status takes it away.
ALTER TABLE campaign ADD COLUMN restored_ms BIGINT;
