import {
  ConfigError,
  createResolver,
  type Entry,
  type Manifest,
  memory,
  type Problem,
  type ProviderSource,
  ResolveError,
  type Resolver,
  suggestion,
  unknownKeys,
} from '@keyturn/core';
import { readAuditConfig } from './audit/config.ts';
import type { Config, Environment, SharedOptions } from './config.ts';

/** A config, opened for one environment: everything that can be known before a call has been checked. */
export interface Opened {
  readonly environment: string;
  readonly resolver: Resolver;
  /** The config's secrets, each with the one reference that holds in this environment. */
  readonly manifest: Readonly<Record<string, Entry>>;
}

/** Longer than a single resolve's: a cold boot logs in and loads SDKs. */
const DEFAULTS: SharedOptions = { deadline: '30s' };
const SHARED_KEYS = [
  'deadline',
  'timeout',
  'retry',
  'cache',
  'snapshot',
  'rotation',
  'redactor',
  'audit',
  'onWarning',
];
const CONFIG_KEYS = ['environment', 'environments', 'secrets', ...SHARED_KEYS];
const ENVIRONMENT_KEYS = ['extends', 'providers', 'allowDefaults', ...SHARED_KEYS];

/**
 * Opens a config for an environment. Makes no call.
 * @param environment beats the config's own.
 * @param options hold over the config's and the environment's.
 * @throws {ConfigError} for all that is wrong in the config.
 * @throws {ResolveError} `InvalidReference`, for every reference that is wrong.
 */
export function open(config: Config, environment?: string, options: SharedOptions = {}): Opened {
  const problems = configProblems(config);
  if (problems.length > 0) throw new ConfigError(problems);
  const name = environmentName(config, environment);
  const lineage = lineageOf(config, name);
  const layers = lineage.map((ancestor): Layer => {
    return { place: `environments.${ancestor}.`, settings: config.environments[ancestor] ?? {} };
  });
  const stack: Layer[] = [
    { place: '', settings: options },
    ...layers,
    { place: '', settings: config },
    { place: '', settings: DEFAULTS },
  ];
  const setting = <Key extends keyof Environment>(key: Key): Environment[Key] | undefined =>
    stack.find(({ settings }) => settings[key] !== undefined)?.settings[key];
  const providers: Record<string, ProviderSource> = {};
  for (const { settings } of layers.toReversed()) Object.assign(providers, settings.providers);

  const manifest = manifestFor(config, lineage, problems);
  problems.push(...strangers(stack, setting('rotation'), Object.keys(manifest)));
  const placed = (place: string) => placeIn(stack, place);
  const { audit, problems: keyProblems } = readAuditConfig(setting('audit'));
  problems.push(...keyProblems.map(({ place, message }) => ({ place: placed(place), message })));
  const resolver = collecting(problems, placed, () =>
    createResolver({
      providers,
      environment: name,
      deadline: setting('deadline'),
      timeout: setting('timeout'),
      retry: setting('retry'),
      cache: setting('cache'),
      snapshot: setting('snapshot'),
      rotation: setting('rotation'),
      redactor: setting('redactor'),
      audit,
      onWarning: setting('onWarning'),
      allowDefaults: setting('allowDefaults'),
    }),
  );
  collecting(
    problems,
    (place) => (place ? `secrets.${place}` : 'secrets'),
    () => resolver?.plan(manifest),
  );
  if (resolver === undefined || problems.length > 0) throw new ConfigError(problems);
  return { environment: name, resolver, manifest };
}

/** Settings, and the place in the config where they stand: empty, or with a dot at its end. */
interface Layer {
  readonly place: string;
  readonly settings: Environment;
}

/** Where a resolver's option stands in the config: in the nearest layer that sets it. */
function placeIn(stack: readonly Layer[], option: string): string {
  const provider = /^providers\.(.*)$/s.exec(option)?.[1];
  const [name] = option.split('.', 1);
  const owner = stack.find(({ settings }) =>
    provider === undefined
      ? Object.entries(settings).some(([key, value]) => key === name && value !== undefined)
      : settings.providers && Object.hasOwn(settings.providers, provider),
  );
  // The first layer is the caller's own options; the second the environment.
  return `${(owner ?? stack[1])?.place ?? ''}${option}`;
}

/** Rules of rotation for names that the config has not. */
function strangers(
  stack: readonly Layer[],
  rotation: Environment['rotation'],
  names: readonly string[],
): Problem[] {
  const ruled = Object.keys(isRecord(rotation?.secrets) ? rotation.secrets : {});
  return ruled
    .filter((name) => !names.includes(name))
    .map((name) => ({
      place: placeIn(stack, `rotation.secrets.${name}`),
      message: `the config has no such secret ${suggestion(name, names)}`,
    }));
}

/** What `work` gives, or undefined with its problems added, each with its place in the config. */
function collecting<T>(
  problems: Problem[],
  placeOf: (place: string) => string,
  work: () => T,
): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof ConfigError) {
      problems.push(...error.problems.map(({ place, message }) => ({ place: placeOf(place), message })));
    } else if (!(error instanceof ResolveError) || problems.length === 0) {
      // References are judged once the rest is right.
      throw error;
    }
    return undefined;
  }
}

/** What is wrong with the shape of a config, whatever the environment. */
export function configProblems(config: unknown): Problem[] {
  if (!isRecord(config)) return [{ place: '', message: 'a config is an object: write defineConfig({ … })' }];
  const problems = [...unknownKeys('', config, CONFIG_KEYS), ...warningProblems('', config)];
  const { environment, environments, secrets } = config;
  if (environment !== undefined && typeof environment !== 'string') {
    problems.push({ place: 'environment', message: 'is no string' });
  }
  if (!isRecord(secrets)) {
    problems.push({ place: 'secrets', message: 'is missing: name the secrets that the app needs' });
  } else {
    problems.push(...secretsProblems(secrets));
  }
  if (!isRecord(environments) || Object.keys(environments).length === 0) {
    problems.push({ place: 'environments', message: 'is missing: name at least one environment' });
    return problems;
  }
  const names = Object.keys(environments);
  for (const [name, value] of Object.entries(environments)) {
    const place = `environments.${name}`;
    if (!isRecord(value)) {
      problems.push({ place, message: 'is no object: write { providers: { … } }' });
      continue;
    }
    problems.push(...unknownKeys(place, value, ENVIRONMENT_KEYS), ...warningProblems(`${place}.`, value));
    const parent = value.extends;
    if (parent !== undefined && (typeof parent !== 'string' || !names.includes(parent))) {
      const known = suggestion(String(parent), names);
      problems.push({ place: `${place}.extends`, message: `there is no environment "${parent}" ${known}` });
    }
  }
  return problems;
}

/** Judged here too, since the commands put an `onWarning` of their own in its place. */
function warningProblems(place: string, { onWarning }: Readonly<Record<string, unknown>>): Problem[] {
  if (onWarning === undefined || typeof onWarning === 'function') return [];
  return [{ place: `${place}onWarning`, message: 'is no function' }];
}

/** What is wrong in the entries, wherever their references lead: core's own judgement. */
function secretsProblems(secrets: Readonly<Record<string, unknown>>): Problem[] {
  const ref = 'anywhere://name';
  const entries = Object.entries(secrets).map(([name, entry]) => {
    if (typeof entry === 'string') return [name, ref];
    return [name, isRecord(entry) && 'ref' in entry ? { ...entry, ref } : entry];
  });
  const problems: Problem[] = [];
  collecting(
    problems,
    (place) => (place ? `secrets.${place}` : 'secrets'),
    () => createResolver({ providers: { anywhere: memory() } }).plan(Object.fromEntries(entries) as Manifest),
  );
  return problems;
}

function environmentName(config: Config, wanted: string | undefined): string {
  const names = Object.keys(config.environments);
  const name = wanted ?? config.environment;
  if (name !== undefined && typeof name !== 'string') {
    throw new ConfigError([{ place: 'environment', message: 'is no string' }]);
  }
  if (name === undefined || name === '') {
    const message = `is not set: it is one of ${names.join(', ')}`;
    throw new ConfigError([{ place: 'environment', message }]);
  }
  if (!names.includes(name)) {
    const message = `there is no environment "${name}" ${suggestion(name, names)}`;
    throw new ConfigError([{ place: 'environment', message }]);
  }
  return name;
}

/** The environment, then the one that it extends, and so on. */
function lineageOf(config: Config, name: string): string[] {
  const lineage: string[] = [];
  for (let next: string | undefined = name; next !== undefined; next = config.environments[next]?.extends) {
    if (lineage.includes(next)) {
      const circle = [...lineage.slice(lineage.indexOf(next)), next].join(' -> ');
      throw new ConfigError([
        {
          place: `environments.${next}.extends`,
          message: `environments extend each other in a circle: ${circle}`,
        },
      ]);
    }
    lineage.push(next);
  }
  return lineage;
}

/** The manifest with the references of this environment, or of the nearest one that it extends; adds its problems. */
function manifestFor(config: Config, lineage: readonly string[], problems: Problem[]): Record<string, Entry> {
  const known = Object.keys(config.environments);
  const entries = Object.entries(config.secrets).map(([name, given]): [string, Entry] => {
    if (typeof given === 'string') return [name, { ref: given }];
    const { ref } = given;
    if (!isRecord(ref)) return [name, { ...given, ref }];
    const place = `secrets.${name}.ref`;
    problems.push(...unknownKeys(place, ref, known));
    const owner = lineage.find((ancestor) => Object.hasOwn(ref, ancestor));
    if (owner !== undefined) return [name, { ...given, ref: ref[owner] ?? '' }];
    problems.push({ place, message: `has no reference for environment "${lineage[0]}"` });
    return [name, { ...given, ref: '' }];
  });
  return Object.fromEntries(entries);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
