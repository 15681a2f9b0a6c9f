/**
 * The value that the kit looks for where no value belongs. A secret that a fault stands in front of should hold
 * it, so that a code's message which quotes the value is caught.
 */
export const canary = 'canary-5f0c9a1e7d42';
//# sourceMappingURL=subject.js.map