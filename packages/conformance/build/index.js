export { conformance, notApplicable, runWith } from './conformance.js';
export { canary, } from './subject.js';
//# sourceMappingURL=index.js.map