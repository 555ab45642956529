-- Which import opted somebody out: taking it back takes that back, unless
-- something said it again.
ALTER TABLE consent ADD COLUMN import_id BIGINT;
CREATE INDEX consent_import ON consent (import_id, id)
	WHERE import_id IS NOT NULL;
-- An opt-out of an import that a later import said again, the latest one.
CREATE TABLE import_confirmation (
	consent_id BIGINT PRIMARY KEY,
	import_id BIGINT NOT NULL
);
CREATE INDEX import_confirmation_import ON import_confirmation (import_id);
