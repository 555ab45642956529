/** Texts with merge tags, in words. */
import { useTranslation } from 'react-i18next';
import { ADDRESS_TAG, commonTags, readable } from './mergeTags.ts';
import { useMergeFields } from './queries.ts';

export function useReadable(): (text: string) => string {
  const { t } = useTranslation();
  const fields = useMergeFields().data;
  const nameOf = (tag: string) => {
    if (tag === ADDRESS_TAG) return t('composer.tag.of.EMAIL');
    if ((commonTags as readonly string[]).includes(tag)) return t(`composer.tag.of.${tag.replace(':', '_') as 'MC_DATE'}`);
    return fields?.find((field) => field.tag === tag)?.name || tag;
  };
  return (text) => readable(text, nameOf);
}
