-- Searching inside names and addresses: see src/crm/search/search.h. key: the
-- record's id * 4 + its entity.

-- Up to which id records are in the index; those above are looked through.
CREATE TABLE search_state (
	entity INTEGER PRIMARY KEY,
	until_id BIGINT NOT NULL
);
INSERT INTO search_state (entity, until_id) VALUES (1, 0), (2, 0), (3, 0);

-- Records whose name or addresses changed since.
CREATE TABLE search_stale (
	entity INTEGER NOT NULL,
	record_id BIGINT NOT NULL,
	PRIMARY KEY (entity, record_id)
) WITHOUT ROWID;

-- What was put in the index, to be able to take it out again.
CREATE TABLE search_doc (
	key ID PRIMARY KEY,
	text TEXT NOT NULL
);

-- Of the text, hashes of all pieces of one to three characters.
-- only: sqlite
CREATE VIRTUAL TABLE search_gram USING fts5 (grams, content = '',
	columnsize = 0, detail = 'none', tokenize = 'ascii');
-- only: pg
CREATE TABLE search_gram (
	key BIGINT PRIMARY KEY,
	grams INTEGER[] NOT NULL
);
CREATE INDEX search_gram_grams ON search_gram USING gin (grams);
