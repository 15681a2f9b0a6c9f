export { as } from './conversions.js';
export { ConfigError, ResolveError } from './errors.js';
export { firstOf } from './first-of.js';
export { lazy } from './lazy.js';
export { unknownKeys } from './manifest.js';
export { memory, } from './memory.js';
export { suggestion } from './nearest.js';
export { createRedactor } from './redactor.js';
export { formatReference, parseReference } from './reference.js';
export { createResolver } from './resolver.js';
export { isConversion } from './schema.js';
export { Secret } from './secret.js';
//# sourceMappingURL=index.js.map