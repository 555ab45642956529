/** One or two series as a picture. The numbers stand in a table beside it. */
import { Group, Text } from '@mantine/core';
import { useFormat } from '../app/format.ts';
import styles from './StepChart.module.css';
import { HEIGHT, namedSteps, outline, topOf } from './steps.ts';

export interface Series<T> {
  name: string;
  label: string;
  of: (item: T) => number;
}

interface Props<T extends { at: string }> {
  /** The first lies behind the second. */
  series: Series<T>[];
  items: readonly T[];
  /** What the picture is of. */
  label: string;
  nameOf: (at: string) => string;
  words: (item: T) => string;
  /** Whom a step opens, by the mouse; who uses keys has the table. */
  onOpen?: (item: T) => void;
}

const looks = ['first', 'second'] as const;

export function StepChart<T extends { at: string }>({ series, items, label, nameOf, words, onOpen }: Props<T>) {
  const format = useFormat();
  const top = topOf(Math.max(...items.flatMap((one) => series.map(({ of }) => of(one)))));
  const isBusy = (one: T) => series.some(({ of }) => of(one) > 0);
  return (
    <>
      <Group gap="md" mb="sm" aria-hidden>{series.map((one, i) => <Sample key={one.name} look={looks[i]!} label={one.label} />)}</Group>
      <div className={styles.chart}>
        <div className={styles.scale} aria-hidden>
          {(top > 1 ? [top, top / 2, 0] : [top, 0]).map((n) => <span key={n}>{format.number(n)}</span>)}
        </div>
        <svg role="img" aria-label={label} className={styles.picture} viewBox={`0 0 ${items.length} ${HEIGHT}`} preserveAspectRatio="none">
          {[0, HEIGHT / 2, HEIGHT].map((y) => <line key={y} className={styles.floor} x1={0} x2={items.length} y1={y} y2={y} />)}
          {series.map(({ name, of }, i) => <path key={name} className={styles[looks[i]!]} d={outline(items.map(of), top)} />)}
          {items.map((one, i) => (
            <rect
              key={one.at} className={styles.step} x={i} y={0} width={1} height={HEIGHT}
              data-people={(onOpen && isBusy(one)) || undefined} onClick={onOpen && (() => onOpen(one))}
            ><title>{words(one)}</title></rect>
          ))}
        </svg>
        <div className={styles.times} aria-hidden>
          {namedSteps(items.length).map((i) => <span key={i}>{nameOf(items[i]!.at)}</span>)}
        </div>
      </div>
    </>
  );
}

function Sample({ look, label }: { look: (typeof looks)[number]; label: string }) {
  return (
    <Group gap={6}>
      <svg className={styles.sample} viewBox="0 0 20 12"><rect className={styles[look]} x={1} y={1} width={18} height={10} /></svg>
      <Text span size="xs">{label}</Text>
    </Group>
  );
}
