-- Merge tags whose values did not fit and were left out, as a JSON array.
ALTER TABLE push_row ADD COLUMN dropped TEXT;
