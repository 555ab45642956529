/** What a mail is: one of a campaign, by its name, a test of one, or another. */
import { useTranslation } from 'react-i18next';
import type { OutboxMail } from './queries.ts';

export function Kind({ mail }: { mail: Pick<OutboxMail, 'campaign_id' | 'campaign_name' | 'is_test' | 'is_signup'> }) {
  const { t } = useTranslation();
  const { campaign_id: id, campaign_name: name, is_test: isTest, is_signup: isSignup } = mail;
  if (isTest) return <bdi title={name ?? undefined}>{name ? t('outbox.ofTest', { name }) : t('outbox.aTest')}</bdi>;
  return id ? <bdi title={name ?? undefined}>{name ?? t('outbox.ofCampaign')}</bdi> : t(isSignup ? 'outbox.ofSignup' : 'outbox.ofOther');
}
