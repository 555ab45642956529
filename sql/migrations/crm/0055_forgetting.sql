-- What imports know of a record goes with it, however many rows they have; and
-- whom they found unchanged is not kept for ever.
CREATE INDEX import_change_record ON import_change (record_id, entity);
CREATE INDEX import_unchanged_record ON import_unchanged (record_id, entity);
