/** One person: what is known at the left, what happened in the middle, what is to be done at the right. */
import { Box, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { NotFound, NotLoaded } from '../../app/errors.tsx';
import { BackButton } from '../../ui/BackButton.tsx';
import { LinkAnchor } from '../../ui/LinkAnchor.tsx';
import { PageHead } from '../../ui/PageHead.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { MailStateWord } from './MailStateWord.tsx';
import { nameOf } from './person.ts';
import type { Person } from './queries.ts';
import { AddActivity } from './record/AddActivity.tsx';
import { Addresses } from './record/Addresses.tsx';
import { ConsentPanel } from './record/ConsentPanel.tsx';
import { Groups } from './record/Groups.tsx';
import { OpenTasks } from './record/OpenTasks.tsx';
import { PersonActs } from './record/PersonActs.tsx';
import styles from './PersonPage.module.css';
import { Properties } from './record/Properties.tsx';
import { usePerson } from './record/queries.ts';
import { Tags } from './record/Tags.tsx';
import { Timeline } from './record/Timeline.tsx';

export function PersonPage() {
  const { t } = useTranslation();
  const { personId } = useParams({ from: '/signed-in/people/$personId' });
  const found = usePerson(personId);
  const loaded = found.data;
  if (!loaded && found.error)
    return Number.isNaN(personId) ? <NotFound /> : <NotLoaded error={found.error} onAgain={() => void found.refetch()} />;
  if (!loaded) return <Loading />;
  const person = loaded.data;
  // each person begins with empty forms
  return (
    <div key={personId}>
      <BackButton label={t('people.title')} to={{ to: '/people' }} />
      <PageHead
        title={nameOf(person) || t('people.noName')}
        beside={<MailStateWord state={person.mail_status} isWhole />}
        action={<PersonActs loaded={loaded} />}
      />
      <Affiliation person={person} />
      {found.error && <Box mb="sm"><ProblemAlert error={found.error} title={t('person.old')} /></Box>}
      <div className={styles.columns}>
        <Stack gap="md" className={styles.known}>
          <Properties loaded={loaded} />
          <Addresses person={person} />
          <Tags person={person} />
        </Stack>
        <Stack gap="md" className={styles.happened}>
          <AddActivity personId={personId} />
          <Timeline person={person} />
        </Stack>
        <Stack gap="md" className={styles.related}>
          <ConsentPanel person={person} />
          <Groups personId={personId} />
          <OpenTasks personId={personId} />
        </Stack>
      </div>
    </div>
  );
}

/** What they do, and where; there others are. */
function Affiliation({ person }: { person: Person }) {
  const { company_id: id, company_name: name, job_title: job } = person;
  if (id === null && !job) return null;
  const filter = { match: 'all' as const, conditions: [{ field: 'company_id', op: 'is', value: id ?? 0 }] };
  return (
    <Text size="sm" c="dimmed" mt={-8} mb="md" dir="auto">
      {job}
      {job && id !== null && ' · '}
      {id !== null && <LinkAnchor to="/people" search={{ filter }} size="sm">{name}</LinkAnchor>}
    </Text>
  );
}

function Loading() {
  const { t } = useTranslation();
  return (
    <div aria-busy aria-label={t('person.loading')} role="status">
      <Skeleton h={24} w={240} mt={30} mb="lg" />
      <Group align="flex-start" grow preventGrowOverflow={false} wrap="nowrap">
        <Skeleton h={420} />
        <Skeleton h={420} visibleFrom="sm" />
        <Skeleton h={240} visibleFrom="lg" />
      </Group>
    </div>
  );
}
