/** A number of people, which opens them: the recipients, of those. Nobody is nothing to open. */
import { Box, type AnchorProps } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { LinkAnchor } from '../../../ui/LinkAnchor.tsx';
import type { LedgerFilter } from './search.ts';

interface Props extends Pick<AnchorProps, 'c' | 'fz' | 'lh' | 'display' | 'underline'> {
  n: number;
  /** Who they are. */
  of: LedgerFilter;
  /** What they are, for who hears the number alone. */
  what?: string;
  /** Instead of the number. */
  children?: ReactNode;
}

export function PeopleLink({ n, of, what, children, underline = 'always', ...look }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { campaignId } = useParams({ from: '/signed-in/campaigns/$campaignId' });
  const shown = children ?? format.number(n);
  if (n === 0) return <Box component="span" {...look}>{shown}</Box>;
  return (
    <LinkAnchor
      to="/campaigns/$campaignId"
      params={{ campaignId }}
      search={{ tab: 'recipients', ...of }}
      aria-label={what && t('report.whoOf', { what, n: format.number(n) })}
      fz="inherit"
      fw="inherit"
      underline={underline}
      {...look}
    >
      {shown}
    </LinkAnchor>
  );
}
