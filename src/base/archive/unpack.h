/*
 * base/archive/unpack.h - the files of an archive that somebody sent
 *
 * In memory alone: no name in it is ever a name on our disk. Plain files only;
 * folders, links and devices are passed over. Its limits hold for what it
 * becomes, whatever it says of itself: a few bytes that unpack to many are
 * refused once there are too many.
 */
#ifndef BASE_ARCHIVE_UNPACK_H
#define BASE_ARCHIVE_UNPACK_H

#include "base/str.h"
#include "base/vec.h"

struct arena;
struct err;

#define UNPACK_BYTES_MAX (32u * 1024 * 1024) /* of all files together */
#define UNPACK_ENTRIES_MAX 1000

struct unpacked_file {
	const char *name; /* as it stands there: any bytes, slashes, ".." */
	struct str bytes;
};
struct unpacked VEC_FIELDS(struct unpacked_file);

/* zip, tar, tar.gz, tgz, tar.bz2 or tbz */
bool unpack_is_type(const char *type);

/*
 * Appends the files, in their order; they live in arena. type: a right one.
 * ERR_INVALID, in words for people: it is not of that type, is broken or
 * encrypted, or too large.
 */
int unpack(struct str archive, const char *type, struct arena *arena,
	   struct unpacked *out, struct err *err);

#endif
