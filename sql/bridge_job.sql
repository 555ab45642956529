-- schema: crm
-- Jobs for the bridge, as the records leave them.

-- name: bridge-job-scrub
-- Drop the hashes of members that were deleted. args: job
UPDATE job SET payload = '{}' WHERE id = ? AND kind = 'bridge-forget';

-- name: bridge-job-left
-- The marketing address of somebody until now: its member is to be settled.
-- args: now, email
UPDATE email SET left_ms = ? WHERE id = ?;
