import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Outcome, Provider } from '../../core/src/provider.ts';
import { canary, conformance, runWith, type Subject } from '../src/index.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A provider that asks a server of the test's own, one path a call, over the sockets that `fetch` keeps alive. */
function overHttp(base: string): Provider {
  class Refused extends Error {
    readonly status: number;
    constructor(status: number) {
      super(`HTTP ${status}`);
      this.status = status;
    }
  }
  const codes = {
    401: 'Unauthenticated',
    403: 'AccessDenied',
    410: 'Disabled',
    429: 'Throttled',
    503: 'Unavailable',
  } as const;
  return {
    contract: 1,
    kind: 'over-http',
    batchSize: 1,
    params: [],
    fetch: (locators, { signal }) =>
      Promise.all(
        locators.map(async ({ path }): Promise<Outcome<{ value: Uint8Array }>> => {
          const response = await fetch(`${base}/${path}`, { signal });
          const value = new Uint8Array(await response.arrayBuffer());
          if (response.status === 404) return { ok: false, code: 'NotFound' };
          if (!response.ok) throw new Refused(response.status);
          return { ok: true, value: { value } };
        }),
      ),
    classify: (error) => {
      if (!(error instanceof Refused)) return undefined;
      for (const [status, code] of Object.entries(codes))
        if (error.status === Number(status)) return { code };
      return undefined;
    },
  };
}

async function serve(answer: Answer) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    base,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function subjectOver(make: (base: string) => Provider): Subject {
  const refusing = (status: number) => async () => {
    const { base, ...opened } = await serve((_, response) => response.writeHead(status).end(canary));
    return { provider: make(base), path: 'secret', ...opened };
  };
  return {
    async open() {
      const values = new Map<string, string | Uint8Array>();
      const { base, ...opened } = await serve((request, response) => {
        const value = values.get(request.url?.slice(1) ?? '');
        response.writeHead(value === undefined ? 404 : 200).end(value);
      });
      return {
        provider: make(base),
        path: (name) => name,
        async put(path, value) {
          if (typeof value === 'string' || value instanceof Uint8Array) values.set(path, value);
        },
        ...opened,
      };
    },
    cannot: {
      check: 'the server has the last word',
      describe: 'the server tells no dates',
      dispose: 'idle sockets keep no process alive',
    },
    faults: {
      AccessDenied: refusing(403),
      Unauthenticated: refusing(401),
      Throttled: refusing(429),
      Unavailable: refusing(503),
      Disabled: refusing(410),
    },
    async hangs() {
      let arrive = () => {};
      const reached = new Promise<void>((resolve) => {
        arrive = resolve;
      });
      const { base, ...opened } = await serve(() => arrive());
      return { provider: make(base), path: 'secret', reached, ...opened };
    },
    timeout: 1000,
  };
}

describe('a provider over HTTP', () => runWith(it, subjectOver(overHttp)));

describe('a provider over HTTP that leaves a request open', () => {
  it('is caught by the check of what is left open', async () => {
    // It forgets a request to a server that outlives the store and never answers.
    const silent = await serve(() => {});
    const subject = subjectOver((base) => {
      const provider = overHttp(base);
      return {
        ...provider,
        fetch(locators, options) {
          fetch(silent.base).catch(() => {});
          return provider.fetch(locators, options);
        },
      };
    });
    try {
      const check = conformance({ ...subject, timeout: 250 }).find(({ name }) =>
        name.startsWith('leaves nothing open'),
      );
      await expect(check?.run()).rejects.toThrow('something is open that was not before');
    } finally {
      await silent[Symbol.asyncDispose]();
    }
  });
});
