/** Content is written, or looked at as it arrives; what is looked at was saved. */
import { Group, SegmentedControl } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { View } from '../../../ui/MailPreview/MailPreview.tsx';
import { CampaignPreview } from './CampaignPreview.tsx';

interface Props {
  id: number;
  /** Of what was saved. */
  version: string;
  /** Saves the rest; false: that failed, and is told. */
  flush: () => Promise<boolean>;
  views?: readonly View[];
  /** For writing, at the other end of the line. */
  tools?: ReactNode;
  children: ReactNode;
}

const sides = ['write', 'preview'] as const;
type Side = (typeof sides)[number];

export function WriteOrPreview({ id, version, flush, views, tools, children }: Props) {
  const { t } = useTranslation();
  const [side, setSide] = useState<Side>('write');
  return (
    <>
      <Group justify="space-between">
        <SegmentedControl
          w="fit-content"
          aria-label={t('composer.content.view')}
          value={side}
          onChange={(next) => void flush().then((isSaved) => (isSaved || next === 'write') && setSide(next as Side))}
          data={sides.map((value) => ({ value, label: t(`composer.content.views.${value}`) }))}
        />
        {side === 'write' && tools}
      </Group>
      {side === 'write' ? children : <CampaignPreview id={id} version={version} views={views} />}
    </>
  );
}
