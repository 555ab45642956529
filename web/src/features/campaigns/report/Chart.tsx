/** How many opened and clicked in each step. The numbers stand in a table beside it. */
import { Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { HEIGHT, namedSteps, outline, topOf, type Step } from './chart.ts';
import styles from './OverTime.module.css';

const drawn = ['opened', 'clicked'] as const;

interface Props {
  items: Step[];
  nameOf: (at: string) => string;
  /** By the mouse; who uses keys has the table. */
  onOpen: (step: Step) => void;
}

export function Chart({ items, nameOf, onOpen }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const top = topOf(Math.max(...items.flatMap((one) => [one.opened, one.clicked])));
  const words = ({ at, opened, clicked }: Step) =>
    t('report.time.step', { when: nameOf(at), opened: format.number(opened), clicked: format.number(clicked) });
  return (
    <>
      <Group gap="md" mb="sm" aria-hidden>{drawn.map((kind) => <Sample key={kind} kind={kind} />)}</Group>
      <div className={styles.chart}>
        <div className={styles.scale} aria-hidden>
          {(top > 1 ? [top, top / 2, 0] : [top, 0]).map((n) => <span key={n}>{format.number(n)}</span>)}
        </div>
        <svg role="img" aria-label={t('report.time.picture')} className={styles.picture} viewBox={`0 0 ${items.length} ${HEIGHT}`} preserveAspectRatio="none">
          {[0, HEIGHT / 2, HEIGHT].map((y) => <line key={y} className={styles.floor} x1={0} x2={items.length} y1={y} y2={y} />)}
          {drawn.map((kind) => <path key={kind} className={styles[kind]} d={outline(items.map((one) => one[kind]), top)} />)}
          {items.map((one, i) => (
            <rect
              key={one.at} className={styles.step} x={i} y={0} width={1} height={HEIGHT}
              data-people={one.opened + one.clicked > 0 || undefined} onClick={() => onOpen(one)}
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

function Sample({ kind }: { kind: (typeof drawn)[number] }) {
  const { t } = useTranslation();
  return (
    <Group gap={6}>
      <svg className={styles.sample} viewBox="0 0 20 12"><rect className={styles[kind]} x={1} y={1} width={18} height={10} /></svg>
      <Text span size="xs">{t(`report.who.response.${kind}`)}</Text>
    </Group>
  );
}
