/*
 * api/campaign/image.h - may a file be removed?
 */
#ifndef API_CAMPAIGN_IMAGE_H
#define API_CAMPAIGN_IMAGE_H

#include "api/api.h"

struct file;

/* ERR_CONFLICT, with their names: campaigns show it, here or in the customer
 * records; also those that were sent, as readers open them again. */
int file_check_unused(struct request *rq, struct db *audience,
		      const struct file *file, struct err *err);

#endif
