import { Secret } from './secret.ts';

/**
 * A secret that says so each time before it shows itself. A class of its own, since a plain one knows of nobody.
 */
export class AuditedSecret<T> extends Secret<T> {
  static {
    Object.defineProperty(AuditedSecret, 'name', { value: 'Secret' });
  }
  readonly #onReveal: () => void;

  constructor(value: T, onReveal: () => void) {
    super(value);
    this.#onReveal = onReveal;
  }

  override reveal(): T {
    this.#onReveal();
    return super.reveal();
  }
}
