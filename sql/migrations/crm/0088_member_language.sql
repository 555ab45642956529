-- The language of a member, as a code of the Marketing API, as we last saw or
-- wrote it (bridge/mirror/language.c). NULL: not known.
ALTER TABLE bridge_member ADD COLUMN language TEXT;
ALTER TABLE bridge_member_aside ADD COLUMN language TEXT;
