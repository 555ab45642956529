/** What the audience says of where a member came from, and how they left, in the reader's words. */
import { useTranslation } from 'react-i18next';
import { en } from '../../../messages/en/index.ts';
import { isOwnField, type OwnField } from '../../composer/mergeTags.ts';

type Source = keyof (typeof en)['members']['source'];

const SOURCES: Record<string, Source> = { 'Hosted Signup Form': 'form', 'API - Generic': 'added' };

/** Other programs may say something of their own. */
export function useSourceWord(): (source: string) => string {
  const { t } = useTranslation();
  return (source) => (source in SOURCES ? t(`members.source.${SOURCES[source]!}`) : source);
}

const BY_ADMIN = 'N/A (Unsubscribed by admin)';
const NO_REASON = 'None given';

/** A reason in their own words is left alone. */
export function reasonKind(reason: string | undefined): 'admin' | 'none' | 'own' {
  if (reason === BY_ADMIN) return 'admin';
  return !reason || reason === NO_REASON ? 'none' : 'own';
}

const REASONS: Record<string, keyof (typeof en)['members']['why']> = {
  'I no longer want these e-mails': 'unwanted',
  'I never asked for these e-mails': 'unasked',
  'They are not what I expected': 'unfit',
  'They come too often': 'often',
};

/** Of the reasons that our pages offer, which are kept in English; others are left alone. */
export function useReasonWord(): (reason: string) => string {
  const { t } = useTranslation();
  return (reason) => (reason in REASONS ? t(`members.why.${REASONS[reason]!}`) : reason);
}

const PERMISSIONS: Record<string, keyof (typeof en)['members']['permission']> = {
  Email: 'email', 'Direct Mail': 'post', 'Customized Online Advertising': 'ads',
};

/** The usual ones are called as readers of the form see them; others as their owner calls them. */
export function usePermissionName(): (name: string) => string {
  const { t } = useTranslation();
  return (name) => (name in PERMISSIONS ? t(`members.permission.${PERMISSIONS[name]!}`) : name);
}

export function useMergeFieldName(): (field: { tag: string; name: string }) => string {
  const { t } = useTranslation();
  return (field) => (isOwnField(field) ? t(`composer.tag.of.${field.tag as OwnField}`) : field.name || field.tag);
}
