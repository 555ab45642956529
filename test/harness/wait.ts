/** Waiting for something to become true: by asking, never by sleeping it off. */

export const PATIENCE_MS = 60_000; // sanitizers and valgrind are slow

/**
 * Asks until the answer is neither undefined, null nor false, and returns it.
 * A question that throws counts as "not yet"; its last error is told.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T> | T,
  patienceMs = PATIENCE_MS,
): Promise<Exclude<NonNullable<T>, false>> {
  const end = Date.now() + patienceMs;
  let pause = 5;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== null && answer !== false)
        return answer as Exclude<NonNullable<T>, false>;
      last = answer;
    } catch (error) {
      last = error instanceof Error ? error.message : error;
    }
    if (Date.now() > end)
      throw new Error(`waited ${patienceMs} ms in vain: ${what} (last: ${String(last)})`);
    await new Promise((done) => setTimeout(done, pause));
    pause = Math.min(pause * 2, 200);
  }
}

/** Stops each of them in turn, whatever fails: what goes on listening keeps the run from ending. */
export async function stopAll(...all: { stop(): Promise<unknown> }[]): Promise<void> {
  let failure: unknown;
  for (const one of all) await one.stop().catch((error) => (failure ??= error));
  if (failure) throw failure;
}
