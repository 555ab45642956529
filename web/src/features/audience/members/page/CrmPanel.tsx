/** Who of the CRM has the address. */
import { Group, Skeleton, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../../api/session.ts';
import { LinkAnchor } from '../../../../ui/LinkAnchor.tsx';
import { useTargets } from '../../../composer/queries.ts';
import { MailStateWord } from '../../../people/MailStateWord.tsx';
import { nameOf } from '../../../people/person.ts';
import { useHolders } from '../../../people/queries.ts';
import { Panel } from '../../../people/record/Panel.tsx';
import type { Member } from '../queries.ts';
import { TakeIn } from '../TakeIn.tsx';

/** Is it the audience that people are brought into? As long as nobody knows, it may be. */
export function useIsMaster(listId: string): boolean {
  const master = useTargets().data?.audience?.id;
  return master === undefined || master === listId;
}

export function CrmPanel({ member }: { member: Member }) {
  const { t } = useTranslation();
  const isMaster = useIsMaster(member.list_id);
  const mayImport = may(useMe(), 'market');
  const people = useHolders(member.email_address);
  return (
    <Panel title={t('members.inCrm')}>
      {people.isLoading && <Skeleton h={24} />}
      {people.data?.length === 0 && <Text size="sm" c="dimmed">{t('members.notInCrm')}</Text>}
      {people.data?.length === 0 && mayImport && isMaster && member.status === 'subscribed' && (
        <TakeIn variant="default" mt="xs" search={{ signups: member.list_id, hash: member.id }}>{t('members.oneToCrm')}</TakeIn>
      )}
      <Stack gap={4}>
        {people.data?.map((person) => (
          <Group key={person.id} gap="sm">
            <LinkAnchor to="/people/$personId" params={{ personId: person.id }} size="sm" dir="auto">{nameOf(person) || t('people.noName')}</LinkAnchor>
            <MailStateWord state={person.mail_status} />
          </Group>
        ))}
      </Stack>
      {isMaster && (people.data?.length ?? 0) > 0 && <Text size="xs" c="dimmed" mt="xs">{t('members.crmWrites')}</Text>}
    </Panel>
  );
}
