/** Where we are among the steps; a step that was left can be gone to. */
import { Stepper, useMatches } from '@mantine/core';
import { IconCheck, IconClock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { SetupSteps } from './queries.ts';
import { names, order, type Step } from './steps.ts';

const allNames = { administrator: 'setup.administratorShort', ...names } as const;

interface Props {
  /** null: nobody is signed in yet. */
  steps: SetupSteps | null;
  shown: Step | 'administrator' | 'end';
  onChoose?: (step: Step) => void;
}

export function StepLine({ steps, shown, onChoose }: Props) {
  const { t } = useTranslation();
  const isNarrow = useMatches({ base: true, sm: false });
  const all = ['administrator', ...order] as const;
  const at = shown === 'end' ? all.length : all.indexOf(shown);
  return (
    <nav aria-label={t('setup.steps')}>
      <Stepper active={at} size="sm" iconSize={32} onStepClick={(i) => i > 0 && onChoose?.(all[i] as Step)} wrap={false}>
        {all.map((step, i) => {
          const state = step === 'administrator' ? (steps ? 'done' : 'open') : (steps?.[step] ?? 'open');
          const icon = state === 'done' ? <IconCheck size={16} /> : state === 'skipped' ? <IconClock size={16} /> : i + 1;
          const said = state === 'done' ? t('setup.stateDone') : state === 'skipped' ? t('setup.stateLater') : undefined;
          const name = t(allNames[step]);
          return (
            <Stepper.Step
              key={step}
              label={isNarrow ? undefined : name}
              description={isNarrow ? undefined : said}
              icon={icon}
              progressIcon={i + 1}
              completedIcon={state === 'open' ? i + 1 : icon}
              allowStepSelect={i > 0 && steps !== null}
              aria-label={isNarrow ? [i + 1, name, said].filter(Boolean).join(' ') : undefined}
              aria-current={i === at ? 'step' : undefined}
            />
          );
        })}
      </Stepper>
    </nav>
  );
}
