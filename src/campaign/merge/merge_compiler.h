/*
 * campaign/merge/merge_compiler.h - the compiler of merge tags while it works
 *
 * merge_compile.c reads the text and puts out literals, values and slots,
 * merge_branch.c the tests and jumps of conditionals.
 */
#ifndef CAMPAIGN_MERGE_COMPILER_H
#define CAMPAIGN_MERGE_COMPILER_H

#include "campaign/merge/merge_private.h"

struct arena;
struct err;

#define MERGE_NO_OP ((size_t)-1)

/* An open conditional. */
struct merge_frame {
	bool interested; /* INTERESTED, else IF */
	bool else_seen;
	size_t pending; /* op that goes to the next branch, or MERGE_NO_OP */
	size_t ends;    /* last jump to the end; each leads to the one before */
	size_t at;      /* where it began, for problems */
};

struct merge_compiler {
	const struct merge_how *how;
	struct merge_program *program;
	struct arena *arena;
	struct merge_problems *problems;
	struct html_scan scan;
	bool link_started; /* MERGE_URL: something stands before */
	struct strbuf literal;
	struct merge_frame frames[MERGE_NESTING_MAX];
	size_t depth;
	struct strbuf mended; /* the piece at hand, if it had to be */
	struct str source;    /* the piece at hand */
	size_t at;            /* in it */
	/* Inside of a subject or preview text: it is no markup. */
	bool in_template;
	enum merge_escape template_escape;
	enum merge_case template_case;
};

/* at: byte of the source; name may be empty. Does nothing if nobody asked for
 * problems, or there are MERGE_PROBLEMS_MAX. */
void merge_add_problem(struct merge_compiler *c, size_t at, const char *text,
		       struct str name);
/* Where the compiler is; with the nearest tag that there is. */
void merge_add_unknown(struct merge_compiler *c, struct str name);
/* Returns its index. */
size_t merge_add_op(struct merge_compiler *c, struct merge_op op);
/* What was collected becomes an operation: before any other is added. */
void merge_flush_literal(struct merge_compiler *c);

/*
 * IF, ELSEIF, ELSE, END ... : name in capitals, and as written. Returns 1, 0
 * if it is no conditional's, -1 ERR_INVALID.
 */
int merge_compile_structure(struct merge_compiler *c, struct str upper,
			    struct str body, struct err *err);
/* Emits the test of "Category:one,two"; returns its op. */
size_t merge_add_interest_test(struct merge_compiler *c, struct str expression);
/* Closes the innermost one; a problem, if it is of the other kind or none is
 * open. */
void merge_end_conditional(struct merge_compiler *c, bool interested);

#endif
