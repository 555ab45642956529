/** Who is looked for, in the words of people. */
import { useTranslation } from 'react-i18next';
import { useReasonOf } from '../words.ts';
import { useFormat } from '../../../app/format.ts';
import type { Report } from './queries.ts';
import type { LedgerFilter } from './search.ts';

/** '': that is not asked for. */
export function useFilterWords(report: Report): (filter: LedgerFilter, part: keyof LedgerFilter) => string {
  const { t } = useTranslation();
  const format = useFormat();
  const reasonOf = useReasonOf();
  const urlOf = (id: number) => report.links.find((one) => one.id === id)?.url ?? t('report.who.lostLink');
  return ({ state, reason, response, link, domain, not_domains, from, until, q }, part) => {
    switch (part) {
      case 'state': return state ? t(`report.who.state.${state}`) : '';
      case 'reason': return reason ? reasonOf(reason) : '';
      case 'response': return response ? t(`report.who.response.${response}`) : '';
      case 'link': return link ? t('report.who.ofLink', { url: urlOf(link) }) : '';
      case 'domain': return domain ? t('report.who.ofDomain', { domain }) : '';
      case 'not_domains': return not_domains ? t('report.who.otherDomains') : '';
      case 'from': return from ? t('report.who.ofTime', { from: format.time(from), until: until ? format.time(until) : '…' }) : '';
      case 'until': return until && !from ? t('report.who.ofTime', { from: '…', until: format.time(until) }) : '';
      case 'q': return q ?? '';
    }
  };
}
