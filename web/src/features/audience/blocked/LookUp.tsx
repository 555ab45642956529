/** One address: what stands against it, and the button that keeps mails from it. */
import { Button, Group, List, Paper, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../../api/problem.ts';
import { useFormat } from '../../../app/format.ts';
import { useToast } from '../../../ui/useToast.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { Lift } from './Lift.tsx';
import { useBlock, whyQuery, type Why } from './queries.ts';

export function LookUp({ mayChange }: { mayChange: boolean }) {
  const { t } = useTranslation();
  const [address, setAddress] = useState('');
  const [asked, setAsked] = useState('');
  const found = useQuery(whyQuery(asked));
  const ofAddress = found.error ? problemOf(found.error).of('address') : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(address.trim());
  };
  return (
    <Paper component="section" aria-label={t('blocked.lookUp')}>
      <form onSubmit={submit} noValidate>
        <Group align="flex-end" gap="xs">
          <TextInput
            type="email" dir="ltr" flex="1 1 240px" maw={420} label={t('blocked.oneAddress')} value={address} error={ofAddress}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" disabled={!address.trim()} loading={found.isFetching}>{t('blocked.look')}</Button>
        </Group>
      </form>
      {!ofAddress && <AudienceProblem error={found.error} />}
      {found.data && <Answer address={asked} why={found.data} mayChange={mayChange} />}
    </Paper>
  );
}

function Answer({ address, why: { blocked, others }, mayChange }: { address: string; why: Why; mayChange: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const block = useBlock();
  const [isLifting, setLifting] = useState(false);
  const isFree = !blocked && others.length === 0;
  return (
    <Stack gap="xs" mt="sm" role="status">
      <Text size="sm" dir="auto">{t(isFree ? 'blocked.free' : 'blocked.notFree', { address })}</Text>
      {!isFree && (
        <List size="sm">
          {blocked && (
            <List.Item>
              {t(`blocked.reason.${blocked.reason}`)} · {format.time(blocked.at)}
              {blocked.by && <> · <bdi>{blocked.by}</bdi></>}
            </List.Item>
          )}
          {others.map(({ kind, at }) => <List.Item key={`${kind} ${at}`}>{t(`blocked.kind.${kind}`)} · {format.time(at)}</List.Item>)}
        </List>
      )}
      <AudienceProblem error={block.error} title={t('audience.notSaved')} />
      {mayChange && !blocked && (
        <Button
          w="fit-content" variant="default" loading={block.isPending}
          onClick={() => block.mutate(address, { onSuccess: () => toast.tell(t('blocked.done', { address })) })}
        >
          {t('blocked.block')}
        </Button>
      )}
      {mayChange && blocked?.reason === 'manual' && <Button w="fit-content" variant="default" onClick={() => setLifting(true)}>{t('blocked.lift')}</Button>}
      {blocked && blocked.reason !== 'manual' && <Text size="sm" c="dimmed">{t('blocked.notHere')}</Text>}
      {isLifting && <Lift address={address} onClose={() => setLifting(false)} />}
    </Stack>
  );
}
