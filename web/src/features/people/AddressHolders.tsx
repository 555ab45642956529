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
  person?: Pick<Person, 'id' | 'opted_out'>;
}

const isOut = (one: Person) => one.mail_status === 'opted_out' || one.mail_status === 'shared_opt_out';
const namesOf = (people: Person[]) => people.map((one) => nameOf(one) || String(one.email)).join(', ');

/** Below the input of an address. */
export function AddressHint({ address, person }: Props) {
  const { t } = useTranslation();
  const [asked] = useDebouncedValue(address.trim(), PAUSE_MS);
  const holders = useHolders(asked).data?.filter(({ id }) => id !== person?.id) ?? [];
  const kinds = new Set(useObstacles(asked).data?.map(({ kind }) => kind));
  const wasOut = kinds.has('opted_out');
  const reached = person?.opted_out ? holders.filter((one) => !one.opted_out) : [];
  const warns = wasOut || reached.length > 0 || kinds.has('forgotten');
  if (asked !== address.trim() || (holders.length === 0 && !warns)) return null;
  return (
    <Alert variant="light" color={warns ? 'yellow' : 'gray'} p="xs" role="status">
      <Stack gap={4}>
        {holders.length > 0 && <Text size="sm">{t('people.hasAddress', { count: holders.length })}</Text>}
        {holders.map((one) => (
          <Group key={one.id} gap="sm"><PersonLink person={one} /><MailStateWord state={one.mail_status} /></Group>
        ))}
        {reached.length > 0 && <Text size="sm">{t('people.addressOutOthers', { names: namesOf(reached) })}</Text>}
        {wasOut && !person?.opted_out && <Text size="sm">{t(person ? 'people.addressOutThis' : 'people.addressOutNew')}</Text>}
        {kinds.has('forgotten') && <Text size="sm">{t('people.addressForgotten')}</Text>}
        {holders.length > 0 && !warns && <Text size="xs" c="dimmed">{t('people.sharedAbout')}</Text>}
      </Stack>
    </Alert>
  );
}

/** Others whose opt-out counts for this one, too, as they have the marketing address; what is still to be lifted. */
export function SharersOut({ person }: { person: Person }) {
  const { t } = useTranslation();
  const out = useHolders(person.email ?? '').data?.filter((one) => one.id !== person.id && one.opted_out) ?? [];
  const isFound = out.length > 0;
  if (!isFound && person.mail_status !== 'shared_opt_out') return null;
  return (
    <Alert variant="light" color="yellow" p="xs" mt="xs" title={t('people.mailStatus.shared_opt_out')}>
      <Stack gap={4}>
        <Text size="sm">{isFound ? t('people.sharersOut', { names: namesOf(out), count: out.length }) : t('people.companyOut')}</Text>
        {out.map((one) => <PersonLink key={one.id} person={one} />)}
        {isFound && <Text size="sm">{t('people.sharersOutTodo')}</Text>}
      </Stack>
    </Alert>
  );
}

/** Whom an opt-out of this one opts out, too. */
export function SharersToo({ person }: { person: Person }) {
  const { t } = useTranslation();
  const others = useHolders(person.email ?? '').data?.filter((one) => one.id !== person.id && !one.opted_out) ?? [];
  if (others.length === 0) return null;
  return <Text size="sm">{t('people.sharersToo', { names: namesOf(others), count: others.length })}</Text>;
}

/** Beside an address of a person: others who have it. */
export function OtherHolders({ address, person }: Required<Props>) {
  const { t } = useTranslation();
  const others = useHolders(address).data?.filter(({ id }) => id !== person.id) ?? [];
  if (others.length === 0) return null;
  return (
    <Group gap={6}>
      <Text size="xs" c="dimmed">{t('people.alsoOf')}</Text>
      {others.map((one) => <Group key={one.id} gap={6}><PersonLink person={one} />{isOut(one) && <MailStateWord state={one.mail_status} />}</Group>)}
    </Group>
  );
}
