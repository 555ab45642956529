-- What who signs up agrees to, in the words of the form's owner. NULL: in ours,
-- in the reader's language; '': nothing is said.
ALTER TABLE signup_form ADD COLUMN consent TEXT;
