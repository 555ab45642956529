#include "delivery/apply/marks.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "delivery/apply/applier.h"

#include <stdlib.h>
#include <string.h>

void marks_release(struct marks *marks)
{
	vec_each (marks, mark)
		free(mark->name);
	vec_release(marks);
}

static struct mark *find(const struct marks *marks, const char *name)
{
	vec_each (marks, mark)
		if (strcmp(mark->name, name) == 0)
			return mark;
	return NULL;
}

int marks_set(struct marks *marks, struct applier *applier, const char *name,
	      struct err *err)
{
	struct mark mark;

	if (applier_mark(applier, &mark.event_id, err) < 0)
		return -1;
	mark.name = strdup(name);
	BUG_ON(!mark.name);
	vec_push(marks, mark);
	return 0;
}

bool marks_has(const struct marks *marks, const char *name)
{
	return find(marks, name) != NULL;
}

bool marks_wait(struct marks *marks, struct applier *applier, const char *name)
{
	struct mark *mark = find(marks, name);

	if (!mark)
		return false;
	if (!applier_is_past(applier, mark->event_id))
		return true;
	free(mark->name);
	*mark = marks->v[--marks->n];
	return false;
}
