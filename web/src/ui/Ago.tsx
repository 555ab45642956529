/** How long ago it was, as long as one looks; exactly, if one points at it. */
import { useFormat } from '../app/format.ts';

export function Ago({ at }: { at: string }) {
  const format = useFormat();
  return <time dateTime={at} title={format.time(at)}>{format.relative(at)}</time>;
}
