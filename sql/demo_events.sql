-- schema: events
-- The demo's part of the log, see src/api/demo/demo.h.

-- name: demo-events-drop
-- Those that the demo wrote, by the name that it wrote them under. args: first
-- id, last id, instance
DELETE FROM event WHERE id >= ? AND id <= ? AND instance = ?;
