/** E-mail addresses: which one mailings go to, which are held and why. */
import { ActionIcon, Badge, Button, Group, Menu, Stack, Text, TextInput } from '@mantine/core';
import { IconDots, IconPlus } from '@tabler/icons-react';
import { useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../../api/problem.ts';
import { en } from '../../../messages/en/index.ts';
import { MenuLink } from '../../../ui/MenuLink.tsx';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import type { Person } from '../queries.ts';
import { AddressHint, OtherHolders } from '../AddressHolders.tsx';
import { added, chosen, putBack, released, removed } from './addresses.ts';
import { Panel } from './Panel.tsx';
import { useStep, type Address } from './queries.ts';

type HeldReason = keyof (typeof en)['person']['held'];
type AddressType = keyof (typeof en)['person']['addressType'];

export function Addresses({ person }: { person: Person }) {
  const { t } = useTranslation();
  const step = useStep(person.id);
  const toast = useToast();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  const problem = step.error ? problemOf(step.error) : null;
  const atField = typed === '' ? undefined : problem?.fields.find(({ field }) => field.startsWith('email'))?.message;
  const add = (event: FormEvent) => {
    event.preventDefault();
    const address = typed.trim();
    const onSuccess = ({ data: now }: { data: Person }) => {
      setTyped('');
      if (now.opted_out && !person.opted_out) toast.tell(t('person.optedOutByAddress', { address }));
    };
    if (address) step.mutate((now) => ({ emails: added(now.emails, address) }), { onSuccess });
  };
  const remove = (gone: Address) => {
    const { address } = gone;
    const undo = () => step.mutate((now) => ({ emails: putBack(now.emails, gone) }));
    step.mutate((now) => ({ emails: removed(now.emails, address) }), {
      onSuccess: () => {
        toast.tellUndo(t('person.addressRemoved', { address }), undo);
        input.current?.focus();
      },
    });
  };
  return (
    <Panel title={t('person.addresses')}>
      <Stack gap="xs">
        {person.emails.length === 0 && <Text size="sm" c="dimmed">{t('person.noAddresses')}</Text>}
        {person.emails.map((one) => (
          <AddressRow
            key={one.address}
            address={one}
            person={person}
            isBusy={step.isPending}
            onChoose={() => step.mutate((now) => ({ emails: chosen(now.emails, one.address) }))}
            onRelease={() => step.mutate((now) => ({ emails: released(now.emails, one.address) }))}
            onRemove={() => remove(one)}
          />
        ))}
        <form onSubmit={add} noValidate>
          <Group gap={6} wrap="nowrap" align="flex-start">
            <TextInput
              ref={input}
              flex={1}
              size="xs"
              type="email"
              dir="auto"
              aria-label={t('person.addAddress')}
              placeholder={t('person.addAddress')}
              value={typed}
              error={atField}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
            <ActionIcon type="submit" variant="default" size={30} aria-label={t('person.addAddress')} loading={step.isPending} disabled={!typed.trim()}>
              <IconPlus size={14} aria-hidden />
            </ActionIcon>
          </Group>
        </form>
        <AddressHint address={typed} person={person} />
        {problem && !atField && <ProblemAlert error={problem} title={t('person.notSaved')} />}
      </Stack>
    </Panel>
  );
}

interface RowProps {
  address: Address;
  person: Person;
  isBusy: boolean;
  onChoose: () => void;
  onRelease: () => void;
  onRemove: () => void;
}

function AddressRow({ address, person, isBusy, onChoose, onRelease, onRemove }: RowProps) {
  const { t } = useTranslation();
  const reason = address.held_reason;
  const why = reason && reason in en.person.held ? t(`person.held.${reason as HeldReason}`) : reason;
  return (
    <div>
      <Group gap={6} wrap="nowrap" justify="space-between">
        <Text size="sm" dir="auto" style={{ overflowWrap: 'anywhere' }}>{address.address}</Text>
        <Menu position="bottom-end" withinPortal={false} withInitialFocusPlaceholder={false}>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('person.addressActs', { address: address.address })}>
              <IconDots size={16} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {!address.marketing && <Menu.Item onClick={onChoose}>{t('person.chooseAddress')}</Menu.Item>}
            <MenuLink to="/audience/members/$hash" params={{ hash: address.address }}>{t('members.showMember')}</MenuLink>
            <Menu.Item color="red" onClick={onRemove}>{t('person.removeAddress')}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      <Group gap={6}>
        {address.marketing && <Badge size="sm" variant="light" tt="none">{t('person.marketing')}</Badge>}
        {address.type && <Badge size="sm" variant="default" tt="none">{address.type in en.person.addressType ? t(`person.addressType.${address.type as AddressType}`) : address.type}</Badge>}
      </Group>
      <OtherHolders address={address.address} person={person} />
      {address.held && (
        <Group gap={6} mt={4} justify="space-between" wrap="nowrap">
          <Text size="xs" c="var(--mantine-color-error)">{t('person.heldBecause', { why: why ?? '' })}</Text>
          <Button size="compact-xs" variant="default" flex="none" loading={isBusy} onClick={onRelease}>{t('person.release')}</Button>
        </Group>
      )}
    </div>
  );
}
