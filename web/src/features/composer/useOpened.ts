/** A draft that was opened here stays open when it is no draft any more: what was typed is not gone with it. */
import { useState } from 'react';
import type { Campaign } from './queries.ts';

/** Not one that a job sends, unless it asks about it first: nothing of it can be changed. */
export function isWritten({ status, send_job_id, hold }: Campaign): boolean {
  return status === 'draft' && (send_job_id === null || hold?.reason === 'confirm');
}

export function useOpened(campaign: Campaign | undefined): boolean {
  const [opened, setOpened] = useState<number | null>(null);
  if (!campaign) return false;
  if (isWritten(campaign) && opened !== campaign.id) setOpened(campaign.id);
  return isWritten(campaign) || opened === campaign.id;
}
