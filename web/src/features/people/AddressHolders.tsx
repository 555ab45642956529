/** Who has an address already, and whether it was opted out: said before it is saved, and beside it afterwards. */
import { Alert, Group, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { LinkAnchor } from '../../ui/LinkAnchor.tsx';
import { MailStateWord } from './MailStateWord.tsx';
import { nameOf } from './person.ts';
import { useHolders, useObstacles, type Person } from './queries.ts';

const PAUSE_MS = 300;

function PersonLink({ person }: { person: Person }) {
  return (
    <LinkAnchor to="/people/$personId" params={{ personId: person.id }} size="sm" dir="auto">{nameOf(person)}</LinkAnchor>
  );
}

interface Props {
  /** As it is typed. */
  address: string;
  /** Who gets it; left out: somebody new. */
  person?: Pick<Person, 'id'>;
}

/** Below the input of an address. */
export function AddressHint({ address, person }: Props) {
  const { t } = useTranslation();
  const [asked] = useDebouncedValue(address.trim(), PAUSE_MS);
  const holders = useHolders(asked).data?.filter(({ id }) => id !== person?.id) ?? [];
  const kinds = new Set(useObstacles(asked).data?.map(({ kind }) => kind));
  const isOut = kinds.has('opted_out');
  if (asked !== address.trim() || (holders.length === 0 && !isOut && !kinds.has('forgotten'))) return null;
  return (
    <Alert variant="light" color={isOut || kinds.has('forgotten') ? 'yellow' : 'gray'} p="xs" role="status">
      <Stack gap={4}>
        {holders.length > 0 && <Text size="sm">{t('people.hasAddress', { count: holders.length })}</Text>}
        {holders.map((one) => (
          <Group key={one.id} gap="sm"><PersonLink person={one} /><MailStateWord state={one.mail_status} /></Group>
        ))}
        {isOut && <Text size="sm">{t(person ? 'people.addressOutThis' : 'people.addressOutNew')}</Text>}
        {kinds.has('forgotten') && <Text size="sm">{t('people.addressForgotten')}</Text>}
        {holders.length > 0 && !isOut && <Text size="xs" c="dimmed">{t('people.sharedAbout')}</Text>}
      </Stack>
    </Alert>
  );
}

/** Beside an address of a person: others who have it. */
export function OtherHolders({ address, person }: Required<Props>) {
  const { t } = useTranslation();
  const others = useHolders(address).data?.filter(({ id }) => id !== person.id) ?? [];
  if (others.length === 0) return null;
  return (
    <Group gap={6}>
      <Text size="xs" c="dimmed">{t('people.alsoOf')}</Text>
      {others.map((one) => <PersonLink key={one.id} person={one} />)}
    </Group>
  );
}
