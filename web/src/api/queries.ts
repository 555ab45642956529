/** One cache of what the server said, and what is done when it says no. */
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { problemOf } from './problem.ts';
import { isInSession } from './signedIn.ts';

const RETRIES = 2;

/** onSignedOut: nobody is signed in. Who was is asked where they are (signedIn.ts). */
export function makeQueries(onSignedOut: () => void): QueryClient {
  const look = (error: unknown) => {
    if (problemOf(error).status === 401 && !isInSession()) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError: look }),
    mutationCache: new MutationCache({ onError: look }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        refetchOnWindowFocus: true,
        retry: (count, error) => problemOf(error).isPassing && count < RETRIES,
      },
      mutations: { networkMode: 'always' },
    },
  });
}
