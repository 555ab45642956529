-- schema: audience
-- Interests of a list and their categories, see src/audience/interest.

-- name: interest-category-list
-- args: list
SELECT id, hex, title, form, display_order FROM interest_category
WHERE list_id = ? ORDER BY display_order, id;

-- name: interest-category-lock
-- Before it is read to be changed, or before its interests are. args: list, hex
SELECT id FROM interest_category WHERE list_id = ? AND hex = ? FOR UPDATE;

-- name: interest-category-add
-- args: hex, list, title, folded, form, order
INSERT INTO interest_category (hex, list_id, title, folded, form, display_order)
VALUES (?, ?, ?, ?, ?, ?);

-- name: interest-category-remove
-- args: id
DELETE FROM interest_category WHERE id = ?;

-- name: interest-list
-- All of a list, by category. args: list
SELECT i.id, i.category_id, i.hex, i.name, i.display_order, c.form
FROM interest i JOIN interest_category c ON c.id = i.category_id
WHERE i.list_id = ? ORDER BY c.display_order, c.id, i.display_order, i.id;

-- name: interest-lock
-- Before it is read to be changed. args: category, hex
SELECT id FROM interest WHERE category_id = ? AND hex = ? FOR UPDATE;

-- name: interest-add
-- args: hex, list, category, name, folded, order
INSERT INTO interest (hex, list_id, category_id, name, folded, display_order)
VALUES (?, ?, ?, ?, ?, ?);

-- name: interest-remove
-- args: id
DELETE FROM interest WHERE id = ?;

-- name: interest-empty-some
-- The first of those who have chosen it do so no more.
-- args: interest, interest, how many
DELETE FROM member_interest WHERE interest_id = ? AND member_id <= (
	SELECT MAX(s.member_id) FROM (SELECT member_id FROM member_interest
		WHERE interest_id = ? ORDER BY member_id LIMIT ?) AS s);

-- name: interest-empty
-- args: interest
DELETE FROM member_interest WHERE interest_id = ?;

-- name: interest-list-empty
-- Of a list that is removed. args: list
DELETE FROM member_interest WHERE interest_id IN (
	SELECT id FROM interest WHERE list_id = ?);

-- name: interest-list-remove
-- args: list
DELETE FROM interest WHERE list_id = ?;

-- name: interest-list-remove-categories
-- args: list
DELETE FROM interest_category WHERE list_id = ?;

-- name: permission-forget
-- What was said of an interest that is removed. args: interest
DELETE FROM permission_said WHERE interest_id = ?;

-- name: permission-list-forget
-- Of a list that is removed. args: list
DELETE FROM permission_said WHERE interest_id IN (
	SELECT id FROM interest WHERE list_id = ?);
