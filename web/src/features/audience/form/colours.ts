/** Colours and texts of the sign-up form: what the API has as lists of names, as the fields of a form, and back. */
import type { Marketing } from '../../../api/client.ts';
import { changesOf, choiceOf, chosenFields, fieldKey, type FormField } from './fields.ts';

export type SignupForm = Pick<Marketing['SignupForm'], 'header' | 'contents' | 'styles'>;
type Style = SignupForm['styles'][number];

export interface FormValues extends Record<string, unknown> {
  logo: string;
  logoAlt: string;
  heading: string;
  message: string;
  thanks: string;
  farewell: string;
  page: string;
  text: string;
  button: string;
  buttonText: string;
  /** '': the usual words, in the reader's language. */
  consent: string;
  isConfirmed: boolean;
}

const texts = { message: 'signup_message', thanks: 'signup_thank_you_title', farewell: 'unsub_message' } as const;
const colours = {
  page: ['page_background', 'background-color'],
  text: ['page_background', 'color'],
  button: ['forms_buttons', 'background-color'],
  buttonText: ['forms_buttons', 'color'],
} as const;
export type TextName = 'heading' | keyof typeof texts;
export type ColourName = keyof typeof colours;
export const textNames: readonly TextName[] = ['heading', 'message', 'thanks', 'farewell'];
export const colourNames = Object.keys(colours) as ColourName[];

function colourOf(styles: readonly Style[], name: ColourName): string {
  const [selector, property] = colours[name];
  return styles.find((style) => style.selector === selector)?.options.find((option) => option.property === property)?.value ?? '';
}

export function valuesOf({ header, contents, styles }: SignupForm, isConfirmed: boolean, fields: FormField[] = [], consent = ''): FormValues {
  const textOf = (section: string) => contents.find((one) => one.section === section)?.value ?? '';
  return {
    logo: header.image_url ?? '',
    logoAlt: header.image_alt ?? '',
    heading: header.text,
    message: textOf(texts.message),
    thanks: textOf(texts.thanks),
    farewell: textOf(texts.farewell),
    page: colourOf(styles, 'page'),
    text: colourOf(styles, 'text'),
    button: colourOf(styles, 'button'),
    buttonText: colourOf(styles, 'buttonText'),
    consent,
    isConfirmed,
    ...Object.fromEntries(fields.map((field) => [fieldKey(field), choiceOf(field)])),
  };
}

/** What else a selector has stays: a body replaces all of it. '' takes the colour away. */
function withColours(styles: readonly Style[], changed: Partial<Record<ColourName, string>>): Style[] {
  const selectors = new Map<string, Style>();
  for (const [name, value] of Object.entries(changed) as [ColourName, string][]) {
    const [selector, property] = colours[name];
    const before = selectors.get(selector) ?? styles.find((style) => style.selector === selector) ?? { selector, options: [] };
    const options = before.options.filter((option) => option.property !== property);
    selectors.set(selector, { selector, options: value ? [...options, { property, value }] : options });
  }
  return [...selectors.values()];
}

/** What the header has of the form's fields. */
const heads = [['heading', 'text'], ['logo', 'image_url'], ['logoAlt', 'image_alt']] as const;

export interface FormChange {
  header?: Partial<Record<(typeof heads)[number][1], string>>;
  contents?: SignupForm['contents'];
  styles?: Style[];
}

/** Only what was changed is sent: two may change two things. null: nothing. */
export function changeOf(now: SignupForm, before: FormValues, after: FormValues): FormChange | null {
  const isOther = (name: string) => after[name] !== before[name];
  const contents = (Object.keys(texts) as (keyof typeof texts)[]).filter(isOther).map((name) => ({ section: texts[name], value: after[name] }));
  const header = heads.filter(([name]) => isOther(name)).map(([name, key]) => [key, after[name]]);
  const styles = withColours(now.styles, Object.fromEntries(colourNames.filter(isOther).map((name) => [name, after[name]])));
  const change = {
    ...(header.length > 0 && { header: Object.fromEntries(header) }),
    ...(contents.length > 0 && { contents }),
    ...(styles.length > 0 && { styles }),
  };
  return Object.keys(change).length > 0 ? change : null;
}

export interface FormDraft extends FormChange {
  consent?: string | null;
  fields?: { id: number; public?: boolean; required?: boolean }[];
}

/** What of a form is typed and not saved: to be looked at. */
export function draftOf(now: SignupForm, fields: readonly FormField[], before: FormValues, after: FormValues): FormDraft {
  const chosen = changesOf(fields, chosenFields(fields, after)).map(({ id, body }) => ({ id, ...body }));
  return {
    ...changeOf(now, before, after),
    ...(after.consent !== before.consent && { consent: after.consent.trim() || null }),
    ...(chosen.length > 0 && { fields: chosen }),
  };
}
