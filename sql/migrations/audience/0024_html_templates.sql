-- Templates are designs or HTML (src/campaign/template/template.h). kind: of
-- enum template_kind; design is '' of HTML. editor_id: who changed it last.
ALTER TABLE template ADD COLUMN kind INTEGER NOT NULL DEFAULT 1;
ALTER TABLE template ADD COLUMN html TEXT;
ALTER TABLE template ADD COLUMN is_responsive INTEGER NOT NULL DEFAULT 1;
ALTER TABLE template ADD COLUMN editor_id BIGINT;
CREATE INDEX template_kind ON template (kind, id);
