-- What else an import tells of the file: src/crm/import/import_batch.h.

ALTER TABLE import_run ADD COLUMN opted_out_by_name BIGINT NOT NULL DEFAULT 0;
ALTER TABLE import_run ADD COLUMN yes_unnoted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE import_run ADD COLUMN short_rows BIGINT NOT NULL DEFAULT 0;
