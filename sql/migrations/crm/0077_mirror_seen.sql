-- As of which change the row is what the audience inside has of the member: its
-- changed_ms. NULL: not known, the next look at the member reads it whole.
ALTER TABLE bridge_member ADD COLUMN seen_ms BIGINT;
-- Few of them, and the comparison that queries repeat: SQLite does not see that
-- 2 is not 1.
DROP INDEX bridge_member_status;
CREATE INDEX bridge_member_left ON bridge_member (status) WHERE status > 1;
-- Nearly all of them, by what the primary key is by.
DROP INDEX bridge_member_added;
