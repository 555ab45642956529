/** What it says: leads to where that is written. */
import { useTranslation } from 'react-i18next';
import { LinkButton } from '../../../ui/LinkButton.tsx';
import type { Campaign } from '../queries.ts';
import { Line, type LineProps } from './Line.tsx';

interface Props extends Pick<LineProps, 'isDone'> {
  id: number;
  content: NonNullable<Campaign['content']> | null;
}

export function ContentLine({ id, content, isDone }: Props) {
  const { t } = useTranslation();
  const edit = content ? t('composer.content.edit') : t('composer.content.begin');
  return (
    <Line
      isDone={isDone}
      title={t('composer.step.content')}
      summary={content ? t(`composer.content.is.${content}`) : t('composer.content.none')}
      link={
        <LinkButton
          variant="default"
          size="xs"
          to="/campaigns/$campaignId/edit/content"
          params={{ campaignId: id }}
          aria-label={`${t('composer.step.content')}: ${edit}`}
        >
          {edit}
        </LinkButton>
      }
    />
  );
}
