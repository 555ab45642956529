-- Files that are no pictures, and who gave them (src/campaign/file/file.h):
-- type is one of enum file_type; width and height are 0 of those. user_id: of
-- the customer records.
ALTER TABLE file ADD COLUMN user_id BIGINT;
