/** Texts with merge tags, in words. */
import { readable } from './mergeTags.ts';
import { useTagName } from './useTagName.ts';

export function useReadable(): (text: string) => string {
  const nameOf = useTagName();
  return (text) => readable(text, nameOf);
}
