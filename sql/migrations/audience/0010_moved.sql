-- When the member last got another address: messages before went elsewhere.
ALTER TABLE member ADD COLUMN moved_ms BIGINT;
