/*
 * app/cmd/cmd_campaign_private.h - what the commands of campaigns share
 */
#ifndef APP_CMD_CAMPAIGN_PRIVATE_H
#define APP_CMD_CAMPAIGN_PRIVATE_H

#include "base/json.h"

struct invocation;

/* The path of the campaign that the first operand names, and the rest behind
 * it. Appended. */
void campaign_path(const struct invocation *in, const char *rest,
		   struct strbuf *out);

/* Why it stands still, if it does: of a campaign, or of its report. */
void campaign_print_hold(const json_t *report);

#endif
