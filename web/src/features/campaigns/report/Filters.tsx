/** Who of the recipients is shown. What a figure of the report brought along can be taken away. */
import { useTranslation } from 'react-i18next';
import { Choice } from '../../../ui/Choice.tsx';
import { Chip, ChipWords } from '../../../ui/FilterBar/Chip.tsx';
import type { Report } from './queries.ts';
import { filterStates, responses, type LedgerFilter } from './search.ts';
import { useFilterWords } from './words.ts';

interface Props {
  report: Report;
  filter: LedgerFilter;
  onChange: (filter: LedgerFilter) => void;
}

/** Without a list to choose from. */
const brought = ['reason', 'link', 'domain', 'not_domains', 'from', 'until'] as const;
/** A span of time is one. */
const span = { from: undefined, until: undefined };

export function Filters({ report, filter, onChange }: Props) {
  const { t } = useTranslation();
  const wordOf = useFilterWords(report);
  return (
    <>
      <Choice
        label={t('campaigns.stateHead')}
        among={filterStates.map((value) => ({ value, label: t(`report.who.state.${value}`) }))}
        value={filter.state}
        onChange={(state) => onChange({ state })}
      />
      <Choice
        label={t('campaigns.responseHead')}
        among={responses.map((value) => ({ value, label: t(`report.who.response.${value}`) }))}
        value={filter.response}
        onChange={(response) => onChange({ response })}
      />
      {brought.filter((one) => wordOf(filter, one)).map((one) => (
        <Chip key={one} onRemove={() => onChange(one in span ? span : { [one]: undefined })}>
          <ChipWords>{wordOf(filter, one)}</ChipWords>
        </Chip>
      ))}
    </>
  );
}
