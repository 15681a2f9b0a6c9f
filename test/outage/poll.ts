import type { AtEnd } from './store.ts';

/** What one request got. Times by `performance.now()`. */
export interface Answer {
  readonly begunAt: number;
  readonly endedAt: number;
  /** 0 when there was none. */
  readonly status: number;
  readonly body: string;
}

export interface Poll {
  /** In the order in which they came. */
  readonly answers: readonly Answer[];
  /** Resolves with the first answer, to a request that begins from now on, that is as wanted. */
  until(isWanted: (answer: Answer) => boolean, wanted: string): Promise<Answer>;
  /** Resolves with the next answers to requests that begin from now on. */
  more(count: number): Promise<readonly Answer[]>;
  /** Sends no more, and waits for what is under way. */
  stop(): Promise<void>;
}

const EVERY_MS = 50;
/** No answer within this is a failure. */
const LIMIT_MS = 20_000;
const WANTED_MS = 60_000;

/** Sends `GET url` twenty times a second, whether or not the requests before have their answer. */
export function startPoll(url: string, atEnd: AtEnd): Poll {
  const answers: Answer[] = [];
  const running = new Set<Promise<void>>();
  const listeners = new Set<(answer: Answer) => void>();

  async function send(): Promise<void> {
    const begunAt = performance.now();
    const { status, body } = await get(url);
    const answer = { begunAt, endedAt: performance.now(), status, body };
    answers.push(answer);
    for (const listener of listeners) listener(answer);
  }

  const timer = setInterval(() => {
    const one = send().finally(() => running.delete(one));
    running.add(one);
  }, EVERY_MS);

  async function stop(): Promise<void> {
    clearInterval(timer);
    await Promise.all(running);
  }
  atEnd(stop);

  function until(isWanted: (answer: Answer) => boolean, wanted: string): Promise<Answer> {
    const from = performance.now();
    let stopListening = () => {};
    let timer: NodeJS.Timeout | undefined;
    const found = new Promise<Answer>((resolve, reject) => {
      const listener = (answer: Answer) => {
        if (answer.begunAt >= from && isWanted(answer)) resolve(answer);
      };
      listeners.add(listener);
      stopListening = () => listeners.delete(listener);
      timer = setTimeout(() => {
        const { status, body } = answers.at(-1) ?? {};
        reject(new Error(`${wanted}: not within ${WANTED_MS} ms; the last answer was ${status} ${body}`));
      }, WANTED_MS);
    });
    return found.finally(() => {
      clearTimeout(timer);
      stopListening();
    });
  }

  return {
    answers,
    until,
    async more(count) {
      const got: Answer[] = [];
      await until((answer) => got.push(answer) === count, `${count} more answers`);
      return got;
    },
    stop,
  };
}

async function get(url: string): Promise<Pick<Answer, 'status' | 'body'>> {
  try {
    const signal = AbortSignal.timeout(LIMIT_MS);
    const response = await fetch(url, { headers: { connection: 'close' }, signal });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    return { status: 0, body: String(error) };
  }
}
