-- Lists of people by country: those that are there, in the order in which they
-- came.
CREATE INDEX person_country ON person (country, id) WHERE country IS NOT NULL AND erased_ms IS NULL;
