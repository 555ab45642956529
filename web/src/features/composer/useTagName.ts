/** What a merge tag is called: in the reader's language, or as somebody called the field. */
import { useTranslation } from 'react-i18next';
import { ADDRESS_LINE, ADDRESS_TAG, commonTags, isOwnField, linkTags, type OwnField } from './mergeTags.ts';
import { useMergeFields } from './queries.ts';

const words: readonly string[] = [ADDRESS_TAG, ADDRESS_LINE, ...commonTags, ...linkTags];

export function useTagName(): (tag: string) => string {
  const { t } = useTranslation();
  const fields = useMergeFields().data;
  return (tag) => {
    const field = fields?.find((one) => one.tag === tag) ?? { tag, name: null };
    if (words.includes(tag)) return t(`composer.tag.of.${tag.replace(':', '_') as 'MC_DATE'}`);
    return isOwnField(field) ? t(`composer.tag.of.${tag as OwnField}`) : field.name || tag;
  };
}
