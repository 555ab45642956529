-- New ones of an import of whom no column of the file says that they agreed,
-- though a ground is given: src/crm/import/import_batch.h.

ALTER TABLE import_run ADD COLUMN left_open BIGINT NOT NULL DEFAULT 0;
