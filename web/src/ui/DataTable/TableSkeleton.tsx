/** The table before its rows are there. */
import { Skeleton } from '@mantine/core';

const ROWS = 12;
/** In percent: no two names are of one length. */
const WIDTHS = [72, 54, 88, 63, 47, 80];

export function TableSkeleton({ columns, hasBoxes }: { columns: number; hasBoxes: boolean }) {
  return Array.from({ length: ROWS }, (_row, y) => (
    <tr key={y} aria-hidden style={{ height: 41 }}>
      {hasBoxes && (
        <td style={{ padding: '0 10px' }}>
          <Skeleton h={16} w={16} radius="sm" />
        </td>
      )}
      {Array.from({ length: columns }, (_column, x) => (
        <td key={x} style={{ padding: '0 10px' }}>
          <Skeleton h={10} w={`${WIDTHS[(x + y) % WIDTHS.length]}%`} />
        </td>
      ))}
    </tr>
  ));
}
