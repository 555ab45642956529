-- How the sign-up form of a list looks, as the API gives it: JSON texts, see
-- src/audience/form/signup_form.h. A list without a row has the usual form.
CREATE TABLE signup_form (
	list_id BIGINT PRIMARY KEY,
	header TEXT NOT NULL,
	contents TEXT NOT NULL,
	styles TEXT NOT NULL
);
