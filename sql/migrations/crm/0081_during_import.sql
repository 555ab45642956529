-- The import that wrote the row while it ran, whoever says it: undoing that
-- import does not take it for an answer of the person.
ALTER TABLE consent ADD COLUMN during_import BIGINT;
