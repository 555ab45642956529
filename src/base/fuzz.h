/*
 * base/fuzz.h - the entry of a fuzz target, x_fuzz.c beside the parser x.c
 *
 * `make fuzz` runs each under clang's libFuzzer. Without it, test/fuzz/replay.c
 * calls it once for each file of test/fuzz/regression/<x>/, as a unit test:
 * every crash that was found becomes a file there.
 */
#ifndef BASE_FUZZ_H
#define BASE_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Returns 0; what must not be is a BUG_ON. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
