/** How many opened and clicked in each step. The numbers stand in a table beside it. */
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { StepChart } from '../../../ui/StepChart.tsx';
import type { Step } from './chart.ts';

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
  const words = ({ at, opened, clicked }: Step) =>
    t('report.time.step', { when: nameOf(at), opened: format.number(opened), clicked: format.number(clicked) });
  return (
    <StepChart
      series={drawn.map((kind) => ({ name: kind, label: t(`report.who.response.${kind}`), of: (one: Step) => one[kind] }))}
      items={items}
      label={t('report.time.picture')}
      nameOf={nameOf}
      words={words}
      onOpen={onOpen}
    />
  );
}
