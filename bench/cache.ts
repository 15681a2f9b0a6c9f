// What a cached resolve costs: time beside the cached get of Powertools for AWS Lambda, and bytes. Both read one
// Parameter Store, the protocol server of the tests, and must not come back to it.
import { deepEqual } from 'node:assert/strict';
import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import { SSMClient } from '@aws-sdk/client-ssm';
import { awsSsm } from '@keyturn/aws-ssm';
import { as, createResolver } from '@keyturn/core';
import { firstOf, ok, startAwsJsonServer } from '../test/servers/aws-json.ts';
import { parameterStore } from '../test/servers/aws-ssm.ts';
import { figure, median, type Run, timeRuns } from './measure.ts';

const NAMES = 50;
const CALLERS = 10_000;
const GOAL = 5;
const ROUNDS = 20;
/** So few that the collector does not come in between. */
const MEASURED_HITS = 500;
/** As long as Keyturn's own, in seconds; Powertools' own is 5. */
const MAX_AGE = 300;

const names = Array.from({ length: NAMES }, (_, index) => `/bench/s${index}`);
const textOf = (name: string) => `value of ${name}`;
const [one = ''] = names;

const server = await startAwsJsonServer(
  firstOf(
    parameterStore({
      parameters: Object.fromEntries(names.map((name) => [name, [{ value: textOf(name) }]])),
    }),
    ({ action }) =>
      action === 'GetParametersByPath'
        ? ok({ Parameters: names.map((Name) => ({ Name, Value: textOf(Name) })) })
        : undefined,
  ),
);
const connection = {
  endpoint: server.endpoint,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
};

const resolver = createResolver({ providers: { ssm: awsSsm(connection) } });
const reference = `ssm://${one}`;
const conversion = { as: as.list() };
const manifest = Object.fromEntries(names.map((name) => [name, `ssm://${name}`]));

const client = new SSMClient(connection);
const powertools = new SSMProvider({ awsSdkV3Client: client });
const age = { maxAge: MAX_AGE };
/** New options each time, since it writes to them. */
const byName = () => powertools.getParametersByName(Object.fromEntries(names.map((name) => [name, {}])), age);

await Promise.all(Array.from({ length: CALLERS }, () => resolver.resolve(reference)));
const cold = server.count();
figure(`calls for ${CALLERS} callers of one cold secret`, String(cold), { text: '1', met: cold === 1 });

const secrets = await resolver.resolve(manifest);
const revealed = Object.fromEntries(names.map((name) => [name, secrets[name]?.reveal()]));
deepEqual(revealed, await byName());
await powertools.getMultiple('/bench', age);
const warm = server.count();

const settled = Promise.resolve('value');
const ONE = 'one secret';
const MANY = `${NAMES} secrets`;
const AWAIT = 'an await, and nothing else';
const DETAILED = 'one secret, with its metadata';
const CONVERTED = 'one secret, converted';
const WHOLE_PATH = 'getMultiple(path), one object for all';

const rivals: readonly { readonly to: string; readonly name: string; readonly run: Run }[] = [
  { to: ONE, name: 'get(name)', run: () => powertools.get(one) },
  { to: ONE, name: 'get(name, { maxAge })', run: () => powertools.get(one, age) },
  { to: MANY, name: 'getParametersByName(names)', run: byName },
  {
    to: MANY,
    name: 'get(name, { maxAge }) of each',
    run: () => Promise.all(names.map((name) => powertools.get(name, age))),
  },
];
const subjects: Readonly<Record<string, Run>> = {
  [AWAIT]: () => settled,
  [ONE]: () => resolver.resolve(reference),
  [MANY]: () => resolver.resolve(manifest),
  [DETAILED]: () => resolver.resolveWithMetadata(reference),
  [CONVERTED]: () => resolver.resolve(reference, conversion),
  ...Object.fromEntries(rivals.map(({ name, run }) => [name, run])),
  [WHOLE_PATH]: () => powertools.getMultiple('/bench', age),
};

const nanos = await timeRuns(subjects);
const timeOf = (name: string) => nanos.get(name) ?? Number.NaN;
const print = (name: string, label: string) => figure(label, `${timeOf(name).toFixed(0)} ns`);
print(AWAIT, AWAIT);
for (const what of [ONE, MANY]) {
  print(what, `cached: ${what}`);
  for (const { name } of rivals.filter(({ to }) => to === what)) {
    const ratio = timeOf(name) / timeOf(what);
    print(name, `  Powertools: ${name}`);
    figure('    as a ratio', `${ratio.toFixed(1)} x`, { text: `>= ${GOAL} x`, met: ratio >= GOAL });
  }
}
// Without a goal: no names are looked up, and all who ask share one object that each of them can change.
print(WHOLE_PATH, `  Powertools: ${WHOLE_PATH}`);
// These are planned and converted anew each time.
print(DETAILED, `cached: ${DETAILED}`);
print(CONVERTED, `cached: ${CONVERTED}`);

for (const [name, run] of Object.entries(subjects)) {
  figure(`allocated: ${name}`, `${(await bytesOf(run)).toFixed(0)} bytes`);
}
const calls = server.count() - warm;
figure('calls of all that', String(calls), { text: '0', met: calls === 0 });
await resolver.close();
client.destroy();
await server.stop();

/** Bytes of heap that a run takes, those of its `await` included. */
async function bytesOf(run: Run): Promise<number> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('run with --expose-gc');
  const bytes: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    gc();
    const before = process.memoryUsage().heapUsed;
    for (let turn = 0; turn < MEASURED_HITS; turn++) await run();
    bytes.push((process.memoryUsage().heapUsed - before) / MEASURED_HITS);
  }
  return median(bytes);
}
