/** What two people made of one mail, side by side: which block, its words, what is set. */
import { useTranslation } from 'react-i18next';
import type { MeetingRow } from '../../../ui/MeetingAlert.tsx';
import { excerpt } from '../excerpt.ts';
import { settingsOf, wordsIn } from './blockWords.ts';
import { kindOf } from './kinds.ts';
import { fontNames } from './look.ts';
import type { Block, Document } from './tree.ts';
import { differences, type Difference } from './unite.ts';

const aligns = ['start', 'center', 'end'] as const;
const looks = ['background', 'card', 'text', 'accent', 'link', 'font', 'width', 'radius', 'spacing'] as const;
/** Of the first words of a block in a list of all. */
const FEW = 30;

/** The last one is what was given over already, if its answer was lost. */
export function useMeetingRows(): (before: Document, mine: Document, theirs: Document, sent: Document | null) => MeetingRow[] {
  const { t } = useTranslation();
  const settingWord = useSettingWord();
  const nameOf = (block: Block, { blocks }: Document) => {
    const at = blocks.findIndex(({ id }) => id === block.id);
    const kind = t(`composer.block.${kindOf(block)}`);
    return at < 0 ? kind : t('composer.block.place', { kind, n: at + 1, of: blocks.length });
  };
  const blockWords = (block: Block | null, other: Block | null) => {
    if (!block) return t('composer.meeting.removed');
    const words = wordsIn(block);
    const others = other ? wordsIn(other) : '';
    const settings = other ? settingsOf(block, other).map(settingWord) : [];
    return [...(words !== others || settings.length === 0 ? [excerpt(words, others)] : []), ...settings].filter(Boolean).join(' · ') || t('ui.nothing');
  };
  const lookWords = ({ style = {} }: Document, { style: other = {} }: Document) =>
    looks
      .filter((name) => style[name] !== other[name])
      .map((name) => {
        const value = name === 'font' ? fontNames.find((font) => font === style.font) : undefined;
        return `${t(`composer.style.${name}`)}: ${value ? t(`composer.style.fonts.${value}`) : String(style[name] ?? t('composer.meeting.usual'))}`;
      })
      .join(' · ');
  const orderWords = ({ blocks }: Document) =>
    blocks.map((block, i) => [`${i + 1}. ${t(`composer.block.${kindOf(block)}`)}`, wordsIn(block).slice(0, FEW)].filter(Boolean).join(' ')).join(' · ');
  const rowOf = (one: Difference, mine: Document, theirs: Document): MeetingRow => {
    switch (one.of) {
      case 'block':
        return {
          label: one.mine ? nameOf(one.mine, mine) : nameOf(one.theirs!, theirs),
          theirs: blockWords(one.theirs, one.mine),
          mine: blockWords(one.mine, one.theirs),
        };
      case 'look': return { label: t('composer.style.title'), theirs: lookWords(theirs, mine), mine: lookWords(mine, theirs) };
      case 'order': return { label: t('composer.meeting.order'), theirs: orderWords(theirs), mine: orderWords(mine) };
      default: return { label: t('composer.step.content'), theirs: orderWords(theirs), mine: orderWords(mine) };
    }
  };
  return (before, mine, theirs, sent) => differences(before, mine, theirs, sent).map((one) => rowOf(one, mine, theirs));
}

/** "Alignment: Centre". One that this program has no word for is called as in the document. */
function useSettingWord(): (setting: [string, unknown]) => string {
  const { t } = useTranslation();
  const labels: Record<string, string> = {
    level: t('composer.set.level'), color: t('composer.set.back'), text_color: t('composer.set.colour'), background: t('composer.set.background'),
    align: t('composer.set.align'), width: t('composer.set.width'), height: t('composer.set.height'), thickness: t('composer.set.thickness'),
    ratio: t('composer.set.ratio'), stack: t('composer.set.stack'), size: t('composer.set.size'), full: t('composer.set.full'),
    href: t('composer.set.href'), src: t('composer.image.src'), padding: t('composer.meeting.room'),
  };
  return ([name, value]) => {
    const align = name === 'align' ? aligns.find((one) => one === value) : undefined;
    const words = () => {
      if (align) return t(`composer.set.aligns.${align}`);
      if (typeof value === 'boolean') return t(value ? 'filter.yes' : 'filter.no');
      if (typeof value === 'object' && value !== null) return Object.values(value).join(' / ');
      return value === undefined || value === '' ? t('composer.meeting.usual') : String(value);
    };
    return `${labels[name] ?? name}: ${words()}`;
  };
}
