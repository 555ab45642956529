/** The steps of an administrator who is signed in; the server knows how far they are. */
import { Button, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { OrganisationForm } from '../settings/OrganisationForm.tsx';
import { settingsQuery } from '../settings/queries.ts';
import { RelayForm } from '../settings/RelayForm.tsx';
import { EndStep } from './EndStep.tsx';
import { PeopleStep } from './PeopleStep.tsx';
import { setupQuery, useSetupSteps, type SetupSteps } from './queries.ts';
import { StepHead } from './StepHead.tsx';
import { StepLine } from './StepLine.tsx';
import { order, type Step } from './steps.ts';

type Shown = Step | 'end';

const texts = {
  organisation: ['setup.organisation', 'setup.organisationAbout'],
  relay: ['setup.relay', 'setup.relayAbout'],
  people: ['setup.people', 'setup.peopleAbout'],
  end: ['setup.end', 'setup.endLead'],
} as const;

function firstOpen(steps: SetupSteps): Shown {
  return order.find((step) => steps[step] === 'open') ?? 'end';
}

function Settings({ step, onDone, children }: { step: 'organisation' | 'relay'; onDone: () => void; children: ReactNode }) {
  const { t } = useTranslation();
  const settings = useQuery(settingsQuery);
  if (settings.error) return <ProblemAlert error={settings.error} />;
  if (!settings.data) return <Skeleton h={320} />;
  const Form = step === 'organisation' ? OrganisationForm : RelayForm;
  return (
    <Form settings={settings.data} save={t('setup.saveGoOn')} isStep onSaved={onDone}>
      {children}
    </Form>
  );
}

export function Steps() {
  const { t } = useTranslation();
  const steps = useQuery(setupQuery);
  const skip = useSetupSteps();
  /** Gone to by hand; null: where the server says that we are. */
  const [chosen, setChosen] = useState<Shown | null>(null);
  const [isMoved, setMoved] = useState(false);
  const shown = chosen ?? (steps.data ? firstOpen(steps.data) : null);
  const [before, setBefore] = useState(shown);
  if (before !== shown) {
    setBefore(shown);
    if (before) setMoved(true);
  }
  useEffect(() => {
    window.scrollTo(0, 0);
  }, [shown]);

  if (steps.error) return <ProblemAlert error={steps.error} />;
  if (!steps.data || !shown) return <Skeleton h={320} />;
  const goOn = () => setChosen(null);
  const isDone = shown !== 'end' && steps.data[shown] === 'done';
  const later = shown !== 'end' && (
    <Button
      variant="subtle"
      loading={skip.isPending}
      onClick={() => (isDone ? goOn() : skip.mutate({ [shown]: 'skipped' }, { onSuccess: goOn }))}
    >
      {t(isDone ? 'setup.keep' : 'setup.later')}
    </Button>
  );
  return (
    <Stack gap="xl">
      <StepLine steps={steps.data} shown={shown} onChoose={setChosen} />
      <Stack>
        <StepHead key={`head-${shown}`} title={t(texts[shown][0])} about={t(texts[shown][1])} isFocused={isMoved} />
        <ProblemAlert error={skip.error} />
        {(shown === 'organisation' || shown === 'relay') && (
          <Settings key={`form-${shown}`} step={shown} onDone={goOn}>
            {later}
          </Settings>
        )}
        {shown === 'people' && (
          <PeopleStep onDone={() => skip.mutate({ people: 'done' }, { onSuccess: goOn })}>
            {later}
          </PeopleStep>
        )}
        {shown === 'end' && <EndStep steps={steps.data} />}
      </Stack>
      {shown !== 'end' && (
        <Text size="xs" c="dimmed">
          {t('setup.resume')}
        </Text>
      )}
    </Stack>
  );
}
