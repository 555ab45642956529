-- From whose list of recipients a group was made, so that it can say so; NULL: of
-- none.
ALTER TABLE crm_group ADD COLUMN campaign_id BIGINT;
