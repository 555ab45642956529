/** What is tried, on how many, and who decides which is better. */
import { Alert, Button, Group, NumberInput, Radio, Select, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../../ui/Dialog.tsx';
import { CampaignPreview } from '../content/CampaignPreview.tsx';
import type { LineProps } from '../lines/Line.tsx';
import type { Step } from '../values.ts';
import { ALL, letters, NO_TEST, SAMPLE_MIN, testText, tryThing, waits, whats, winners, type AbTest, type Letter, type Variant, type What, type Winner } from './abTest.ts';
import { useAbWords } from './useAbWords.ts';
import { VariantFields } from './VariantFields.tsx';

interface Props extends Pick<LineProps, 'values' | 'change'> {
  id: number;
  test: AbTest | null;
  /** What will happen. */
  words: string | null;
  /** What the mail is made of. */
  content: string | null;
  error: string | undefined;
  /** It goes to too few; null: it does not. */
  warning: string | null;
  onGo: (step: Step) => void;
  flush: () => Promise<boolean>;
  onTest: (letter: Letter) => void;
}

export function AbEditor({ id, test, words, warning, content, values, change, error, onGo, flush, onTest }: Props) {
  const { t } = useTranslation();
  const put = (next: AbTest | null) => change({ ab_test: testText(next) });
  const [shown, show] = useState<Letter | null>(null);
  return (
    <Stack gap="md">
      <Radio.Group
        label={t('composer.ab.try')}
        description={t('composer.ab.tryAbout')}
        value={test?.what ?? NO_TEST}
        onChange={(next) => put(next === NO_TEST ? null : tryThing(test, next as What))}
      >
        <Group gap="md" mt="xs">
          <Radio value={NO_TEST} label={t('composer.ab.off')} />
          {whats.map((what) => <Radio key={what} value={what} label={t(`composer.ab.of.${what}`)} />)}
        </Group>
      </Radio.Group>
      {test && (
        <>
          <Variants
            id={id} test={test} put={put} content={content} values={values} change={change} onGo={onGo}
            onShow={(letter) => void flush().then((isSaved) => isSaved && show(letter))}
          />
          {test.what !== 'send_time' && <How test={test} put={put} />}
          {error && <Text size="sm" c="var(--mantine-color-error)" role="alert">{error}</Text>}
          <Alert variant="light" role="status">{words}</Alert>
          {warning && <Alert variant="light" color="yellow" icon={<IconAlertTriangle size={18} />}>{warning}</Alert>}
        </>
      )}
      {shown && (
        <Dialog size="xl" title={t('composer.content.views.preview')} onClose={() => show(null)}>
          <Stack gap="sm">
            <CampaignPreview id={id} version={JSON.stringify(values)} first={shown} onLetter={show} views={content === 'plain' ? ['text'] : undefined} />
            <Group justify="flex-end">
              <Button
                variant="default"
                onClick={() => {
                  show(null);
                  onTest(shown);
                }}
              >
                {t('composer.send.test')}
              </Button>
            </Group>
          </Stack>
        </Dialog>
      )}
    </Stack>
  );
}

type PartProps = { test: AbTest; put: (next: AbTest | null) => void };

/** A is the campaign itself; B and C are written here. */
function Variants({ id, test, put, content, values, change, onGo, onShow }: PartProps & Pick<Props, 'id' | 'content' | 'values' | 'change' | 'onGo'> & { onShow: (letter: Letter) => void }) {
  const { t } = useTranslation();
  const set = (i: number, next: Variant) => put({ ...test, variants: test.variants.map((one, k) => (k === i ? { ...one, ...next } : one)) });
  const isFull = test.variants.length + 1 === letters.length;
  return (
    <Stack gap="sm">
      {letters.slice(0, test.variants.length + 1).map((letter, i) => (
        <VariantFields
          key={letter} id={id} letter={letter} what={test.what} content={content} values={values} change={change}
          variant={i === 0 ? null : (test.variants[i - 1] ?? {})}
          onChange={(next) => set(i - 1, next)}
          onGo={onGo}
          onShow={() => onShow(letter)}
          onRemove={i > 1 ? () => put({ ...test, variants: test.variants.slice(0, -1) }) : undefined}
        />
      ))}
      {!isFull && (
        <Button
          w="fit-content" variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => put({ ...test, variants: [...test.variants, {}] })}
        >
          {t('composer.ab.third')}
        </Button>
      )}
    </Stack>
  );
}

function How({ test, put }: PartProps) {
  const { t } = useTranslation();
  const { hours } = useAbWords();
  const hasRest = test.sample < ALL;
  const known: number[] = waits.includes(test.wait_hours as (typeof waits)[number]) ? [...waits] : [...waits, test.wait_hours];
  return (
    <Stack gap="sm">
      <NumberInput
        maw={280} label={t('composer.ab.sample')} description={t('composer.ab.sampleAbout')}
        min={SAMPLE_MIN} max={ALL} step={5} suffix=" %" allowDecimal={false} allowNegative={false} clampBehavior="blur"
        value={test.sample}
        onChange={(next) => typeof next === 'number' && next >= SAMPLE_MIN && next <= ALL && put({ ...test, sample: next })}
      />
      {hasRest && (
        <>
          <Radio.Group label={t('composer.ab.winner')} value={test.winner} onChange={(next) => put({ ...test, winner: next as Winner })}>
            <Stack gap="xs" mt="xs">
              {winners.map((one) => <Radio key={one} value={one} label={t(`composer.ab.by.${one}`)} />)}
            </Stack>
          </Radio.Group>
          {test.winner !== 'manual' && (
            <Select
              maw={280} label={t('composer.ab.wait')} description={t('composer.ab.waitAbout')} allowDeselect={false} comboboxProps={{ withinPortal: false }}
              data={known.map((one) => ({ value: String(one), label: hours(one) }))}
              value={String(test.wait_hours)}
              onChange={(next) => next && put({ ...test, wait_hours: Number(next) })}
            />
          )}
        </>
      )}
    </Stack>
  );
}
