/** 200 people and two campaigns to look around with; one click makes or removes them. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useJob } from '../../api/jobs.ts';
import { useFormat } from '../../app/format.ts';
import { AskFirst } from '../../ui/AskFirst.tsx';
import { JobProgress } from '../../ui/JobProgress.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { demoQuery, useMakeDemo, useRemoveDemo, type Demo } from './queries.ts';
import { setupQuery } from '../setup/queries.ts';

function Present({ demo, isBusy }: { demo: Demo; isBusy: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const remove = useRemoveDemo();
  const [isAsking, { open, close }] = useDisclosure(false);
  const numbers = {
    people: t('settings.demoPeople', { count: demo.people, n: format.number(demo.people) }),
    campaigns: t('settings.demoCampaigns', { count: demo.campaigns, n: format.number(demo.campaigns) }),
  };
  return (
    <>
      <Text size="sm">{t('settings.demoThere', numbers)}</Text>
      <Button color="red" variant="light" w="fit-content" disabled={isBusy} onClick={open}>
        {t('settings.demoRemoveShort')}
      </Button>
      <AskFirst
        isOpen={isAsking}
        title={t('settings.demoRemoveTitle')}
        about={t('settings.demoRemoveAbout')}
        act={t('settings.demoRemove', numbers)}
        isBusy={remove.isPending}
        error={remove.error}
        onAct={() => remove.mutate(undefined, { onSuccess: close })}
        onClose={close}
      />
    </>
  );
}

export function DemoData() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const demo = useQuery(demoQuery);
  const make = useMakeDemo();
  const place = useRef<HTMLDivElement>(null);
  const running = demo.data?.job_id ?? null;
  const [last, setLast] = useState<number | null>(null);
  if (running !== null && running !== last) setLast(running);
  const job = useJob(last);

  // it ended: what shows people, or how far the set-up is, looks again
  useEffect(() => {
    if (running !== null || last === null) return;
    void queries.invalidateQueries({ queryKey: ['people'] });
    void queries.invalidateQueries({ queryKey: setupQuery.queryKey });
    void queries.invalidateQueries({ queryKey: ['jobs'] });
  }, [running, last, queries]);

  // the button that began it is gone: whoever has no mouse goes on from here
  useEffect(() => {
    if (last !== null && document.activeElement === document.body) place.current?.focus({ preventScroll: true });
  });

  if (demo.error) return <ProblemAlert error={demo.error} />;
  if (!demo.data) return null;
  const isShown = job.data && (running !== null || job.data.state === 'failed');
  return (
    <Stack gap="sm" ref={place} tabIndex={-1} style={{ outline: 'none' }}>
      <Text size="sm" c="dimmed" maw={560}>{t('settings.demoAbout')}</Text>
      {isShown && <JobProgress job={job.data!} title={t('jobs.demo')} />}
      {running !== null && <Text size="xs" c="dimmed">{t('settings.demoLeave')}</Text>}
      <ProblemAlert error={make.error} />
      {running === null && demo.data.present && <Present demo={demo.data} isBusy={make.isPending} />}
      {running === null && !demo.data.present && (
        <Group>
          <Button variant="default" loading={make.isPending} onClick={() => make.mutate()}>
            {t('settings.demoMake')}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
