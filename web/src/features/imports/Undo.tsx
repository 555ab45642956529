/** Taking an import back: what would be done is told before, and what was done after. */
import { Alert, Button, List, Radio, Skeleton, Stack, Text } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useJob } from '../../api/jobs.ts';
import { may, useMe } from '../../api/session.ts';
import { useFormat } from '../../app/format.ts';
import { AskFirst } from '../../ui/AskFirst.tsx';
import { JobProgress } from '../../ui/JobProgress.tsx';
import { hasPeople, undoQuery, useUndo, type Import } from './queries.ts';
import { keptFor, ofRecords, type UndoCounts, type UndoResult } from './undo.ts';

/** Who stays, and why. */
function Kept({ counts }: { counts: UndoCounts }) {
  const { t } = useTranslation();
  const format = useFormat();
  const why = keptFor(counts);
  if (why.length === 0) return null;
  return (
    <Text component="div" size="sm">
      {t('imports.undoKept', { count: counts.kept, n: format.number(counts.kept) })}
      <List size="sm" withPadding>
        {why.map(({ reason, count }) => (
          <List.Item key={reason}>{t(`imports.undoWhy.${reason}`, { count, n: format.number(count) })}</List.Item>
        ))}
      </List>
    </Text>
  );
}

function Expected({ run, counts }: { run: Import; counts: UndoCounts & { counted: boolean } }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!counts.counted) {
    const about = { created: format.number(run.created), updated: format.number(run.updated) };
    return <Text size="sm">{t('imports.undoAbout', about)}</Text>;
  }
  return (
    <>
      <Text size="sm">
        {t('imports.undoRemoves', { count: counts.removed, n: format.number(counts.removed) })}{' '}
        {counts.restored > 0 && t('imports.undoRestores', { count: counts.restored, n: format.number(counts.restored) })}
      </Text>
      <Kept counts={counts} />
    </>
  );
}

export function Undo({ run }: { run: Import }) {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe();
  const undo = useUndo(run.id);
  const [isAsking, setAsking] = useState(false);
  const [isKeeping, setKeeping] = useState(true);
  const asked = useQuery(undoQuery(run.id, isAsking));
  const expected = asked.data;
  const optOuts = run.opt_outs ?? 0;
  if (!hasPeople(run) || !may(me, 'market')) return null;
  const count = expected?.counted ? expected.removed + expected.restored : run.created + run.updated;
  return (
    <>
      <Button variant="default" leftSection={<IconArrowBackUp size={16} aria-hidden />} onClick={() => setAsking(true)}>
        {t('imports.undo')}
      </Button>
      <AskFirst
        isOpen={isAsking}
        title={t('imports.undoTitle')}
        act={t('imports.undoAct', { count, n: format.number(count) })}
        isBusy={undo.isPending || asked.isLoading}
        error={undo.error ?? asked.error}
        onAct={() => undo.mutate(isKeeping, { onSuccess: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      >
        {asked.isLoading && <Skeleton h={44} />}
        {expected && <Expected run={run} counts={expected} />}
        {optOuts > 0 && (
          <Radio.Group
            label={t('imports.undoOptOuts', { count: optOuts, n: format.number(optOuts) })}
            value={isKeeping ? 'keep' : 'give'}
            onChange={(value) => setKeeping(value === 'keep')}
          >
            <Stack gap="xs" mt="xs">
              <Radio value="keep" label={t('imports.undoKeep')} />
              <Radio value="give" label={t('imports.undoGive')} />
            </Stack>
          </Radio.Group>
        )}
      </AskFirst>
    </>
  );
}

/** What taking it back did, and what it kept. */
export function Undone({ run }: { run: Import }) {
  const { t } = useTranslation();
  const format = useFormat();
  const job = useJob(run.undo_job_id);
  const result = (job.data?.result ?? {}) as UndoResult;
  const kept = result.opt_outs_kept ?? 0;
  const given = result.opt_outs_given_back ?? 0;
  if (!run.undo_job_id || !job.data) return null;
  if (run.state === 'undoing') return <JobProgress job={job.data} title={t('imports.undoing')} />;
  const counts = ofRecords(result);
  return (
    <Alert variant="light" color="gray" title={t('imports.undone')}>
      <Text size="sm">
        {t('imports.undoneAbout', { removed: format.number(counts.removed), restored: format.number(counts.restored) })}
        {(kept > 0 || given > 0) && ` ${t('imports.undoneOptOuts', { kept: format.number(kept), given: format.number(given) })}`}
      </Text>
      <Kept counts={counts} />
    </Alert>
  );
}
