import { describe, expect, it } from 'vitest';
import { readCampaignsSearch } from './search.ts';

describe('the address of the list of campaigns', () => {
  it('keeps what is known, and forgets the rest', () => {
    expect(readCampaignsSearch({ q: 'news', status: ['sent', 'lost'], sort: 'name' })).toEqual({ q: 'news', status: ['sent'], sort: 'name' });
    expect(readCampaignsSearch({ status: 'draft', sort: 'colour', page: 4 })).toEqual({ status: ['draft'] });
    expect(readCampaignsSearch({ status: [] })).toEqual({});
  });
});
