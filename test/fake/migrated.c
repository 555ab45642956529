/*
 * migrated.c - what tests begin with, made once for all of them
 *
 *     migrated WHERE
 *
 * WHERE is a folder, or the URL of a database that was just made. Then it is
 * what MUSTER_TEST_MIGRATED names: of a database, its name.
 */
#include "store/store_fixture.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: migrated FOLDER | postgresql://...\n");
		return 2;
	}
	store_fixture_migrate(argv[1]);
	return 0;
}
