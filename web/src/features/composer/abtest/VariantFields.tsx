/** What one variant says that the others do not. A is the campaign's own, and written where that is. */
import { Anchor, Button, Fieldset, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { LinkButton } from '../../../ui/LinkButton.tsx';
import type { LineProps } from '../lines/Line.tsx';
import { TaggedInput } from '../lines/TaggedInput.tsx';
import { WholeInput } from '../lines/WholeInput.tsx';
import { instantOf, localTime, zoneHere } from '../send/when.ts';
import { useReadable } from '../useReadable.ts';
import { SUBJECT_GOOD, type Step } from '../values.ts';
import type { Letter, Variant, What } from './abTest.ts';

interface Props extends Pick<LineProps, 'values' | 'change'> {
  id: number;
  letter: Letter;
  what: What;
  content: string | null;
  /** null: A. */
  variant: Variant | null;
  onChange: (change: Variant) => void;
  onRemove?: () => void;
  onGo: (step: Step) => void;
  /** How it will arrive. */
  onShow: () => void;
}

export function VariantFields({ letter, onRemove, onShow, ...rest }: Props) {
  const { t } = useTranslation();
  return (
    <Fieldset legend={t('composer.ab.variant', { letter })} p="sm">
      <Stack gap="sm">
        <Fields letter={letter} {...rest} />
        <Group gap="xs">
          <Button variant="default" size="xs" leftSection={<IconEye size={14} aria-hidden />} aria-label={t('composer.ab.previewOf', { letter })} onClick={onShow}>{t('composer.content.views.preview')}</Button>
          {onRemove && <Button variant="subtle" color="gray" size="xs" aria-label={t('composer.ab.remove', { letter })} onClick={onRemove}>{t('composer.ab.drop')}</Button>}
        </Group>
      </Stack>
    </Fieldset>
  );
}

function Fields({ id, letter, what, content, values, change, variant, onChange, onGo }: Omit<Props, 'onRemove' | 'onShow'>) {
  const { t } = useTranslation();
  const read = useReadable();
  if (what === 'subject')
    return variant ? (
      <TaggedInput label={t('composer.ab.subjectOf', { letter })} good={SUBJECT_GOOD} value={variant.subject ?? ''} onChange={(subject) => onChange({ subject })} />
    ) : (
      <Own words={read(values.subject)} step="subject" onGo={onGo} />
    );
  if (what === 'from')
    return variant ? (
      <>
        <TextInput label={t('composer.ab.fromOf', { letter })} dir="auto" value={variant.from_name ?? ''} onChange={(event) => onChange({ from_name: event.currentTarget.value })} />
        <WholeInput label={t('composer.ab.emailOf', { letter })} type="email" value={variant.from_email ?? ''} onDone={(from_email) => onChange({ from_email })} />
      </>
    ) : (
      <Own words={`${values.from_name} <${values.from_email}>`.trim()} step="from" onGo={onGo} />
    );
  if (what === 'send_time')
    return <TimeField letter={letter} at={variant ? (variant.send_at ?? '') : values.send_at} onDone={(at) => (variant ? onChange({ send_at: at }) : change({ send_at: at }))} />;
  if (content !== 'design') return letter === 'B' ? <Text size="sm">{t('composer.ab.needsBlocks')}</Text> : null;
  return (
    <LinkButton
      w="fit-content" variant="default" size="xs" to="/campaigns/$campaignId/edit/content" params={{ campaignId: id }}
      search={{ variant: letter === 'A' ? undefined : letter }} aria-label={t('composer.ab.writeOf', { letter })}
    >
      {t('composer.content.edit')}
    </LinkButton>
  );
}

function Own({ words, step, onGo }: { words: string; step: 'subject' | 'from'; onGo: (step: Step) => void }) {
  const { t } = useTranslation();
  return (
    <div>
      <Text size="sm" dir="auto" style={{ overflowWrap: 'anywhere' }}>{words || t('ui.nothing')}</Text>
      <Text size="xs" c="dimmed">
        {t('composer.ab.own')} <Anchor component="button" type="button" size="xs" underline="always" onClick={() => onGo(step)}>{t('composer.ab.toLine', { line: t(`composer.step.${step}`) })}</Anchor>
      </Text>
    </div>
  );
}

function TimeField({ letter, at, onDone }: { letter: Letter; at: string; onDone: (at: string) => void }) {
  const { t } = useTranslation();
  return (
    <TextInput
      maw={280} type="datetime-local" label={t('composer.ab.timeOf', { letter })} description={t('composer.when.zone', { zone: zoneHere() })}
      value={at ? localTime(at) : ''}
      error={at && Date.parse(at) <= Date.now() ? t('composer.when.past') : undefined}
      onChange={(event) => onDone(instantOf(event.currentTarget.value) ?? '')}
    />
  );
}
