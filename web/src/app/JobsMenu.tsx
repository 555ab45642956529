/** What runs now, with progress; from any page. */
import { ActionIcon, Indicator, Popover, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconActivity } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { hasEnded, jobNames, useRunningJobs, type Job } from '../api/jobs.ts';
import { usePushOfJob } from '../features/pushes/queries.ts';
import { JobProgress } from '../ui/JobProgress.tsx';
import { LinkAnchor } from '../ui/LinkAnchor.tsx';

export function JobsMenu() {
  const { t } = useTranslation();
  const jobs = useRunningJobs();
  const [isOpen, menu] = useDisclosure(false);
  return (
    <Popover opened={isOpen} onChange={menu.toggle} position="bottom-end" width={320} withArrow withinPortal={false}>
      <Indicator disabled={jobs.length === 0} processing label={jobs.length} size={16}>
        <Popover.Target>
          <ActionIcon variant="subtle" size="lg" aria-label={t('jobs.menu', { count: jobs.length })} onClick={menu.toggle}>
            <IconActivity size={18} aria-hidden />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown>
        {jobs.length === 0 && <Text size="sm" c="dimmed">{t('jobs.none')}</Text>}
        <Stack gap="sm">
          {jobs.map((job) => (
            job.kind === 'push' && job.group_id !== null ? (
              <PushJob key={job.id} job={job} groupId={job.group_id} onOpen={menu.close} />
            ) : (
              <JobProgress key={job.id} job={job} title={t(jobNames[job.kind] ?? 'jobs.other')} />
            )
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** A plan or a push of a group: as soon as it has begun it says of which, and leads there. */
function PushJob({ job, groupId, onOpen }: { job: Job; groupId: number; onOpen: () => void }) {
  const { t } = useTranslation();
  const push = usePushOfJob(groupId, job.id, hasEnded(job)).data;
  const title = push ? t(push.dry_run ? 'jobs.planOf' : 'jobs.pushOf', { name: push.group_name }) : t('jobs.push');
  const link = (
    <LinkAnchor to="/groups/$groupId/push" params={{ groupId }} search={{ job: job.id }} fz="inherit" onClick={onOpen}>
      <bdi>{title}</bdi>
    </LinkAnchor>
  );
  return <JobProgress job={job} title={title} link={link} />;
}
