/** Templates of HTML, which the audience keeps: what one begins with is a copy, written as HTML. */
import { Button, SimpleGrid, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { htmlOfTemplate, useHtmlTemplates } from '../queries.ts';
import { TemplateCard } from './TemplateCard.tsx';

/** Each is a page of its own. */
const SHOWN = 6;

interface Props {
  isBusy: boolean;
  onChoose: (html: string) => void;
}

export function HtmlTemplates({ isBusy, onChoose }: Props) {
  const { t } = useTranslation();
  const found = useHtmlTemplates();
  const read = useMutation({ mutationFn: htmlOfTemplate, onSuccess: onChoose });
  const [most, setMost] = useState(SHOWN);
  const all = found.data ?? [];
  if (all.length === 0) return <ProblemAlert error={found.error} />;
  return (
    <>
      <div>
        <Title order={2}>{t('composer.start.ofHtml')}</Title>
        <Text size="sm" c="dimmed">{t('composer.start.ofHtmlAbout')}</Text>
      </div>
      <ProblemAlert error={read.error} title={t('composer.start.failed')} />
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="md">
        {all.slice(0, most).map(({ id, name, date_edited }) => (
          <TemplateCard key={id} template={{ id, name, updated_at: date_edited }} isBusy={isBusy || read.isPending} onChoose={() => read.mutate(id)} />
        ))}
      </SimpleGrid>
      {all.length > most && <Button variant="default" w="fit-content" onClick={() => setMost(most + SHOWN)}>{t('ui.more')}</Button>}
    </>
  );
}
