import { expect, test } from 'vitest';
import { changeOf, draftOf, valuesOf, type SignupForm } from './colours.ts';
import { changesOf, chosenFields, fieldKey } from './fields.ts';

const form = {
  header: { text: 'Hello' },
  contents: [{ section: 'signup_message', value: 'Join us' }],
  styles: [{ selector: 'forms_buttons', options: [{ property: 'background-color', value: '#112233' }, { property: 'border-radius', value: '4px' }] }],
} as unknown as SignupForm;
const before = valuesOf(form, true);

test('what the form has stands in its fields', () => {
  expect(before).toMatchObject({ heading: 'Hello', message: 'Join us', thanks: '', button: '#112233', page: '', isConfirmed: true });
});

test('nothing changed is nothing to send, whether to confirm is of the list', () => {
  expect(changeOf(form, before, { ...before })).toBeNull();
  expect(changeOf(form, before, { ...before, isConfirmed: false })).toBeNull();
});

test('a change carries that alone, and keeps what else the button has', () => {
  expect(changeOf(form, before, { ...before, thanks: 'Thanks' })).toEqual({ contents: [{ section: 'signup_thank_you_title', value: 'Thanks' }] });
  expect(changeOf(form, before, { ...before, button: '#ff0000', buttonText: '#ffffff' })).toEqual({
    styles: [{
      selector: 'forms_buttons',
      options: [{ property: 'border-radius', value: '4px' }, { property: 'background-color', value: '#ff0000' }, { property: 'color', value: '#ffffff' }],
    }],
  });
});

test('a colour is taken away', () => {
  expect(changeOf(form, before, { ...before, button: '' })).toEqual({ styles: [{ selector: 'forms_buttons', options: [{ property: 'border-radius', value: '4px' }] }] });
});

test('of the fields only what was changed is sent', () => {
  const field = { id: 1, tag: 'FNAME', name: 'First Name', isShown: true, isRequired: false };
  expect(changesOf([field], [{ ...field }])).toEqual([]);
  expect(changesOf([field, { ...field, id: 2, isRequired: true }], [{ ...field, isRequired: true }, { ...field, id: 2, isShown: false, isRequired: false }])).toEqual([
    { id: 1, body: { required: true } },
    { id: 2, body: { public: false, required: false } },
  ]);
});

test('each field has a value of its own in the form', () => {
  const fields = [1, 2].map((id) => ({ id, tag: `T${id}`, name: '', isShown: true, isRequired: id === 2 }));
  const values = valuesOf(form, true, fields);
  expect(chosenFields(fields, values)).toEqual(fields);
  expect(chosenFields(fields, { ...values, [fieldKey({ id: 2 })]: 'hidden' })[1]).toMatchObject({ isShown: false, isRequired: false });
});

test('what is typed and not saved is looked at, and nothing else', () => {
  const field = { id: 1, tag: 'FNAME', name: 'First Name', isShown: true, isRequired: false };
  const values = valuesOf(form, true, [field], 'Mine');
  expect(draftOf(form, [field], values, { ...values, isConfirmed: false })).toEqual({});
  expect(draftOf(form, [field], values, { ...values, consent: ' ', heading: 'New', [fieldKey(field)]: 'required' })).toEqual({
    header: { text: 'New' }, consent: null, fields: [{ id: 1, required: true }],
  });
});
