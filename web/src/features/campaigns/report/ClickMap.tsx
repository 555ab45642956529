/** The mail with how many clicked each link, or as it was sent. */
import { Anchor, Button, Group, Paper, SegmentedControl, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MailPreview, withoutText } from '../../../ui/MailPreview/MailPreview.tsx';
import type { Campaign } from '../queries.ts';
import type { Report } from './queries.ts';

export function ClickMap({ campaign, report }: { campaign: Campaign; report: Report }) {
  const { t } = useTranslation();
  const [isPlain, setPlain] = useState(false);
  const clicks = report.links.reduce((all, link) => all + link.clicks, 0);
  // a mail that is looked at is not loaded anew under the reader's eyes
  const [shown, show] = useState(clicks);
  if (!campaign.content) return null;
  const hasMap = campaign.content !== 'plain';
  const isMap = hasMap && !isPlain;
  const address = `/campaigns/${campaign.id}/${isMap ? 'click-map' : 'preview'}`;
  return (
    <Paper component="section" aria-labelledby="mail-as-sent">
      <Title order={2} fz="md" id="mail-as-sent" mb="xs">{t('campaigns.mail')}</Title>
      {isMap && shown !== clicks && (
        <Group gap="xs" mb="xs" role="status">
          <Text size="sm">{t('report.map.newer')}</Text>
          <Button variant="default" size="compact-sm" onClick={() => show(clicks)}>{t('report.map.renew')}</Button>
        </Group>
      )}
      <MailPreview
        key={String(isMap)}
        address={address}
        version={`${campaign.updated_at} ${shown}`}
        title={t(isMap ? 'report.map.frame' : 'campaigns.mailFrame', { name: campaign.name })}
        views={isMap ? withoutText : undefined}
      >
        {hasMap && (
          <SegmentedControl
            size="xs"
            aria-label={t('report.map.as')}
            data={[{ value: 'clicks', label: t('report.map.clicks') }, { value: 'plain', label: t('report.map.plain') }]}
            value={isMap ? 'clicks' : 'plain'}
            onChange={(to) => setPlain(to === 'plain')}
          />
        )}
      </MailPreview>
      <Anchor size="sm" href={address} target="_blank" rel="noopener">{t('campaigns.mailAlone')}</Anchor>
    </Paper>
  );
}
