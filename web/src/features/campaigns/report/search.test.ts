import { describe, expect, it } from 'vitest';
import { readCampaignSearch } from '../search.ts';
import { exportAddress, filterOf, filterStates, isKeptUp, ofReason, readReportSearch, responses } from './search.ts';

describe('the address of a report', () => {
  it('says who is shown, in which order', () => {
    const whole = {
      tab: 'recipients', state: 'left_out', reason: 'opted_out', response: 'clicked', link: 7, domain: 'example.org', not_domains: 'a.example,b.example',
      from: '2026-03-01T10:00:00Z', until: '2026-03-01T11:00:00Z', q: 'ada', sort: '-opens', by: 'day',
    };
    expect(readReportSearch(whole)).toEqual(whole);
    const { tab: _tab, sort: _sort, by: _by, ...filter } = whole;
    expect(filterOf(readReportSearch(whole))).toEqual(filter);
  });
  it('passes over what it does not know', () => {
    expect(readReportSearch({ tab: 'performance', state: 'lost', reason: '<b>', response: 'smiled', link: -7, domain: '', not_domains: '', from: 'then', until: 7, q: '', sort: 'colour', by: 'week' })).toEqual({});
    expect(readReportSearch({ link: 'x', reason: 4, q: 12, domain: 12 })).toEqual({ q: '12', domain: '12' });
  });
  it('knows each word of the filters', () => {
    for (const state of filterStates) expect(readReportSearch({ state })).toEqual({ state });
    for (const response of responses) expect(readReportSearch({ response })).toEqual({ response });
  });
  it('may name the job that sends it, too', () => {
    expect(readCampaignSearch({ job: 3, tab: 'recipients', response: 'opened' })).toEqual({ job: 3, tab: 'recipients', response: 'opened' });
    expect(readCampaignSearch({ job: 'x' })).toEqual({});
  });
});

describe('the people behind a figure', () => {
  it('are left out for a reason, or stopped before their turn', () => {
    expect(ofReason('held')).toEqual({ state: 'left_out', reason: 'held' });
    expect(ofReason('canceled')).toEqual({ state: 'canceled' });
  });
  it('become a group that keeps up if a response alone says who', () => {
    expect(isKeptUp({ response: 'clicked' })).toBe(true);
    expect(isKeptUp({ response: 'clicked', q: '' })).toBe(true);
    expect(isKeptUp({ response: 'clicked', link: 4 })).toBe(false);
    expect(isKeptUp({ response: 'clicked', not_domains: 'example.org' })).toBe(false);
    expect(isKeptUp({ response: 'bounced_hard' })).toBe(false);
    expect(isKeptUp({})).toBe(false);
  });
  it('are written to a file', () => {
    expect(exportAddress(3, {})).toBe('/api/v1/campaigns/3/recipients/export?bom=true');
    expect(exportAddress(3, { q: 'a&b', link: 4, state: undefined })).toBe('/api/v1/campaigns/3/recipients/export?q=a%26b&link=4&bom=true');
  });
});
