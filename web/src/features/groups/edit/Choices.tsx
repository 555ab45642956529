/** What a group is of, whether it follows its conditions, and whether it has any. */
import { Input, Radio, SegmentedControl, SimpleGrid, Stack } from '@mantine/core';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Entity } from './queries.ts';
import { BEGINNING, BY_HAND, type GroupValues } from './values.ts';

const entities = ['people', 'companies', 'leads'] as const;
const kinds = ['dynamic', 'static'] as const;

interface Props {
  isNew: boolean;
  values: GroupValues;
  onChange: (change: Partial<GroupValues>) => void;
}

export function Choices({ isNew, values, onChange }: Props) {
  const { t } = useTranslation();
  const { entity, kind, criteria } = values;
  /** What was built for each, for who goes there and back. */
  const built = useRef<Partial<Record<Entity, string>>>({});
  const keep = () => {
    if (criteria !== BY_HAND) built.current[entity] = criteria;
  };
  const builtFor = (next: Entity) => built.current[next] ?? BEGINNING;
  const choose = (change: Partial<GroupValues>) => {
    keep();
    onChange(change);
  };
  if (!isNew && kind === 'dynamic') return null;
  return (
    <Stack gap="lg">
      {isNew && (
        <Input.Wrapper label={t('groupEdit.of')} labelElement="div">
          <SegmentedControl
            display="flex"
            w="fit-content"
            mt={4}
            aria-label={t('groupEdit.of')}
            data={entities.map((one) => ({ value: one, label: t(`groupEdit.entity.${one}`) }))}
            value={entity}
            onChange={(next) => choose({ entity: next, criteria: criteria === BY_HAND ? BY_HAND : builtFor(next) })}
          />
        </Input.Wrapper>
      )}
      {isNew && (
        <Radio.Group
          label={t('groupEdit.kindTitle')}
          value={kind}
          onChange={(next) =>
            choose(next === 'dynamic' ? { kind: 'dynamic', criteria: criteria === BY_HAND ? builtFor(entity) : criteria } : { kind: 'static' })
          }
        >
          <SimpleGrid cols={{ base: 1, sm: 2 }} mt={6}>
            {kinds.map((one) => <Radio key={one} value={one} label={t(`groupEdit.kind.${one}`)} description={t(`groupEdit.kindAbout.${one}`)} />)}
          </SimpleGrid>
        </Radio.Group>
      )}
      {kind === 'static' && (
        <Radio.Group
          label={isNew ? t('groupEdit.start') : t('groupEdit.comesIn')}
          value={criteria === BY_HAND ? 'hand' : 'criteria'}
          onChange={(next) => choose({ criteria: next === 'hand' ? BY_HAND : builtFor(entity) })}
        >
          <SimpleGrid cols={{ base: 1, sm: 2 }} mt={6}>
            <Radio value="criteria" label={t('groupEdit.byCriteria')} description={isNew ? t('groupEdit.byCriteriaAbout') : t('groupEdit.byCriteriaAgain')} />
            <Radio
              value="hand"
              label={isNew ? t('groupEdit.byHand') : t('groupEdit.byHandOnly')}
              description={isNew ? t('groupEdit.byHandAbout') : t('groupEdit.byHandOnlyAbout')}
            />
          </SimpleGrid>
        </Radio.Group>
      )}
    </Stack>
  );
}
