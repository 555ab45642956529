-- New people of an import at an address that somebody else has, too:
-- src/crm/import/import_batch.h. Of a dry run, who would.

ALTER TABLE import_run ADD COLUMN sharing BIGINT NOT NULL DEFAULT 0;
