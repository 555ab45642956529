/** A plan or what came of a push: numbers, who was left out and why, and every single person. */
import { Stack } from '@mantine/core';
import { useRef } from 'react';
import { LeftOut } from './LeftOut.tsx';
import { PushCards } from './PushCards.tsx';
import { PushRows } from './PushRows.tsx';
import type { PushResult } from './queries.ts';
import type { RowsSearch } from './search.ts';

interface Props {
  pushId: number;
  result: PushResult;
  search: RowsSearch;
  onChange: (search: RowsSearch) => void;
}

export function PushReport(props: Props) {
  const { search, onChange } = props;
  const rows = useRef<HTMLDivElement>(null);
  /** Other people, from the first one. */
  const open = (next: RowsSearch) => {
    onChange({ ...search, q: undefined, reason: undefined, outcome: undefined, ...next });
    rows.current?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <Stack gap="md">
      <PushCards result={props.result} search={search} onChange={open} />
      <LeftOut result={props.result} onChange={open} />
      <div ref={rows} style={{ scrollMarginBlock: 'var(--mantine-spacing-md)' }}>
        <PushRows {...props} onChange={(next) => onChange({ ...search, ...next })} />
      </div>
    </Stack>
  );
}
