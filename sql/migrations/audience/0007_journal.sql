-- The status of a member as the suppression journal has it, and what is not in
-- it yet (0): see src/journal/journal.h.
ALTER TABLE member ADD COLUMN journalled INTEGER NOT NULL DEFAULT 1;
CREATE INDEX member_journal ON member (id) WHERE status <> journalled;
ALTER TABLE suppression ADD COLUMN journalled INTEGER NOT NULL DEFAULT 0;
CREATE INDEX suppression_journal ON suppression (keyed_hash) WHERE journalled = 0;
ALTER TABLE forgotten ADD COLUMN journalled INTEGER NOT NULL DEFAULT 0;
CREATE INDEX forgotten_journal ON forgotten (list_id, keyed_hash) WHERE journalled = 0;
