import { expect } from 'vitest';
import { openGate } from './gate.ts';
import { type Poll, startPoll } from './poll.ts';
import type { Program, Project } from './project.ts';
import { CANARIES, makeSecrets } from './secrets.ts';
import { readServed, type Served } from './served.ts';
import type { AtEnd, Store } from './store.ts';
import { type Mark, timeline } from './timeline.ts';

type File = 'app.ts' | 'service.ts';
type Env = Readonly<Record<string, string>>;

/** A program that is asked all the time. */
export interface Serving extends Poll {
  readonly program: Program;
}

/** Secrets in a store, and the programs that come to them through a gate of their own. */
export type World = Awaited<ReturnType<typeof openWorld>>;

/** @param title names the secrets, and the timeline. */
export async function openWorld(kind: string, title: string, store: Store, project: Project, atEnd: AtEnd) {
  const secrets = makeSecrets(title.replaceAll(/\W+/g, '-'), store);
  await secrets.seed();
  const gate = openGate(store.address);
  atEnd(gate.stop);
  const marks: Mark[] = [];

  /** Starts a program, and says when it has come to the gate. */
  async function start(file: File, env: Env = {}) {
    const { address, reached } = await gate.door();
    const program = project.start(file, { ...store.env(address), SHOP: secrets.shop, ...env });
    atEnd(program.kill);
    return { ...program, reached };
  }

  return {
    store,
    secrets,
    gate,
    start,
    /** Starts a program and, once it listens, asks it all the time. In the end the service's timeline is printed. */
    async serve(file: File, env?: Env): Promise<Serving> {
      const program = await start(file, env);
      const url = await program.url;
      if (url === undefined) throw new Error(`${file} did not start: ${(await program.ended).stderr}`);
      const serving = { ...startPoll(url, atEnd), program };
      if (file === 'service.ts') {
        atEnd(() => console.log(timeline(`${kind}: ${title}`, readServed(serving.answers), marks)));
      }
      return serving;
    },
    /** Notes on the timeline what happened. */
    mark(text: string): void {
      marks.push({ at: performance.now(), text });
    },
    /** Ends a service, and gives what was served. */
    async close(service: Serving): Promise<Served[]> {
      await service.stop();
      const { code, stderr } = await service.program.stop();
      expect({ code, leaks: leaksIn(stderr) }).toEqual({ code: 0, leaks: [] });
      return readServed(service.answers);
    },
  };
}

/** Which values a text holds. */
export function leaksIn(text: string): string[] {
  return CANARIES.filter((canary) => text.includes(canary));
}
