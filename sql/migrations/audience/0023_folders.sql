-- Folders of campaigns, templates and files (src/campaign/folder.h). kind: of
-- enum folder_kind. user_id: of the customer records; nobody joins it.
CREATE TABLE folder (
	id SERIAL_ID,
	hex TEXT NOT NULL UNIQUE,
	kind INTEGER NOT NULL,
	name TEXT NOT NULL,
	user_id BIGINT,
	created_ms BIGINT NOT NULL
);
CREATE INDEX folder_kind ON folder (kind, id);
ALTER TABLE campaign ADD COLUMN folder_id BIGINT;
ALTER TABLE template ADD COLUMN folder_id BIGINT;
ALTER TABLE file ADD COLUMN folder_id BIGINT;
CREATE INDEX campaign_folder ON campaign (folder_id) WHERE folder_id IS NOT NULL;
CREATE INDEX template_folder ON template (folder_id) WHERE folder_id IS NOT NULL;
CREATE INDEX file_folder ON file (folder_id) WHERE folder_id IS NOT NULL;
