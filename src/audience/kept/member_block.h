/*
 * audience/kept/member_block.h - blocks of members' ids, so that a page at any
 * offset of a list by ids is found without walking there
 *
 * Whoever keeps figures of members keeps them by block: the sum over the blocks
 * is the figure, and the blocks before a page say where it begins, so that at
 * most one block is walked.
 */
#ifndef AUDIENCE_MEMBER_BLOCK_H
#define AUDIENCE_MEMBER_BLOCK_H

#include <stdint.h>

struct tally;

/* Stored, and in sql/: does not change. */
#define MEMBER_BLOCK 16384
int64_t member_block(int64_t member_id);

/* A page begins behind `skip` of those with ids from from_id on. */
struct member_place {
	int64_t from_id, skip;
};
/* blocks: rows in the order of `part`, a block; there may be several of one. */
struct member_place member_place_of(const struct tally *blocks, int64_t offset);

#endif
