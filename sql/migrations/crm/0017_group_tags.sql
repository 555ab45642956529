-- The tag of a group belongs to the group, not to one of its pushes: a push
-- that was canceled, or waits, may have made it.
CREATE TABLE group_tag (
	group_id BIGINT NOT NULL,
	audience_id TEXT NOT NULL, -- list id of the Marketing API
	segment_id BIGINT, -- of the Marketing API; NULL: none known
	asked_name TEXT, -- it was asked for, and no answer is known
	PRIMARY KEY (group_id, audience_id)
);
INSERT INTO group_tag (group_id, audience_id, segment_id)
SELECT p.group_id, p.audience_id, p.segment_id FROM push p
 WHERE p.id IN (SELECT MAX(q.id) FROM push q
                 WHERE q.segment_id IS NOT NULL AND q.audience_id IS NOT NULL
                 GROUP BY q.group_id, q.audience_id);
INSERT INTO group_tag (group_id, audience_id, asked_name)
SELECT p.group_id, p.audience_id, p.tag_name FROM push p
 WHERE p.id IN (SELECT MAX(q.id) FROM push q
                 WHERE q.tag_name IS NOT NULL AND q.audience_id IS NOT NULL
                 GROUP BY q.group_id, q.audience_id)
   AND NOT EXISTS (SELECT 1 FROM group_tag t
                    WHERE t.group_id = p.group_id AND t.audience_id = p.audience_id);
ALTER TABLE push DROP COLUMN tag_name;

-- How many removals the user was asked about: a confirmation is for no more.
ALTER TABLE push ADD COLUMN asked BIGINT;
