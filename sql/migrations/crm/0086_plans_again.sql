-- From which push the plan of the next one may begin (bridge/plan/plan_again.h): what
-- its plan was made of, since when, and who had the tag when it was done.
ALTER TABLE push ADD COLUMN planned_ms BIGINT; -- before anything was read; NULL: of older pushes
ALTER TABLE push ADD COLUMN fields_hash TEXT; -- of the mapping
ALTER TABLE push ADD COLUMN tag_digest TEXT; -- NULL: not done, or the audience does not tell
-- When others than a push changed status or fields of a member, as we heard of it.
ALTER TABLE bridge_member ADD COLUMN others_ms BIGINT;
CREATE INDEX bridge_member_others ON bridge_member (others_ms) WHERE others_ms IS NOT NULL;
CREATE INDEX email_held ON email (record_id) WHERE held <> 0;
