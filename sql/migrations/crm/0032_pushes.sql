-- The criteria of the group when it was pushed; NULL: by hand only, or before
-- this was kept.
ALTER TABLE push ADD COLUMN group_criteria TEXT;
CREATE INDEX push_plan ON push (group_id, id) WHERE dry_run = 1;
