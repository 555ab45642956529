/** One member: what is known at the left, what happened in the middle, tags, interests and notes at the right. */
import { Box, Skeleton, Stack, Text } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../../api/problem.ts';
import { NotLoaded } from '../../../app/errors.tsx';
import { BackButton } from '../../../ui/BackButton.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { LinkButton } from '../../../ui/LinkButton.tsx';
import { PageHead } from '../../../ui/PageHead.tsx';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import styles from '../../people/PersonPage.module.css';
import { listsQuery } from '../queries.ts';
import { Activity } from './page/Activity.tsx';
import { CrmPanel } from './page/CrmPanel.tsx';
import { Known } from './page/Known.tsx';
import { MemberActs } from './page/MemberActs.tsx';
import { MemberInterests } from './page/MemberInterests.tsx';
import { MemberPermissions } from './page/MemberPermissions.tsx';
import { MemberTags } from './page/MemberTags.tsx';
import { Notes } from './page/Notes.tsx';
import { Standing } from './page/Standing.tsx';
import { MemberWord } from './MemberWord.tsx';
import { useMember } from './queries.ts';

const GONE = 404;

export function MemberPage() {
  const { t } = useTranslation();
  const { hash } = useParams({ from: '/signed-in/audience/members/$hash' });
  const { list } = useSearch({ from: '/signed-in/audience/members/$hash' });
  const lists = useQuery(listsQuery);
  const listId = list ?? lists.data?.[0]?.id;
  const found = useMember(listId, hash);
  const member = found.data;
  const navigate = useNavigate();
  const id = member?.id ?? hash;
  // who comes from elsewhere may know only the address
  useEffect(() => {
    if (id !== hash) void navigate({ to: '/audience/members/$hash', params: { hash: id }, search: { list }, replace: true });
  }, [id, hash, list, navigate]);
  const error = found.error ?? lists.error;
  const back = <BackButton label={t('audience.tab.members')} to={{ to: '/audience', search: { tab: 'members', list } }} />;
  if (!member && error)
    return problemOf(error).status === GONE ? <>{back}<NotThere list={list} /></> : <NotLoaded error={error} onAgain={() => void found.refetch()} />;
  if (!member) return <Skeleton h={420} aria-busy aria-label={t('members.loading')} role="status" />;
  return (
    <div key={member.id}>
      {back}
      <PageHead title={member.full_name || member.email_address} beside={<MemberWord status={member.status} />} action={<MemberActs member={member} />} />
      {member.full_name && <Text size="sm" c="dimmed" mt={-8} mb="md" dir="auto">{member.email_address}</Text>}
      {found.error && <Box mb="sm"><ProblemAlert error={found.error} title={t('members.old')} /></Box>}
      <div className={styles.columns}>
        <Stack gap="md" className={styles.known}>
          <Known member={member} />
          <CrmPanel member={member} />
        </Stack>
        <Stack gap="md" className={styles.happened}>
          <Standing member={member} />
          <Activity member={member} />
        </Stack>
        <Stack gap="md" className={styles.related}>
          <MemberTags member={member} />
          <MemberInterests member={member} />
          <MemberPermissions member={member} />
          <Notes member={member} />
        </Stack>
      </div>
    </div>
  );
}

function NotThere({ list }: { list?: string }) {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={<IconUsers size={24} aria-hidden />}
      title={t('members.notThere')}
      about={t('members.notThereAbout')}
      action={<LinkButton variant="default" to="/audience" search={{ tab: 'members', list }}>{t('members.toAll')}</LinkButton>}
    />
  );
}
