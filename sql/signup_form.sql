-- schema: audience
-- How sign-up forms look, see src/audience/form/signup_form.h.

-- name: signup-form-find
-- args: list
SELECT header, contents, styles, consent FROM signup_form WHERE list_id = ?;

-- name: signup-form-put
-- args: list, header, contents, styles
INSERT INTO signup_form (list_id, header, contents, styles) VALUES (?, ?, ?, ?)
ON CONFLICT (list_id) DO UPDATE SET header = excluded.header,
	contents = excluded.contents, styles = excluded.styles;

-- name: signup-form-put-consent
-- args: list, header, contents, styles of one that is new, consent or NULL
INSERT INTO signup_form (list_id, header, contents, styles, consent) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (list_id) DO UPDATE SET consent = excluded.consent;

-- name: signup-form-remove
-- args: list
DELETE FROM signup_form WHERE list_id = ?;
