/** A condition as it is read: City is Bern. */
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { inputOf, readSpan, type Condition, type FieldInfo, type Span } from './criteria.ts';
import type { Pickers } from './pickers.ts';
import { opKey } from './words.ts';

interface Props {
  condition: Condition;
  field: FieldInfo;
  label: string;
  pickers: Pickers;
}

export function ConditionWords({ condition, field, label, pickers }: Props) {
  const { t } = useTranslation();
  const key = opKey(field, condition.op);
  return (
    <>
      {field.type !== 'response' && `${label} `}
      {key ? t(key) : condition.op} <Value condition={condition} field={field} pickers={pickers} />
    </>
  );
}

/** "the last 7 days", "in 2 weeks", "3 days ago". */
function useSpanWords(): (span: Span, isMoment: boolean) => string {
  const { t } = useTranslation();
  return ({ count, unit }, isMoment) => {
    const words = { count: Math.abs(count) };
    if (!isMoment) return t(`filter.span.${unit}`, words);
    return count < 0 ? t(`filter.ago.${unit}`, words) : t(`filter.ahead.${unit}`, words);
  };
}

function Value({ condition, field, pickers }: Omit<Props, 'label'>) {
  const { t } = useTranslation();
  const format = useFormat();
  const spanWords = useSpanWords();
  const { value } = condition;
  const input = inputOf(field, condition.op);
  const span = readSpan(value);
  if (input === 'none') return null;
  if (input === 'campaign') {
    const Name = pickers.campaign?.Name;
    return (
      <>
        <b>{condition.campaign_id && Name ? <Name value={condition.campaign_id} /> : t('filter.anyCampaign')}</b>
        {condition.url && <> {t('filter.onLink')} <b dir="ltr">{condition.url}</b></>}
      </>
    );
  }
  if (value === undefined) return null;
  if (input === 'boolean') return <b>{value === true ? t('filter.yes') : t('filter.no')}</b>;
  if (input === 'days') return <b>{spanWords({ count: Number(value), unit: 'days' }, false)}</b>;
  if (input === 'span' && span) return <b>{spanWords(span, false)}</b>;
  if (input === 'moment' || input === 'day') {
    if (value === 'today') return <b>{t('filter.today')}</b>;
    if (span) return <b>{spanWords(span, true)}</b>;
    return <b>{/^\d{4}-/.test(String(value)) ? format.date(String(value)) : String(value)}</b>;
  }
  const Name = input === 'reference' || input === 'choice' ? pickers[field.name]?.Name : undefined;
  if (Name && typeof value !== 'boolean') return <b><Name value={value} /></b>;
  return <b dir="auto">{typeof value === 'number' ? format.number(value) : String(value)}</b>;
}
