/** Addresses of which nobody can tell whether they opted out: nothing goes to them until somebody decides. */
import { Alert, Button, Group, List, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../api/session.ts';
import { AskFirst } from '../../ui/AskFirst.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { unclearQuery, useDecide, type Import } from './queries.ts';

const SHOWN = 10;

export function Unclear({ run }: { run: Import }) {
  const { t } = useTranslation();
  const me = useMe();
  const found = useQuery({ ...unclearQuery(run.id), enabled: run.unclear_opt_outs > 0 });
  const decide = useDecide(run.id);
  const [isAll, setAll] = useState(false);
  const [isAsked, setAsked] = useState(false);
  if (run.unclear_opt_outs === 0) return null;
  if (run.unclear_decision)
    return (
      <Alert variant="light" color="gray">
        {t(run.unclear_decision === 'opt_out' ? 'imports.unclearOut' : 'imports.unclearReleased', { count: run.unclear_opt_outs })}
      </Alert>
    );
  return (
    <Alert variant="light" color="yellow" title={t('imports.unclear', { count: run.unclear_opt_outs })}>
      <Stack gap="sm">
        <Text size="sm">{t('imports.unclearAbout')}</Text>
        <List size="sm">
          {found.data?.items.slice(0, isAll ? undefined : SHOWN).map((item) => (
            <List.Item key={`${item.row} ${item.address}`}><bdi>{item.address}</bdi></List.Item>
          ))}
        </List>
        {!isAll && (found.data?.items.length ?? 0) > SHOWN && (
          <Button variant="default" size="compact-sm" w="fit-content" onClick={() => setAll(true)}>
            {t('imports.unclearMore', { count: found.data!.items.length - SHOWN })}
          </Button>
        )}
        <ProblemAlert error={decide.error} />
        {may(me, 'market') ? (
          <Group>
            <Button onClick={() => decide.mutate('opt_out')} loading={decide.isPending}>{t('imports.optThemOut')}</Button>
            <Button variant="default" onClick={() => setAsked(true)} disabled={decide.isPending}>{t('imports.release')}</Button>
            <AskFirst
              isOpen={isAsked}
              title={t('imports.releaseAsk')}
              about={t('imports.releaseAbout')}
              act={t('imports.releaseAct', { count: run.unclear_opt_outs })}
              isBusy={decide.isPending}
              error={decide.error}
              onAct={() => decide.mutate('release', { onSettled: () => setAsked(false) })}
              onClose={() => setAsked(false)}
            />
          </Group>
        ) : (
          <Text size="sm">{t('imports.asksManager')}</Text>
        )}
      </Stack>
    </Alert>
  );
}
