-- A static group without criteria is by hand only; NULL said everybody before.
UPDATE crm_group SET criteria = '{"match":"all","conditions":[]}' WHERE criteria IS NULL;

-- What lists of groups are sorted by; names have their unique index.
CREATE INDEX crm_group_updated ON crm_group (updated_ms, id);
CREATE INDEX crm_group_created ON crm_group (created_ms, id);
-- Who was put in by hand, which may be a few of many.
CREATE INDEX group_member_hand ON group_member (group_id, record_id) WHERE how = 2;
-- The last push of each group of a page.
CREATE INDEX push_real ON push (group_id, id) WHERE dry_run = 0;
