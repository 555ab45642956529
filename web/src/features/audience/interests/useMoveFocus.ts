/** After something went up or down, the button that did it has the focus again: whoever has no mouse goes on from there. */
import { useEffect, useRef } from 'react';

type MoveBy = (id: string, by: -1 | 1) => void;

export const moveMark = (id: string, by: -1 | 1) => ({ 'data-move': `${id} ${by}` });

/** move: failed ones are told elsewhere. */
export function useMoveFocus(move: (id: string, by: -1 | 1) => Promise<unknown>): MoveBy {
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    if (wanted.current === null || document.activeElement !== document.body) return;
    document.querySelector<HTMLElement>(`[data-move="${wanted.current}"]`)?.focus();
  });
  return (id, by) => {
    wanted.current = moveMark(id, by)['data-move'];
    void move(id, by).catch(() => null).finally(() => setTimeout(() => (wanted.current = null)));
  };
}
