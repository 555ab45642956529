import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Problem } from '../api/problem.ts';
import { AGAIN_MS, DraftKeeper, WAIT_MS, type DraftOptions, type Wins } from './draft.ts';
import type { Loaded } from './useRecordForm.ts';

type Values = { a: string; b: string };

/** One server, which several people write to. */
class Server {
  now: Loaded<Values> = { values: { a: 'a', b: 'b' }, etag: '1' };
  saves = 0;
  /** What goes wrong next; lost: it is saved, and nobody hears of it. */
  trouble: Problem | 'lost' | null = null;
  /** Answers wait for it. */
  gate: Promise<void> = Promise.resolve();

  write(values: Partial<Values>): void {
    this.now = { values: { ...this.now.values, ...values }, etag: String(Number(this.now.etag) + 1) };
  }

  async save(values: Values, before: Loaded<Values>): Promise<{ etag: string | null }> {
    this.saves++;
    await this.gate;
    if (this.trouble instanceof Problem) throw this.trouble;
    if (before.etag !== this.now.etag) throw new Problem(412, 'changed');
    this.write(values);
    if (this.trouble === 'lost') throw new Problem(0, 'lost');
    return { etag: this.now.etag };
  }

  async reload(): Promise<Loaded<Values>> {
    if (this.trouble instanceof Problem) throw this.trouble;
    return this.now;
  }

  open(more: Partial<DraftOptions<Values>> = {}): DraftKeeper<Values> {
    return new DraftKeeper<Values>({ loaded: this.now, save: (values, before) => this.save(values, before), reload: () => this.reload(), ...more });
  }
}

const offline = new Problem(0, 'no connection');

let server: Server;
beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
});
afterEach(() => vi.useRealTimers());

describe('what is typed', () => {
  it('is saved a moment after the last letter, once', async () => {
    const draft = server.open();
    draft.change({ a: 'x' });
    await vi.advanceTimersByTimeAsync(WAIT_MS - 1);
    draft.change({ a: 'xy' });
    expect(draft.read().state).toBe('unsaved');
    await vi.advanceTimersByTimeAsync(WAIT_MS - 1);
    expect(server.saves).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect([server.saves, server.now.values.a, draft.read().state, draft.read().saved.a]).toEqual([1, 'xy', 'saved', 'xy']);
  });

  it('is not saved if it is as it was', async () => {
    const draft = server.open();
    draft.change({ a: 'x' });
    draft.change({ a: 'a' });
    expect(draft.read().state).toBe('saved');
    await vi.advanceTimersByTimeAsync(WAIT_MS);
    expect(server.saves).toBe(0);
  });

  it('is saved as the server keeps it, and stays as it was typed', async () => {
    const draft = server.open({ stored: ({ a, b }) => ({ a: a.trim(), b: b.trim() }) });
    draft.change({ a: 'two ' });
    expect(await draft.flush()).toBe(true);
    expect([server.saves, server.now.values.a, draft.read().values.a, draft.read().saved.a]).toEqual([1, 'two', 'two ', 'two']);
    server.write({ b: 'theirs' });
    draft.change({ a: 'two words' });
    expect(await draft.flush()).toBe(true);
    expect(server.now.values).toEqual({ a: 'two words', b: 'theirs' });
  });

  it('while it is being saved, is saved after it', async () => {
    let open = () => {};
    server.gate = new Promise((done) => (open = done));
    const draft = server.open();
    draft.change({ a: 'x' });
    const whole = draft.flush();
    draft.change({ b: 'y' });
    expect(draft.read().values).toEqual({ a: 'x', b: 'y' });
    open();
    expect(await whole).toBe(true);
    expect([server.saves, server.now.values]).toEqual([2, { a: 'x', b: 'y' }]);
  });

  it('tells whoever listens, until they do not', async () => {
    const draft = server.open();
    const told = vi.fn();
    const leave = draft.subscribe(told);
    draft.change({ a: 'x' });
    expect(told).toHaveBeenCalled();
    leave();
    told.mockClear();
    await draft.flush();
    expect(told).not.toHaveBeenCalled();
  });
});

describe('two people, or two tabs of one', () => {
  it('who changed different fields both keep theirs', async () => {
    const [mine, theirs] = [server.open(), server.open()];
    theirs.change({ b: 'theirs' });
    mine.change({ a: 'mine' });
    await Promise.all([theirs.flush(), mine.flush()]);
    expect(server.now.values).toEqual({ a: 'mine', b: 'theirs' });
    expect([mine.read().state, mine.read().values]).toEqual(['saved', { a: 'mine', b: 'theirs' }]);
    mine.change({ a: 'again' });
    expect(await mine.flush()).toBe(true);
  });

  it('who changed the same field are asked, and nothing is saved before', async () => {
    const draft = server.open();
    server.write({ a: 'theirs' });
    draft.change({ a: 'mine', b: 'mine too' });
    expect(await draft.flush()).toBe(false);
    const { state, meeting } = draft.read();
    expect([state, meeting]).toMatchObject(['stopped', { theirs: { a: 'theirs', b: 'b' }, fields: ['a'], before: { a: 'a', b: 'b' } }]);
    draft.change({ a: 'mine, more' });
    await vi.advanceTimersByTimeAsync(10 * AGAIN_MS);
    expect([await draft.flush(), server.now.values]).toEqual([false, { a: 'theirs', b: 'b' }]);
    draft.keepMine();
    expect(await draft.flush()).toBe(true);
    expect([server.now.values, draft.read().meeting]).toEqual([{ a: 'mine, more', b: 'mine too' }, null]);
  });

  it('who take what was saved lose no more than that', async () => {
    const draft = server.open();
    server.write({ a: 'theirs' });
    draft.change({ a: 'mine', b: 'mine too' });
    await draft.flush();
    draft.takeTheirs();
    expect(draft.read().values).toEqual({ a: 'theirs', b: 'mine too' });
    expect(await draft.flush()).toBe(true);
    expect(server.now.values).toEqual({ a: 'theirs', b: 'mine too' });
  });

  it('who meet a third one meanwhile are asked again', async () => {
    const draft = server.open();
    server.write({ a: 'theirs' });
    draft.change({ a: 'mine' });
    await draft.flush();
    server.write({ a: 'of a third' });
    draft.keepMine();
    expect(await draft.flush()).toBe(false);
    expect(draft.read().meeting?.theirs.a).toBe('of a third');
  });

  it('are made one inside a field by who knows how; else asked about that part', async () => {
    // words of `a`, of which each may change some
    const unite = (before: Values, mine: Values, theirs: Values, wins?: Wins): Values | null => {
      const [old, ours, others] = [before, mine, theirs].map(({ a }) => a.split(' ')) as [string[], string[], string[]];
      const words = old.map((word, i) => (ours[i] === word ? others[i] : others[i] === word ? ours[i] : wins && (wins === 'mine' ? ours[i] : others[i])));
      return words.includes(undefined) ? null : { a: words.join(' '), b: mine.b };
    };
    server.write({ a: 'one two three' });
    const draft = server.open({ unite });
    server.write({ a: 'one two DREI' });
    draft.change({ a: 'EINS two three' });
    expect(await draft.flush()).toBe(true);
    expect(server.now.values.a).toBe('EINS two DREI');

    for (const [decide, made] of [['keepMine', 'un deux tre'], ['takeTheirs', 'uno deux tre']] as const) {
      server.write({ a: 'EINS two DREI' });
      const another = server.open({ unite });
      server.write({ a: 'uno two tre' });
      another.change({ a: 'un deux DREI' });
      expect(await another.flush()).toBe(false);
      another[decide]();
      expect(await another.flush()).toBe(true);
      expect(server.now.values.a).toBe(made);
    }
  });

  it('see what the other saved, if they typed nothing', () => {
    const draft = server.open();
    server.write({ a: 'theirs' });
    draft.take(server.now);
    expect([draft.read().values.a, draft.read().saved.a, draft.read().state]).toEqual(['theirs', 'theirs', 'saved']);
    draft.change({ a: 'mine' });
    server.write({ a: 'theirs again' });
    draft.take(server.now);
    expect(draft.read().values.a).toBe('mine');
  });
});

describe('what comes in before the page is drawn anew', () => {
  /** A page that is behind: it shows what it was given last. */
  const behind = (more: Partial<DraftOptions<Values>> = {}) => {
    const draft = server.open(more);
    draft.draw(draft.read().values);
    return draft;
  };

  it('stays, if something else is typed', async () => {
    const draft = behind();
    server.write({ b: 'theirs' });
    draft.change({ a: 'm' });
    await draft.flush();
    draft.change({ a: 'mi' });
    draft.change({ a: 'min' });
    expect(draft.read().values).toEqual({ a: 'min', b: 'theirs' });
    expect(await draft.flush()).toBe(true);
    expect(server.now.values).toEqual({ a: 'min', b: 'theirs' });
    draft.draw(draft.read().values);
    draft.change({ b: 'mine' });
    expect(await draft.flush()).toBe(true);
    expect(server.now.values).toEqual({ a: 'min', b: 'mine' });
  });

  it('is asked about, if it is typed over', async () => {
    const draft = behind();
    server.write({ b: 'theirs' });
    draft.change({ a: 'mine' });
    await draft.flush();
    draft.change({ b: 'b, mine' });
    expect([draft.read().state, draft.read().meeting]).toMatchObject(['stopped', { theirs: { a: 'mine', b: 'theirs' }, fields: ['b'] }]);
    await vi.advanceTimersByTimeAsync(10 * AGAIN_MS);
    expect(server.now.values.b).toBe('theirs');
    draft.keepMine();
    expect(await draft.flush()).toBe(true);
    expect(server.now.values).toEqual({ a: 'mine', b: 'b, mine' });
  });

  it('is asked about also while a save is under way, which is not told as the end of it', async () => {
    for (const trouble of [null, offline, new Problem(400, 'no')]) {
      const draft = behind();
      server.write({ b: `theirs ${server.saves}` });
      draft.take(server.now);
      let open = () => {};
      server.gate = new Promise((done) => (open = done));
      draft.change({ a: `mine ${server.saves}` });
      server.trouble = trouble;
      const whole = draft.flush();
      draft.change({ b: 'b, mine' });
      open();
      expect(await whole).toBe(false);
      expect([draft.read().state, draft.read().meeting?.fields]).toEqual(['stopped', ['b']]);
      server.trouble = null;
      draft.takeTheirs();
      expect(await draft.flush()).toBe(true);
      expect(server.now.values.b).toMatch(/^theirs/);
      expect(server.now.values.a).toMatch(/^mine/);
    }
  });

  it('joins what is asked about already', async () => {
    const draft = behind();
    server.write({ a: 'theirs', b: 'theirs' });
    draft.change({ a: 'mine' });
    await draft.flush();
    draft.change({ b: 'mine' });
    expect(draft.read().meeting?.fields).toEqual(['a', 'b']);
    draft.takeTheirs();
    expect(await draft.flush()).toBe(true);
    expect(server.now.values).toEqual({ a: 'theirs', b: 'theirs' });
  });

  it('is made one with what is typed by who knows how', async () => {
    // each letter is a part
    const unite = (before: Values, mine: Values, theirs: Values) => {
      const letters = [...before.a].map((letter, i) => (mine.a[i] === letter ? theirs.a[i] : mine.a[i]));
      return { a: letters.join(''), b: mine.b };
    };
    server.write({ a: '---' });
    const draft = behind({ unite });
    server.write({ a: '--T' });
    draft.change({ a: 'M--' });
    await draft.flush();
    draft.change({ a: 'MM-' });
    expect(draft.read().values.a).toBe('MMT');
    expect(await draft.flush()).toBe(true);
    expect(server.now.values.a).toBe('MMT');
  });
});

describe('a connection that breaks', () => {
  it('is waited for: nothing is lost, and it is saved by itself', async () => {
    server.trouble = offline;
    const draft = server.open();
    draft.change({ a: 'x' });
    await vi.advanceTimersByTimeAsync(WAIT_MS);
    expect([draft.read().state, draft.read().problem]).toEqual(['offline', offline]);
    draft.change({ b: 'y' });
    expect(draft.read().state).toBe('offline');
    await vi.advanceTimersByTimeAsync(3 * AGAIN_MS);
    expect(draft.read().state).toBe('offline');
    server.trouble = null;
    await vi.advanceTimersByTimeAsync(AGAIN_MS);
    expect([draft.read().state, server.now.values]).toEqual(['saved', { a: 'x', b: 'y' }]);
    const { saves } = server;
    await vi.advanceTimersByTimeAsync(10 * AGAIN_MS);
    expect(server.saves).toBe(saves);
  });

  it('is tried at once when the browser says that there is one', async () => {
    server.trouble = offline;
    const draft = server.open();
    draft.change({ a: 'x' });
    await draft.flush();
    server.trouble = null;
    draft.retry();
    await vi.advanceTimersByTimeAsync(0);
    expect(draft.read().state).toBe('saved');
    draft.retry();
    expect(server.saves).toBe(2);
  });

  it('may lose only the answer: it is not taken for somebody else', async () => {
    server.trouble = 'lost';
    const draft = server.open();
    draft.change({ a: 'x' });
    expect(await draft.flush()).toBe(false);
    server.trouble = null;
    expect(await draft.flush()).toBe(true);
    expect([draft.read().meeting, server.now.values.a]).toEqual([null, 'x']);
  });

  describe('and loses answers while one types on', () => {
    const lose = async (draft: DraftKeeper<Values>, changes: Partial<Values>) => {
      server.trouble = 'lost';
      draft.change(changes);
      expect(await draft.flush()).toBe(false);
      server.trouble = null;
    };

    it('asks about nothing: what is there is our own', async () => {
      const draft = server.open();
      await lose(draft, { a: 'x' });
      draft.change({ a: 'xy' });
      expect(await draft.flush()).toBe(true);
      expect([draft.read().meeting, server.now.values, draft.read().saved.a]).toEqual([null, { a: 'xy', b: 'b' }, 'xy']);
      await lose(draft, { a: 'xyz' });
      draft.change({ a: 'xyz!', b: 'y' });
      expect(await draft.flush()).toBe(true);
      expect(server.now.values).toEqual({ a: 'xyz!', b: 'y' });
    });

    it('also if several in a row are lost', async () => {
      const draft = server.open();
      await lose(draft, { a: 'x' });
      await lose(draft, { a: 'xy' });
      await lose(draft, { a: 'xyz', b: 'y' });
      expect(await draft.flush()).toBe(true);
      expect([draft.read().state, server.now.values]).toEqual(['saved', { a: 'xyz', b: 'y' }]);
    });

    it('saves what was taken back meanwhile', async () => {
      const draft = server.open();
      await lose(draft, { a: 'x' });
      draft.change({ a: 'a' });
      expect(draft.read().state).not.toBe('saved');
      expect(await draft.flush()).toBe(true);
      expect([server.now.values.a, draft.read().values.a]).toEqual(['a', 'a']);
    });

    it('still asks about what somebody else wrote, there or elsewhere', async () => {
      const draft = server.open();
      await lose(draft, { a: 'x', b: 'mine' });
      server.write({ b: 'theirs' });
      draft.change({ a: 'xy' });
      expect(await draft.flush()).toBe(false);
      expect(draft.read().meeting).toMatchObject({ theirs: { a: 'x', b: 'theirs' }, fields: ['b'] });
      draft.takeTheirs();
      expect(await draft.flush()).toBe(true);
      expect(server.now.values).toEqual({ a: 'xy', b: 'theirs' });
    });

    it('asks about what somebody wrote before it came', async () => {
      const draft = server.open();
      server.trouble = offline;
      draft.change({ a: 'x' });
      await draft.flush();
      server.trouble = null;
      server.write({ a: 'theirs' });
      expect(await draft.flush()).toBe(false);
      expect(draft.read().meeting?.fields).toEqual(['a']);
    });

    it('says to who unites what was sent, also when it is decided', async () => {
      const seen: [Values, Values | null | undefined][] = [];
      const draft = server.open({ unite: (before, _mine, _theirs, _wins, sent) => (seen.push([before, sent]), null) });
      await lose(draft, { a: 'x', b: 'mine' });
      server.write({ b: 'theirs' });
      draft.change({ a: 'xy' });
      await draft.flush();
      draft.keepMine();
      await draft.flush();
      const [common, sent] = [{ a: 'x', b: 'b' }, { a: 'x', b: 'mine' }];
      expect(seen).toEqual([[common, sent], [common, sent]]);
    });

    it('goes on with what was mended, if what was sent before is refused', async () => {
      const draft = server.open();
      server.trouble = offline;
      draft.change({ a: 'nobody@' });
      await draft.flush();
      draft.change({ a: 'nobody@example.org' });
      let refused = 0;
      draft.options = {
        ...draft.options,
        save: (values, before) => (values.a === 'nobody@' ? (refused++, Promise.reject(new Problem(400, 'half'))) : server.save(values, before)),
      };
      server.trouble = null;
      expect(await draft.flush()).toBe(true);
      expect([refused, server.now.values.a, draft.read().state]).toEqual([1, 'nobody@example.org', 'saved']);
    });
  });

  it('in the middle of a meeting is waited for, and the meeting comes', async () => {
    const draft = server.open({
      reload: async () => {
        if (server.saves < 2) throw offline;
        return server.now;
      },
    });
    server.write({ a: 'theirs' });
    draft.change({ a: 'mine' });
    await draft.flush();
    expect(draft.read().state).toBe('offline');
    await vi.advanceTimersByTimeAsync(AGAIN_MS);
    expect(draft.read().meeting?.fields).toEqual(['a']);
  });
});

describe('what the server refuses', () => {
  it('stays, is told, and is tried again with the next letter', async () => {
    server.trouble = new Problem(400, 'not an address', [{ field: 'a', message: 'not an address' }]);
    const draft = server.open();
    draft.change({ a: 'nobody' });
    await draft.flush();
    expect([draft.read().state, draft.read().problem?.of('a'), draft.read().values.a]).toEqual(['stopped', 'not an address', 'nobody']);
    await vi.advanceTimersByTimeAsync(10 * AGAIN_MS);
    expect(server.saves).toBe(1);
    server.trouble = null;
    draft.change({ a: 'ann@example.org' });
    expect([draft.read().state, draft.read().problem]).toEqual(['unsaved', null]);
    await vi.advanceTimersByTimeAsync(WAIT_MS);
    expect(draft.read().state).toBe('saved');
  });

  it('because it is gone is told, not waited for', async () => {
    const draft = server.open({
      save: async () => Promise.reject(new Problem(412, 'changed')),
      reload: async () => Promise.reject(new Problem(404, 'gone')),
    });
    draft.change({ a: 'x' });
    await draft.flush();
    expect([draft.read().state, draft.read().problem?.status]).toEqual(['stopped', 404]);
  });
});

describe('leaving the page', () => {
  it('saves first: it may be left once all is saved', async () => {
    const draft = server.open();
    draft.change({ a: 'x' });
    expect(await draft.flush()).toBe(true);
    server.trouble = offline;
    draft.change({ a: 'y' });
    expect(await draft.flush()).toBe(false);
  });

  it('ends what would be tried by itself', async () => {
    server.trouble = offline;
    const draft = server.open();
    draft.change({ a: 'x' });
    draft.stop();
    await vi.advanceTimersByTimeAsync(10 * WAIT_MS);
    expect(server.saves).toBe(0);
    await draft.flush();
    draft.stop();
    await vi.advanceTimersByTimeAsync(10 * AGAIN_MS);
    expect(server.saves).toBe(1);
  });
});
