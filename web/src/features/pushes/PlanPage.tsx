/** Before a group goes to the audience: what would happen, person by person. Then it is pushed from here. */
import { Alert, Button, Group, Paper, Skeleton, Stack, Text } from '@mantine/core';
import { IconLock, IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../api/problem.ts';
import { hasEnded, isGone, useJob } from '../../api/jobs.ts';
import { may, useMe } from '../../api/session.ts';
import { NotLoaded } from '../../app/errors.tsx';
import { useFormat } from '../../app/format.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Explain } from '../../ui/Explain.tsx';
import { JobProgress } from '../../ui/JobProgress.tsx';
import { LinkAnchor } from '../../ui/LinkAnchor.tsx';
import { PageHead } from '../../ui/PageHead.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { groupNameQuery, usePushOfJob, useStartPush, type Push } from './queries.ts';
import { CHANGED_SINCE, PushButton } from './PushButton.tsx';
import { PushReport } from './PushReport.tsx';
import type { RowsSearch } from './search.ts';
import { toPush } from './states.ts';

export function PlanPage() {
  const { t } = useTranslation();
  const me = useMe();
  const { groupId } = useParams({ from: '/signed-in/groups/$groupId/push' });
  const found = useQuery(groupNameQuery(groupId));
  const group = found.data;
  if (!group && found.error) return <NotLoaded error={found.error} onAgain={() => void found.refetch()} />;
  if (!group) return <Skeleton h={240} />;
  const isOfPeople = group.entity === 'people';
  return (
    <Stack gap="xs">
      <div>
        <Back groupId={groupId} name={group.name} />
        <PageHead title={t('pushes.planTitle', { name: group.name })} beside={<Explain words={['push', 'audience']} />} />
        {!may(me, 'market') && <EmptyState icon={<IconLock size={24} aria-hidden />} title={t('errors.denied')} about={t('pushes.mayNot')} />}
        {may(me, 'market') && !isOfPeople && <EmptyState icon={<IconUsers size={24} aria-hidden />} title={t('pushes.notPeople')} about={t('pushes.notPeopleAbout')} />}
      </div>
      {may(me, 'market') && isOfPeople && <Planning key={groupId} groupId={groupId} />}
    </Stack>
  );
}

export function Back({ groupId, name }: { groupId: number; name: string }) {
  return (
    <LinkAnchor to="/groups/$groupId" params={{ groupId }} size="sm" c="dimmed" display="inline-block" mb={4}>
      ← <bdi>{name}</bdi>
    </LinkAnchor>
  );
}

/** The job stands in the address, so that the plan, or the push that was begun, is found again. */
function Planning({ groupId }: { groupId: number }) {
  const { t } = useTranslation();
  const { job: jobId } = useSearch({ from: '/signed-in/groups/$groupId/push' });
  const navigate = useNavigate({ from: '/groups/$groupId/push' });
  const start = useStartPush(groupId);
  const begun = useRef(false);
  /** The group was changed since the plan that somebody looked at. */
  const [changed, setChanged] = useState(false);
  const { mutate } = start;
  const plan = useCallback(
    () => mutate({ dry_run: true }, { onSuccess: ({ job_id }) => void navigate({ search: { job: job_id }, replace: true }) }),
    [mutate, navigate],
  );
  useEffect(() => {
    if (jobId !== undefined || begun.current) return;
    begun.current = true;
    plan();
  }, [jobId, plan]);
  const planAgain = () => {
    setChanged(false);
    plan();
  };
  return (
    <>
      {changed && (
        <Alert color="yellow" variant="light" role="alert" title={t('pushes.changed')}>
          <Text size="sm">{t('pushes.changedAbout')}</Text>
        </Alert>
      )}
      {start.error && (
        <Stack gap="xs">
          <ProblemAlert error={start.error} title={t('pushes.notPlanned')} />
          <Button w="fit-content" onClick={planAgain}>{t('pushes.planAgain')}</Button>
        </Stack>
      )}
      {jobId === undefined && !start.error && <Skeleton h={90} />}
      {jobId !== undefined && (
        <OfJob
          key={jobId}
          groupId={groupId}
          jobId={jobId}
          isPlanning={start.isPending}
          onPlanAgain={planAgain}
          onChanged={() => {
            setChanged(true);
            plan();
          }}
        />
      )}
    </>
  );
}

interface OfJobProps {
  groupId: number;
  jobId: number;
  isPlanning: boolean;
  onPlanAgain: () => void;
  onChanged: () => void;
}

function OfJob(props: OfJobProps) {
  const { groupId, jobId, onPlanAgain } = props;
  const { t } = useTranslation();
  const navigate = useNavigate();
  const job = useJob(jobId);
  const isOver = isGone(job) || (job.data !== undefined && hasEnded(job.data));
  const found = usePushOfJob(groupId, jobId, isOver);
  const push = found.data ?? null;
  const realId = push && !push.dry_run ? push.id : null;
  useEffect(() => {
    if (realId !== null) void navigate({ to: '/pushes/$pushId', params: { pushId: realId }, replace: true });
  }, [realId, navigate]);

  const again = <Button w="fit-content" loading={props.isPlanning} onClick={onPlanAgain}>{t('pushes.planAgain')}</Button>;
  if (push?.dry_run && push.result) return <Plan push={push} result={push.result} {...props} />;
  const hasFailed = isOver && job.data !== undefined && job.data.state !== 'done';
  // the plan was removed since
  const isRemoved = isOver && !hasFailed && found.isSuccess && push === null && !found.isPlaceholderData;
  const error = (isGone(job) ? null : job.error) ?? found.error;
  if (error || hasFailed || isRemoved)
    return (
      <Stack gap="xs">
        <ProblemAlert error={hasFailed ? new Error(job.data?.error ?? t('pushes.stopped')) : error} title={t('pushes.notPlanned')} />
        {isRemoved && <Alert color="gray">{t('pushes.planGone')}</Alert>}
        {again}
      </Stack>
    );
  return (
    <Paper>
      {job.data ? <JobProgress job={job.data} title={t('pushes.planning')} /> : <Skeleton h={40} />}
      <Text size="xs" c="dimmed" mt={4}>{t('bulk.mayLeave')}</Text>
    </Paper>
  );
}

function Plan({ push, result, isPlanning, onPlanAgain, onChanged }: OfJobProps & { push: Push; result: NonNullable<Push['result']> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const search = useSearch({ from: '/signed-in/groups/$groupId/push' });
  const navigate = useNavigate({ from: '/groups/$groupId/push' });
  const start = useStartPush(push.group_id);
  const failed = start.error && problemOf(start.error).status !== CHANGED_SINCE ? start.error : null;
  const isNothing = toPush(result) + result.untag === 0;
  const change = (rows: RowsSearch) =>
    void navigate({ search: { ...rows, job: search.job }, replace: rows.q !== search.q });
  return (
    <>
      <Group justify="space-between" gap="sm">
        <Text size="sm" c="dimmed" role="status">
          <time dateTime={push.finished_at ?? push.at}>{t('pushes.planOf', { when: format.time(push.finished_at ?? push.at) })}</time>
          {isNothing && ` ${t('pushes.nothing')}`}
        </Text>
        <Group gap="xs">
          <Button variant="default" loading={isPlanning} onClick={onPlanAgain}>{t('pushes.planAgain')}</Button>
          {!isNothing && <PushButton plan={push} result={result} start={start} onChanged={onChanged} />}
        </Group>
      </Group>
      <ProblemAlert error={failed} title={t('pushes.notBegun')} />
      <PushReport pushId={push.id} result={result} search={search} onChange={change} />
    </>
  );
}
