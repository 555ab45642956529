/** The steps of an administrator, in their order, and what each is called. */
export const order = ['organisation', 'relay', 'people'] as const;
export type Step = (typeof order)[number];

export const names = { organisation: 'setup.organisationShort', relay: 'setup.relayShort', people: 'setup.peopleShort' } as const;
