/** The value of a condition, given as its field and op ask. */
import { Group, NumberInput, SegmentedControl, Select, Stack, Switch, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { hasValues, inputOf, isOfLink, isOfMachines, readSpan, units, writeSpan, type Condition, type FieldInfo, type Unit } from './criteria.ts';
import type { Pickers } from './pickers.ts';

interface Props {
  field: FieldInfo;
  condition: Condition;
  pickers: Pickers;
  error?: string;
  onChange: (condition: Condition) => void;
}

const inside = { withinPortal: false };

export function ValueInput({ field, condition, pickers, error, onChange }: Props) {
  const { t } = useTranslation();
  const set = (value: Condition['value']) => onChange({ ...condition, value });
  const label = t('filter.value');
  const { value } = condition;
  const number = (
    <NumberInput label={label} error={error} value={(value as number | undefined) ?? ''} onChange={(n) => set(n === '' ? undefined : Number(n))} />
  );
  switch (inputOf(field, condition.op)) {
    case 'none':
      return null;
    case 'boolean':
      return (
        <SegmentedControl
          aria-label={label}
          data={[{ value: 'true', label: t('filter.yes') }, { value: 'false', label: t('filter.no') }]}
          value={String(value)}
          onChange={(next) => set(next === 'true')}
        />
      );
    case 'number':
      return number;
    case 'span':
      return <SpanInput value={value} error={error} onChange={set} />;
    case 'days':
      return (
        <NumberInput
          label={t('filter.count')} suffix={` ${t('filter.unitName.days')}`} error={error} min={0} max={36_500} allowDecimal={false} hideControls
          value={(value as number | undefined) ?? ''} onChange={(n) => set(n === '' ? undefined : Number(n))}
        />
      );
    case 'day':
      return <DayInput value={value} error={error} onChange={set} />;
    case 'moment':
      return <MomentInput value={value} error={error} onChange={set} />;
    case 'choice': {
      const Input = pickers[field.name]?.Input;
      if (Input) return <Input label={label} error={error} value={value as string | undefined} onChange={set} />;
      return <Select label={label} error={error} comboboxProps={inside} data={field.choices} value={(value as string | undefined) ?? null} onChange={(next) => set(next ?? undefined)} />;
    }
    case 'campaign':
      return <ResponseInput condition={condition} pickers={pickers} error={error} onChange={onChange} />;
    case 'tag':
    case 'reference': {
      const Input = pickers[field.name]?.Input;
      return Input ? <Input label={label} error={error} value={value as string | number | undefined} onChange={set} /> : number;
    }
    case 'text': {
      const Input = hasValues(field, condition.op) ? pickers.text?.Input : undefined;
      if (Input) return <Input field={field.name} label={label} error={error} value={value as string | undefined} onChange={set} />;
      return <TextInput label={label} error={error} dir="auto" value={String(value ?? '')} onChange={(event) => set(event.currentTarget.value)} />;
    }
  }
}

function ResponseInput({ condition, pickers, error, onChange }: Omit<Props, 'field'>) {
  const { t } = useTranslation();
  const Input = pickers.campaign?.Input;
  return (
    <Stack gap="xs">
      {Input && (
        <Input
          label={t('filter.campaign')}
          placeholder={t('filter.anyCampaign')}
          error={error}
          value={condition.campaign_id}
          onChange={(id) => onChange({ ...condition, campaign_id: typeof id === 'number' ? id : undefined })}
        />
      )}
      {isOfLink(condition.op) && (
        <TextInput
          label={t('filter.link')}
          placeholder={t('filter.anyLink')}
          type="url"
          dir="ltr"
          value={condition.url ?? ''}
          onChange={(event) => onChange({ ...condition, url: event.currentTarget.value || undefined })}
        />
      )}
      {isOfMachines(condition.op) && (
        <Switch
          size="xs"
          label={t('filter.machines')}
          checked={condition.machines ?? false}
          onChange={(event) => onChange({ ...condition, machines: event.currentTarget.checked || undefined })}
        />
      )}
    </Stack>
  );
}

interface TimeProps {
  value: Condition['value'];
  error?: string;
  onChange: (value: string | undefined) => void;
}

const kinds = ['date', 'today', 'past', 'future'] as const;
type Kind = (typeof kinds)[number];

function kindOf(value: Condition['value']): Kind {
  const span = readSpan(value);
  if (span) return span.count < 0 ? 'past' : 'future';
  return value === 'today' ? 'today' : 'date';
}

function DayInput({ value, error, onChange }: TimeProps) {
  const { t } = useTranslation();
  return (
    <TextInput
      type="date"
      flex="1 1 140px"
      label={t('filter.day')}
      error={error}
      value={String(value ?? '').slice(0, 10)}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}

/** A date, today, or some days from today. */
function MomentInput({ value, error, onChange }: TimeProps) {
  const { t } = useTranslation();
  const kind = kindOf(value);
  const choose = (next: Kind) => {
    const span = readSpan(value) ?? { count: 7, unit: 'days' };
    if (next === 'date') onChange(undefined);
    else if (next === 'today') onChange('today');
    else onChange(writeSpan({ ...span, count: Math.abs(span.count) * (next === 'past' ? -1 : 1) }, true));
  };
  return (
    <Group gap="xs" align="flex-end">
      {kind === 'date' && <DayInput key="date" value={value} error={error} onChange={onChange} />}
      {(kind === 'past' || kind === 'future') && <SpanInput key="span" value={value} isMoment error={error} onChange={onChange} />}
      <Select
        key="kind"
        label={t('filter.kindOfDay')}
        allowDeselect={false}
        comboboxProps={inside}
        flex="1 1 110px"
        data={kinds.map((one) => ({ value: one, label: t(`filter.kind.${one}`) }))}
        value={kind}
        onChange={(next) => next && choose(next as Kind)}
      />
    </Group>
  );
}

/** So many days, weeks, months or years. */
function SpanInput({ value, isMoment = false, error, onChange }: TimeProps & { isMoment?: boolean }) {
  const { t } = useTranslation();
  const span = readSpan(value) ?? { count: 30, unit: 'days' as Unit };
  const set = (change: Partial<typeof span>) => onChange(writeSpan({ ...span, ...change }, isMoment));
  return (
    <Group gap="xs" grow align="flex-end" wrap="nowrap" flex="2 1 170px">
      <NumberInput
        label={t('filter.count')}
        error={error}
        min={0}
        max={10_000}
        allowDecimal={false}
        hideControls
        value={Math.abs(span.count)}
        onChange={(n) => n !== '' && set({ count: (span.count < 0 ? -1 : 1) * Number(n) })}
      />
      <Select
        label={t('filter.unit')}
        allowDeselect={false}
        comboboxProps={inside}
        data={units.map((unit) => ({ value: unit, label: t(`filter.unitName.${unit}`) }))}
        value={span.unit}
        onChange={(unit) => unit && set({ unit: unit as Unit })}
      />
    </Group>
  );
}
