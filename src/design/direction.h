/*
 * design/direction.h - from which side a mail is read
 */
#ifndef DESIGN_DIRECTION_H
#define DESIGN_DIRECTION_H

#include "design/design.h"

/* As it is given; else by the language, else by the first letter. */
bool direction_is_rtl(const json_t *doc, const struct design_options *o);

#endif
