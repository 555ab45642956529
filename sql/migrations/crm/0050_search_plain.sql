-- What a search compares, without case, accents and ligatures: see
-- src/crm/search/search_text.h. NULL: not made yet (of an address: it needs none).
-- The job of the index makes it of what is there, and the index of it anew.
ALTER TABLE company ADD COLUMN plain TEXT;
ALTER TABLE person ADD COLUMN plain TEXT;
ALTER TABLE lead ADD COLUMN plain TEXT;
ALTER TABLE email ADD COLUMN plain TEXT;

UPDATE search_state SET until_id = 0;
DELETE FROM search_stale;
DELETE FROM search_doc;
-- only: sqlite
INSERT INTO search_gram (search_gram) VALUES ('delete-all');
-- only: pg
DELETE FROM search_gram;
