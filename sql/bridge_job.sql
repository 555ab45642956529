-- schema: crm
-- Jobs for the bridge, as the records leave them.

-- name: bridge-job-scrub
-- Drop the hashes of members that were deleted. args: job
UPDATE job SET payload = '{}' WHERE id = ? AND kind = 'bridge-forget';
