import type { StandardSchema } from 'keyturn';

/**
 * What `manage.py check --deploy` asks of a SECRET_KEY (security.W009). A schema of Zod, Valibot or ArkType would do as
 * well; a schema's messages are never shown, since they could quote the value, but its vendor is.
 */
export const secretKey: StandardSchema<unknown, string> = {
  '~standard': {
    version: 1,
    vendor: 'django-secret-key',
    validate(value) {
      const strong =
        typeof value === 'string' &&
        value.length >= 50 &&
        new Set(value).size >= 5 &&
        !value.startsWith('django-insecure-');
      return strong ? { value } : { issues: [{ message: 'would fail security.W009' }] };
    },
  },
};
