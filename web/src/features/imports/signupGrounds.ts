/** An import of sign-ups says where their consent is from; in the words of who began it, whoever looks at it. */
import type { Import } from './queries.ts';

/** imports.groundOfSignups of each language: only the reader's is loaded. */
export const signupGrounds: readonly unknown[] = ['was subscribed in the audience', 'war in der Zielgruppe angemeldet'];

/** They are in the audience already. */
export function isOfSignups({ options }: Pick<Import, 'options'>): boolean {
  return signupGrounds.includes((options as { opted_in?: unknown }).opted_in);
}
