export type { Check, NotApplicable } from './cell.ts';
export { conformance, notApplicable, runWith } from './conformance.ts';
export {
  type Ability,
  canary,
  type Fault,
  type Hanging,
  type Provoke,
  type Provoked,
  type RareFault,
  type Store,
  type Subject,
} from './subject.ts';
