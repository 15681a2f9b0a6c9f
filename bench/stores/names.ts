/** A hundred names that every store allows. */
export const NAMES: readonly string[] = Array.from({ length: 100 }, (_, index) => `bench-${index}`);

export const seedOf = (name: string): string => `value of ${name}`;

/** A document of ten fields. */
export const DOCUMENT: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from({ length: 10 }, (_, index) => [`field${index}`, `value ${index}`]),
);

/** References to all names. */
export const ALL: Readonly<Record<string, string>> = Object.fromEntries(
  NAMES.map((name) => [name, `app://${name}`]),
);

/** References to all fields of the secret `document`. */
export const FIELDS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(DOCUMENT).map((field) => [field, `app://document#${field}`]),
);

/** How far away a store is that is not on this machine, in milliseconds there and back. */
export const DISTANCE_MS = 20;

/** Google's project. */
export const PROJECT = 'bench';
