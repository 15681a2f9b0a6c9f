import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { faultOf, VaultFault } from '../src/fault.ts';
import type { Login } from '../src/login.ts';
import { createSession, type SessionSteps } from '../src/session.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const denied = (invalidToken?: true) =>
  new VaultFault({ code: 'AccessDenied', status: 403 }, invalidToken ? { invalidToken } : {});
const { signal } = new AbortController();

/** A session whose calls are kept; logins give the tokens t1, t2 and so on, for 90 s, renewable. */
function start(steps: Partial<SessionSteps> = {}, login: Partial<Login> = {}) {
  const calls: string[] = [];
  let logins = 0;
  const keep =
    (name: string, answer: (token: string, inner: AbortSignal) => Promise<unknown>) =>
    async (token: string, inner: AbortSignal) => {
      calls.push(`${name} ${token}`);
      return await answer(token, inner);
    };
  const full: SessionSteps = {
    login: async () => ({ token: `t${++logins}`, ttlSeconds: 90, renewable: true, ours: true, ...login }),
    renew: async (token) => ({ token, ttlSeconds: 90, renewable: true }),
    lookup: async () => ({}),
    revoke: async () => ({}),
    ...steps,
  };
  const session = createSession({
    async login(inner) {
      calls.push('login');
      return await full.login(inner);
    },
    async renew(token, inner) {
      calls.push(`renew ${token}`);
      return await full.renew(token, inner);
    },
    lookup: keep('lookup', full.lookup),
    revoke: keep('revoke', full.revoke),
  });
  const use = () => session.use(async (token) => token, signal);
  const at = (seconds: number) => vi.setSystemTime(seconds * 1000);
  return { session, calls, use, at };
}

describe('in time', () => {
  it('renews after two thirds, once for all who wait, and again and again', async () => {
    const { calls, use, at } = start();
    await Promise.all([use(), use(), use()]);
    at(59);
    await use();
    expect(calls).toEqual(['login']);
    at(60);
    expect(await Promise.all([use(), use()])).toEqual(['t1', 't1']);
    at(119);
    await use();
    expect(calls).toEqual(['login', 'renew t1']);
    at(120);
    await use();
    expect(calls).toEqual(['login', 'renew t1', 'renew t1']);
  });

  it('logs in anew in place of a token that cannot be renewed', async () => {
    const { calls, use, at } = start({}, { renewable: false });
    await use();
    at(60);
    expect(await use()).toBe('t2');
    expect(calls).toEqual(['login', 'login']);
  });

  it('logs in anew once a renewal gives less than it asked for: the maximum is near', async () => {
    const { calls, use, at } = start({
      renew: async (token) => ({ token, ttlSeconds: 30, renewable: true }),
    });
    await use();
    at(60);
    expect(await use()).toBe('t1');
    at(79);
    expect(await use()).toBe('t1');
    at(80);
    expect(await use()).toBe('t2');
    expect(calls).toEqual(['login', 'renew t1', 'login']);
  });

  it('logs in anew after the machine slept through the end', async () => {
    const { calls, use, at } = start();
    await use();
    at(1000);
    expect(await use()).toBe('t2');
    expect(calls).toEqual(['login', 'login']);
  });

  it('logs in when the renewal is refused', async () => {
    const { calls, use, at } = start({
      renew: async () => {
        throw denied();
      },
    });
    await use();
    at(60);
    expect(await use()).toBe('t2');
    expect(calls).toEqual(['login', 'renew t1', 'login']);
  });

  it('goes on with the old token while it lasts when nobody answers, asking ever less', async () => {
    const { calls, use, at } = start({
      renew: async () => {
        throw faultOf('Unavailable', 'down');
      },
    });
    await use();
    at(60);
    expect([await use(), await use()]).toEqual(['t1', 't1']);
    at(75);
    expect(await use()).toBe('t1');
    expect(calls).toEqual(['login', 'renew t1', 'renew t1']);
    at(90);
    expect(await use()).toBe('t2');
  });

  it.each([{ ttlSeconds: 0 }, { ttlSeconds: undefined }])(
    'never renews a token without an end: %o',
    async (ttl) => {
      const { calls, use, at } = start({
        login: async () => ({
          token: 't1',
          renewable: true,
          ours: true,
          ...(ttl.ttlSeconds === 0 && { ttlSeconds: 0 }),
        }),
      });
      await use();
      at(10_000_000);
      await use();
      expect(calls).toEqual(['login']);
    },
  );
});

describe('after a 403', () => {
  it('logs in once for all who held the same token', async () => {
    const { session, calls } = start();
    const work = async (token: string) => {
      if (token === 't1') throw denied(true);
      return token;
    };
    expect(await Promise.all([1, 2, 3].map(() => session.use(work, signal)))).toEqual(['t2', 't2', 't2']);
    expect(calls).toEqual(['login', 'login']);
  });

  it('does not log in again for one who held an older token', async () => {
    const { session, calls } = start();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const late = session.use(async (token) => {
      if (token === 't2') return token;
      await held;
      throw denied(true);
    }, signal);
    await session.use(async (token) => {
      if (token === 't1') throw denied(true);
    }, signal);
    release();
    expect(await late).toBe('t2');
    expect(calls).toEqual(['login', 'login']);
  });

  it('of a living token is a denial: one lookup, no login', async () => {
    const { session, calls } = start();
    const work = async () => {
      throw denied();
    };
    await expect(session.use(work, signal)).rejects.toMatchObject({ fault: { code: 'AccessDenied' } });
    expect(calls).toEqual(['login', 'lookup t1']);
  });

  it('with a lookup that finds the token ended: one login, then what the new one gives', async () => {
    const { session, calls } = start({
      lookup: async () => {
        throw denied(true);
      },
    });
    const work = async (token: string) => {
      if (token === 't1') throw denied();
      return token;
    };
    expect(await session.use(work, signal)).toBe('t2');
    expect(calls).toEqual(['login', 'lookup t1', 'login']);
  });

  it('where even lookup-self is denied and nothing tells: one login in all, not one a read', async () => {
    const { session, calls } = start({
      lookup: async () => {
        throw denied();
      },
    });
    const work = async () => {
      throw denied();
    };
    for (let turn = 0; turn < 3; turn += 1) {
      await expect(session.use(work, signal)).rejects.toMatchObject({ fault: { code: 'AccessDenied' } });
    }
    expect(calls).toEqual(['login', 'lookup t1', 'login', 'lookup t2', 'lookup t2', 'lookup t2']);
  });

  it('is Unavailable when the lookup gets no answer', async () => {
    const { session } = start({
      lookup: async () => {
        throw faultOf('Unavailable', 'down');
      },
    });
    const work = async () => {
      throw denied();
    };
    await expect(session.use(work, signal)).rejects.toMatchObject({ fault: { code: 'Unavailable' } });
  });

  it('is Unauthenticated when the login gives the same token again', async () => {
    const { session, calls } = start({}, { token: 'same' });
    const work = async () => {
      throw denied(true);
    };
    await expect(session.use(work, signal)).rejects.toMatchObject({ fault: { code: 'Unauthenticated' } });
    expect(calls).toEqual(['login', 'login']);
  });

  it('a renewal that comes late does not bring the old token back', async () => {
    let finish = (_login: Login) => {};
    const { session, calls, use, at } = start({
      renew: () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    });
    await use();
    at(59);
    const early = session.use(async (token) => {
      if (token === 't1') throw denied(true);
      return token;
    }, signal);
    at(60);
    const slow = use();
    expect(await early).toBe('t2');
    finish({ token: 't1', ttlSeconds: 90, renewable: true, ours: true });
    expect(await slow).toBe('t2');
    expect(await use()).toBe('t2');
    expect(calls).toEqual(['login', 'renew t1', 'login']);
  });
});

describe('at the end', () => {
  it('revokes a token that it logged in for, and no other', async () => {
    const ours = start();
    await ours.use();
    await ours.session.close(signal);
    expect(ours.calls).toEqual(['login', 'revoke t1']);
    const given = start({}, { ours: false });
    await given.use();
    await given.session.close(signal);
    expect(given.calls).toEqual(['login']);
  });
});
