import type { ErrorCode } from './provider.ts';

/** One secret that could not be resolved, and what to do about it. Never holds a value. */
export interface Failure {
  /** The name in the manifest; for a bare reference, the reference itself. */
  readonly name: string;
  readonly reference: string;
  readonly code: ErrorCode;
  readonly message: string;
  /** What to do. */
  readonly hint: string;
}

/** One mistake in options or a config, and where it stands. */
export interface Problem {
  /** Where it stands, such as `environments.production.timeout`. */
  readonly place: string;
  readonly message: string;
}

/** Brands make `instanceof` hold when an app ends up with two copies of this package. */
function branded(brand: string) {
  const key = Symbol.for(brand);
  return {
    key,
    test: (value: unknown): boolean => typeof value === 'object' && value !== null && key in value,
  };
}

/** Names a class and its errors, whatever a bundler calls it, and gives them their brand. */
function establish(target: { readonly prototype: Error }, name: string, brand: symbol): void {
  Object.defineProperty(target, 'name', { value: name });
  Object.defineProperty(target.prototype, 'name', { value: name });
  Object.defineProperty(target.prototype, brand, { value: true });
}

const resolveBrand = branded('keyturn.ResolveError');
const configBrand = branded('keyturn.ConfigError');

/**
 * Some secrets could not be resolved: every one of them, with its code and what to do.
 * `instanceof` holds across copies of this package.
 */
export class ResolveError extends Error {
  static {
    establish(ResolveError, 'ResolveError', resolveBrand.key);
  }
  readonly failures: readonly Failure[];

  constructor(failures: readonly Failure[]) {
    super(describeFailures(failures));
    this.failures = failures;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return resolveBrand.test(value);
  }
}

/**
 * Options or a config are wrong: every mistake, with its place. The code is `Misconfigured`.
 * `instanceof` holds across copies of this package.
 */
export class ConfigError extends Error {
  static {
    establish(ConfigError, 'ConfigError', configBrand.key);
  }
  readonly code = 'Misconfigured';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ place, message }) => (place ? `${place}: ${message}` : message)).join('\n'));
    this.problems = problems;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return configBrand.test(value);
  }
}

function describeFailures(failures: readonly Failure[]): string {
  const count = failures.length === 1 ? '1 secret' : `${failures.length} secrets`;
  const lines = failures.map(({ name, reference, code, message, hint }) => {
    const subject = name === reference ? name : `${name} (${reference})`;
    return `  ${subject}: ${code}: ${message}\n    ${hint}`;
  });
  return [`${count} could not be resolved:`, ...lines].join('\n');
}
