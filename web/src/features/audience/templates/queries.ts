/** Templates: HTML that was brought along, and designs of the editor beside it. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { call, mc, type Marketing } from '../../../api/client.ts';

export type Template = Marketing['MailTemplate'];

/** As many as the server answers at once. */
const MANY = 1000;
const root = ['templates'];

/** What was changed last comes first. */
export const templatesQuery = queryOptions({
  queryKey: [...root, 'all'],
  queryFn: ({ signal }) => call(mc.GET('/templates', { params: { query: { count: MANY, sort_field: 'date_edited', sort_dir: 'DESC' } }, signal })),
  select: ({ templates }) => templates,
});

export const foldersQuery = queryOptions({
  queryKey: [...root, 'folders'],
  queryFn: ({ signal }) => call(mc.GET('/template-folders', { params: { query: { count: MANY } }, signal })),
  select: ({ folders }) => folders,
});

/** By name, what stands there at first. */
export const sectionsQuery = (id: number) =>
  queryOptions({
    queryKey: [...root, 'sections', id],
    queryFn: ({ signal }) => call(mc.GET('/templates/{template_id}/default-content', { params: { path: { template_id: String(id) } }, signal })),
    select: ({ sections }) => Object.entries(sections as Record<string, string>),
  });

export interface TemplateInput {
  name?: string;
  html?: string;
  folder_id?: string;
}

/** id null: a new one. The list is not awaited: whoever saves closes its dialog first, which a new list would move. */
export function useSaveTemplate() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, body }: { id: number | null; body: TemplateInput }) =>
      id === null
        ? call(mc.POST('/templates', { body }))
        : call(mc.PATCH('/templates/{template_id}', { params: { path: { template_id: String(id) } }, body })),
    onSettled: () => { void queries.invalidateQueries({ queryKey: root }); },
  });
}

export function useRemoveTemplate() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => call(mc.DELETE('/templates/{template_id}', { params: { path: { template_id: String(id) } } })),
    onSettled: () => { void queries.invalidateQueries({ queryKey: root }); },
  });
}
