/**
 * At most so many requests at once; the others wait for their turn, and who
 * gives up while waiting is passed over.
 */
export function limiter(most: number) {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async function inTurn<T>(act: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    // who ends hands the place over, so that nobody comes between
    if (running < most) running += 1;
    else await new Promise<void>((go) => waiting.push(go));
    try {
      signal?.throwIfAborted();
      return await act();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
