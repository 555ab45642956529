/*
 * audience/batch/api_answer.h - the answers of a batch as a tar.gz, piece by
 * piece
 *
 * Files of about 1 MiB, each a JSON array; what is held in memory is one piece
 * and one answer.
 */
#ifndef AUDIENCE_API_ANSWER_H
#define AUDIENCE_API_ANSWER_H

#include "audience/batch/api_batch.h"

struct api_answers;

struct api_answers *api_answers_open(const struct api_batch *batch);
void api_answers_free(struct api_answers **answers);
/* Appends the next piece: 1, 0 at the end (nothing was appended), -1; also if
 * the batch was removed meanwhile. */
int api_answers_next(struct api_answers *answers, struct db *db,
		     struct strbuf *out, struct err *err);

#endif
