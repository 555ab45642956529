/**
 * What is shown is read anew because something changed. A fetch that is under
 * way is let end: a long list takes longer than the next change, and would
 * never arrive. What it brings may be old already; then it is read once more.
 */
import type { QueryClient, QueryKey } from '@tanstack/react-query';

export function renewer(queries: QueryClient, queryKey: QueryKey): () => Promise<void> {
  let isWanted = false;
  let running: Promise<void> | null = null;
  const run = async () => {
    while (isWanted) {
      isWanted = queries.isFetching({ queryKey, type: 'active' }) > 0;
      await queries.invalidateQueries({ queryKey }, { cancelRefetch: false });
    }
    running = null;
  };
  return () => {
    isWanted = true;
    running ??= run();
    return running;
  };
}
