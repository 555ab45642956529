/** People are found and put into a group by hand, or taken out. */
import { Button, Group as Row, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { PeoplePicker, type Choice } from '../../ui/PeoplePicker.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { useToast } from '../../ui/useToast.tsx';
import { useByHand, useFound, type Group } from './queries.ts';
import { choiceOf } from './titles.ts';

const MOST = 12;

interface Props {
  group: Group;
  act: 'include' | 'exclude';
  onClose: () => void;
}

export function HandDialog({ group, act, onClose }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const byHand = useByHand();
  const [chosen, setChosen] = useState<Choice[]>([]);
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 200);
  const found = useFound(group.entity, q, MOST);
  const isIn = act === 'include';
  const words = (count: number) => ({ count, n: format.number(count) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    byHand.mutate({ id: group.id, act, ids: chosen.map(({ id }) => id) }, {
      onSuccess: ({ changed }) => {
        toast.tell(t(isIn ? 'groups.wasPutIn' : 'groups.wasTakenOut', words(changed)));
        onClose();
      },
    });
  };
  return (
    <Dialog onClose={onClose} title={t(isIn ? 'groups.putIn' : 'groups.takeOut')}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          {group.criteria && <Text size="sm">{t(isIn ? 'groups.inAbout' : 'groups.outAbout')}</Text>}
          <PeoplePicker
            label={t('groups.chooseLabel')}
            placeholder={t('groups.chooseHint')}
            nobody={found.isFetching || q !== typed.trim() ? '…' : t('groups.chooseNone')}
            found={q === '' ? [] : (found.data ?? []).map(choiceOf)}
            chosen={chosen}
            onSearch={setTyped}
            onChange={setChosen}
          />
          <ProblemAlert error={byHand.error ?? found.error} title={t('groups.notChanged')} />
          <Row justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" disabled={chosen.length === 0} loading={byHand.isPending}>
              {t(isIn ? 'groups.putInDo' : 'groups.takeOutDo', words(chosen.length))}
            </Button>
          </Row>
        </Stack>
      </form>
    </Dialog>
  );
}
