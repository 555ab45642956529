-- Which groups a group's criteria refer to. Written, and looked at, by who has
-- locked the row of group_graph.
CREATE TABLE group_reference (
	group_id BIGINT NOT NULL,
	refers_to BIGINT NOT NULL,
	PRIMARY KEY (group_id, refers_to)
);
CREATE INDEX group_reference_to ON group_reference (refers_to);
CREATE TABLE group_graph (id BIGINT PRIMARY KEY);
INSERT INTO group_graph (id) VALUES (1);
