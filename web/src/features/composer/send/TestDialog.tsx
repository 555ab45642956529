/** A test to some addresses, as a given person would get it. */
import { Button, Group, Stack, TagsInput, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../../api/session.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { OutboxNote } from '../../outbox/OutboxNote.tsx';
import { useIsOutboxInUse } from '../../outbox/queries.ts';
import type { Letter } from '../abtest/abTest.ts';
import { VariantControl } from '../abtest/VariantControl.tsx';
import { PersonSelect } from '../PersonSelect.tsx';
import { useEnvelope, useSendTest } from '../queries.ts';
import { GetsNone } from '../WhoseItIs.tsx';

const TO_MAX = 10;

interface Props {
  id: number;
  /** Of its A/B test; none: there is none. */
  letters: readonly Letter[];
  /** Which of them is chosen to begin with. */
  first?: Letter;
  onClose: () => void;
}

const ALL = 'all';

export function TestDialog({ id, letters, first = 'A', onClose }: Props) {
  const { t } = useTranslation();
  const me = useMe();
  const [to, setTo] = useState<string[]>(me.email ? [me.email] : []);
  const [personId, setPersonId] = useState<number | null>(null);
  const [letter, setLetter] = useState<Letter | typeof ALL>(first);
  const variants = letter === ALL ? letters : letters.length > 0 ? [letter] : [];
  const variant = variants[0];
  const { data: envelope } = useEnvelope(id, personId, variant);
  const test = useSendTest(id);
  const count = to.length * (variants.length || 1);
  const staysHere = useIsOutboxInUse();
  return (
    <Dialog title={t('composer.test.title')} onClose={onClose}>
      <Stack>
        <TagsInput
          data-autofocus
          label={t('composer.test.to')}
          description={t('composer.test.toAbout', { max: TO_MAX })}
          dir="ltr"
          maxTags={TO_MAX}
          splitChars={[',', ' ', ';']}
          acceptValueOnBlur
          value={to}
          onChange={(next) => setTo([...new Set(next.map((one) => one.replace(/[\s,;]+/g, '')).filter(Boolean))])}
        />
        {letters.length > 0 && (
          <VariantControl
            label={t('composer.ab.testOf')} letters={letters} more={{ value: ALL, label: t('composer.ab.testAll') }} value={letter}
            onChange={(next) => {
              setLetter(next);
              test.reset();
            }}
          />
        )}
        <OutboxNote />
        <PersonSelect campaignId={id} label={t('composer.test.as')} value={personId} onChange={setPersonId} />
        {envelope && <GetsNone envelope={envelope} />}
        <ProblemAlert error={test.error} title={t('composer.test.failed')} />
        <Text size="sm" role="status">{test.isSuccess ? t(staysHere ? 'composer.test.inOutbox' : 'composer.test.done', { count }) : ''}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t('ui.close')}</Button>
          <Button
            loading={test.isPending}
            disabled={to.length === 0}
            onClick={() => test.mutate({ to, person_id: personId, variants: variants.length > 0 ? variants : [null] })}
          >
            {variants.length > 1 ? t('composer.test.sendAll') : t('composer.test.send')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
