import { byteLength, loneSurrogate, refuse } from './format.js';
/**
 * The manifest of a v1 Secret of type Opaque, for `kubectl apply --server-side -f -`.
 * Everything that is free text is a JSON string, which is YAML too: a name such as `on` or `123` stays a string.
 * Rules: https://kubernetes.io/docs/concepts/configuration/secret/ and
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
 */
export const k8s = (entries, { name: secretName = 'app-secrets' } = {}) => {
    const total = entries.reduce((sum, { value }) => sum + byteLength(value), 0);
    refuse('k8s', entries, ({ name, value }) => [
        (!/^[-._a-zA-Z0-9]{1,253}$/.test(name) || name === '.' || name.startsWith('..')) &&
            'its name is not a key of a Secret (1 to 253 letters, digits, -, _ and ., but not . and not starting with ..)',
        loneSurrogate(value),
    ], [
        (secretName.length > 253 || !dnsSubdomain.test(secretName)) &&
            `${JSON.stringify(secretName)} is not a name for a Secret: up to 253 lower-case letters, digits, - and ., each part starting and ending with a letter or digit`,
        total > largest && `the values have ${total} bytes together, and a Secret holds at most ${largest}`,
    ]);
    const data = entries.map(({ name, value }) => `  ${JSON.stringify(name)}: ${JSON.stringify(Buffer.from(value, 'utf8').toString('base64'))}\n`);
    return [
        'apiVersion: v1\n',
        'kind: Secret\n',
        'metadata:\n',
        `  name: ${JSON.stringify(secretName)}\n`,
        'type: Opaque\n',
        data.length === 0 ? 'data: {}\n' : 'data:\n',
        ...data,
    ].join('');
};
/** RFC 1123, as the API server checks it. */
const dnsSubdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** MaxSecretSize of the API server, which counts decoded values and no keys. */
const largest = 1024 * 1024;
//# sourceMappingURL=k8s.js.map