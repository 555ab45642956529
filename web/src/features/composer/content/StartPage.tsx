/** What the content begins with: a template, another campaign, or nothing. */
import { Alert, Button, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconAlignLeft, IconCode, IconLayoutList, IconMailForward, IconUsers, type Icon } from '@tabler/icons-react';
import { problemOf } from '../../../api/problem.ts';
import { AskFirst } from '../../../ui/AskFirst.tsx';
import { LinkButton } from '../../../ui/LinkButton.tsx';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { useFooter } from '../../settings/queries.ts';
import { blankDocument } from '../blocks/kinds.ts';
import { contentOf, useBeginContent, useTemplates, type Campaign, type CampaignChange, type Template } from '../queries.ts';
import { ContentHead } from './ContentHead.tsx';
import { HtmlTemplates } from './HtmlTemplates.tsx';
import { PastCampaign } from './PastCampaign.tsx';
import { TemplateCard } from './TemplateCard.tsx';

type Beginning = { design: object } | CampaignChange;

/** What mails begin with, in the languages that there are beginnings in. */
const FIRST = { en: 'Hello,\n\n', de: 'Guten Tag,\n\n' } as const;
type Language = keyof typeof FIRST;

/** The mail's own, if there is one; else the app's. */
function beginningIn(ofMail: string | null | undefined, ofApp: string): Language {
  const known = [ofMail ?? '', ofApp].map((one) => one.split('-')[0] ?? '').find((one) => one in FIRST);
  return (known ?? 'en') as Language;
}

export function StartPage({ campaign }: { campaign: Campaign }) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const begin = useBeginContent(campaign.id);
  const language = beginningIn(campaign.language, i18n.language);
  const templates = useTemplates(language);
  // what is in it is in the mail's language, what it is called in that of who chooses
  const named = useTemplates(beginningIn(null, i18n.language)).data;
  const builtIn = (templates.data ?? []).filter((one) => one.built_in).map((one) => {
    const { name, about } = named?.find(({ id }) => id === one.id) ?? one;
    return { ...one, name, about };
  });
  const footer = useFooter(campaign.language ?? language);
  const words = { leave: footer?.unsubscribe ?? t('composer.tag.words.UNSUB'), prefer: footer?.preferences ?? t('composer.tag.words.UPDATE_PROFILE') };
  const [isChoosing, setChoosing] = useState(false);
  /** Would take the place of something. */
  const [asked, setAsked] = useState<Beginning | null>(null);
  const here = { to: '/campaigns/$campaignId/edit/content', params: { campaignId: campaign.id } } as const;
  const go = (content: Beginning) =>
    begin.mutate(content, {
      onSuccess: () => void navigate({ ...here, replace: true }),
      onError: (error) => {
        if (!problemOf(error).isMeanwhile) return;
        setAsked(null);
        void navigate({ ...here, search: { begin: true }, replace: true });
      },
    });
  const isTaken = begin.error !== null && problemOf(begin.error).isMeanwhile;
  const choose = (content: Beginning) => (campaign.content ? setAsked(content) : go(content));
  const ways: { name: 'blank' | 'html' | 'plain'; icon: Icon; content: Beginning }[] = [
    { name: 'blank', icon: IconLayoutList, content: { design: blankDocument(words) } },
    { name: 'html', icon: IconCode, content: { html: '<p></p>', plain_text: null } },
    { name: 'plain', icon: IconAlignLeft, content: { html: null, plain_text: FIRST[language] } },
  ];
  const own = templates.data?.filter((one) => !one.built_in) ?? [];
  const cards = (list: Template[]) => (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="md">
      {list.map((one) => <TemplateCard key={one.id} template={one} language={language} canRemove={!one.built_in} onChoose={() => choose({ design: one.design })} isBusy={begin.isPending} />)}
    </SimpleGrid>
  );
  return (
    <>
      <ContentHead campaign={campaign} />
      <Stack gap="lg" maw={1000}>
        {campaign.content && <Alert color="yellow" variant="light">{t('composer.start.replaces')}</Alert>}
        {isTaken && (
          <Alert color="yellow" variant="light" role="alert" icon={<IconUsers size={18} />} title={t('composer.start.taken')}>
            <Text size="sm" mb="xs">{t('composer.start.takenAbout')}</Text>
            <LinkButton size="xs" variant="default" {...here}>{t('composer.start.toTaken')}</LinkButton>
          </Alert>
        )}
        {!asked && !isTaken && <ProblemAlert error={begin.error} title={t('composer.start.failed')} />}
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="md">
          {ways.map(({ name, icon: Icon, content }) => (
            <Way key={name} icon={Icon} title={t(`composer.start.${name}`)} about={t(`composer.start.${name}About`)} act={t('composer.start.begin')} onAct={() => choose(content)} />
          ))}
          <Way icon={IconMailForward} title={t('composer.start.past')} about={t('composer.start.pastAbout')} act={t('composer.start.choose')} onAct={() => setChoosing(true)} />
        </SimpleGrid>
        {own.length > 0 && <Title order={2}>{t('composer.start.own')}</Title>}
        {own.length > 0 && cards(own)}
        <HtmlTemplates isBusy={begin.isPending} onChoose={(html) => choose({ html, plain_text: null })} />
        <Title order={2}>{t('composer.start.templates')}</Title>
        <ProblemAlert error={templates.error} />
        {cards(builtIn)}
      </Stack>
      {isChoosing && (
        <PastCampaign
          except={campaign.id}
          onClose={() => setChoosing(false)}
          onChoose={async (id) => {
            const { design, html, plain_text, plain_text_is_made } = await contentOf(queries, id);
            setChoosing(false);
            choose(design ? { design } : { html, plain_text: plain_text_is_made ? null : plain_text });
          }}
        />
      )}
      <AskFirst
        isOpen={asked !== null}
        title={t('composer.start.askTitle')}
        about={t('composer.start.replaces')}
        act={t('composer.start.replace')}
        isBusy={begin.isPending}
        error={begin.error}
        onAct={() => asked && go(asked)}
        onClose={() => setAsked(null)}
      />
    </>
  );
}

function Way({ icon: Icon, title, about, act, onAct }: { icon: Icon; title: string; about: string; act: string; onAct: () => void }) {
  return (
    <Paper>
      <Stack gap="xs" h="100%" justify="space-between">
        <Group gap="xs" wrap="nowrap"><Icon size={18} aria-hidden /><Title order={2} fz="md">{title}</Title></Group>
        <Text size="sm" c="dimmed" flex={1}>{about}</Text>
        <Button variant="default" size="xs" aria-label={`${title}: ${act}`} onClick={onAct}>{act}</Button>
      </Stack>
    </Paper>
  );
}
