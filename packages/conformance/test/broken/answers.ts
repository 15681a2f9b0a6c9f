import type { Fetched } from '../../../core/src/provider.ts';
import { backwards, fieldsSubject, memorySubject, soundSubject } from '../subjects.ts';
import { answers, type Broken, eachFound, reads, texts, values } from './breaking.ts';

/** Broken in what they say of themselves, in batches, values and metadata. */
export const brokenAnswers: readonly Broken[] = [
  {
    name: 'is of a kind that is no name',
    subject: soundSubject((provider) => ({ ...provider, kind: 'Memory Store' })),
    caughtBy: ['says what it is'],
  },
  {
    name: 'carries no locator in a call',
    subject: soundSubject((provider) => ({ ...provider, batchSize: 0 })),
    caughtBy: ['says what it is'],
  },
  {
    name: 'is of another contract',
    subject: soundSubject((provider) => ({ ...provider, contract: JSON.parse('2') })),
    caughtBy: ['says what it is'],
  },
  {
    name: 'names a parameter twice',
    subject: soundSubject((provider) => ({ ...provider, params: ['version', 'version'] })),
    caughtBy: ['says what it is'],
  },
  {
    name: 'can what its subject says it cannot',
    subject: { ...memorySubject(), cannot: { ...memorySubject().cannot, describe: 'it knows no dates' } },
    caughtBy: ['says what it is'],
  },
  {
    name: "answers in the store's own order",
    subject: reads((provider) => (locators, options) => {
      const sorted = locators.toSorted((a, b) => (a.path < b.path ? -1 : 1));
      return provider.fetch(sorted, options);
    }),
    caughtBy: ['answers in the order asked'],
  },
  {
    name: 'answers backwards',
    subject: backwards,
    caughtBy: ['answers in the order asked'],
  },
  {
    name: 'answers what is missing at the end',
    subject: answers((outcomes) => outcomes.toSorted((a, b) => Number(b.ok) - Number(a.ok))),
    caughtBy: ['answers NotFound for what is missing, between what is there'],
  },
  {
    name: 'drops what is missing',
    subject: answers((outcomes) => outcomes.filter((outcome) => outcome.ok || outcome.code !== 'NotFound')),
    caughtBy: ['answers NotFound for what is missing, between what is there'],
  },
  {
    name: 'answers fifty at most',
    subject: answers((outcomes) => outcomes.slice(0, 50)),
    caughtBy: ['answers a full batch'],
  },
  {
    name: 'takes empty for missing',
    subject: answers((outcomes) =>
      outcomes.map((outcome) =>
        outcome.ok && outcome.value.value === '' ? { ok: false, code: 'NotFound' } : outcome,
      ),
    ),
    caughtBy: ['keeps an empty value'],
  },
  {
    name: 'normalises unicode',
    subject: texts((text) => text.normalize('NFC')),
    caughtBy: ['keeps unicode as it is'],
  },
  {
    name: 'drops a byte order mark',
    subject: texts((text) => text.replace(/^\ufeff/, '')),
    caughtBy: ['keeps unicode as it is'],
  },
  {
    name: 'trims blanks',
    subject: texts((text) => text.replace(/^[ \t]+|[ \t]+$/g, '')),
    caughtBy: ['keeps blanks at both ends'],
  },
  {
    name: 'turns CRLF into LF',
    subject: texts((text) => text.replaceAll('\r\n', '\n')),
    caughtBy: ['keeps line ends'],
  },
  {
    name: 'strips a final newline',
    subject: texts((text) => text.replace(/\n$/, '')),
    caughtBy: ['keeps a final newline'],
  },
  { name: 'parses JSON', subject: texts(parsed), caughtBy: ['keeps text that looks like JSON'] },
  {
    name: 'takes all bytes for UTF-8',
    subject: values((value) => (value instanceof Uint8Array ? new TextDecoder().decode(value) : value)),
    caughtBy: ['keeps bytes that are no text'],
  },
  {
    name: 'cuts a value short',
    subject: texts((text) => text.slice(0, 65_535)),
    caughtBy: ['keeps a value of 65536 bytes'],
  },
  {
    name: 'makes text of every field',
    subject: fieldsSubject((provider) => ({
      ...provider,
      fetch: async (locators, options) =>
        eachFound(await provider.fetch(locators, options), ({ value, ...rest }) => ({
          ...rest,
          value: Object.fromEntries(Object.entries(value).map(([name, field]) => [name, String(field)])),
        })),
    })),
    caughtBy: ['keeps fields as they are'],
  },
  {
    name: 'gives a date as text',
    subject: soundSubject((provider, store) => {
      const { set } = store;
      store.set = (path, value) => set(path, value, JSON.parse('{"createdAt":"2026-01-02T03:04:05Z"}'));
      return provider;
    }),
    caughtBy: ['gives metadata of the form the contract has'],
  },
  {
    name: 'gives metadata that the contract does not know',
    subject: soundSubject((provider, store) => {
      const { set } = store;
      store.set = (path, value) => set(path, value, JSON.parse('{"tags":"app"}'));
      return provider;
    }),
    caughtBy: ['gives metadata of the form the contract has'],
  },
  {
    name: 'describes another date than it fetches',
    subject: soundSubject((provider) => ({
      ...provider,
      describe: async (locators, options) =>
        eachFound((await provider.describe?.(locators, options)) ?? [], (metadata) => ({
          ...metadata,
          createdAt: new Date(0),
        })),
    })),
    caughtBy: ['describes what it fetches'],
  },
  {
    name: 'describes what is missing',
    subject: soundSubject((provider) => ({
      ...provider,
      describe: async (locators) => locators.map(() => ({ ok: true, value: {} })),
    })),
    caughtBy: ['describes what it fetches'],
  },
];

function parsed(text: string): Fetched['value'] {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
