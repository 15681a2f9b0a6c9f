const ENCODE = 'percent-encode reserved characters in user and password (@ is %40, / is %2F, # is %23, ? is %3F)';
/**
 * Takes a connection URL apart by hand: `new URL` refuses several hosts and leaves user and password encoded.
 * The problem never quotes the URL.
 */
export function parseDatabaseUrl(text) {
    const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?(#.*)?$/is.exec(text);
    if (!match)
        return { problem: 'is not a connection URL such as postgres://user:password@host:5432/name' };
    const [, scheme = '', authority = '', path = '', query, fragment] = match;
    if (fragment !== undefined)
        return { problem: `is a connection URL with a "#": ${ENCODE}` };
    const at = authority.lastIndexOf('@');
    const credentials = at < 0 ? undefined : authority.slice(0, at);
    if (credentials?.includes('@'))
        return { problem: `is a connection URL with more than one "@": ${ENCODE}` };
    const colon = credentials?.indexOf(':') ?? -1;
    const hosts = parseHosts(authority.slice(at + 1));
    if (hosts === undefined)
        return { problem: `is a connection URL whose host or port cannot be read: ${ENCODE}` };
    try {
        const user = decodeURIComponent(colon < 0 ? (credentials ?? '') : (credentials ?? '').slice(0, colon));
        const [first] = hosts;
        return {
            href: text,
            scheme: scheme.toLowerCase(),
            ...(user !== '' && { user }),
            ...(colon >= 0 && { password: decodeURIComponent((credentials ?? '').slice(colon + 1)) }),
            host: first?.host ?? '',
            ...(first?.port !== undefined && { port: first.port }),
            hosts,
            database: decodeURIComponent(path),
            params: Object.fromEntries(new URLSearchParams(query)),
        };
    }
    catch {
        return { problem: 'is a connection URL with a "%" that starts no percent-encoding: a plain "%" is %25' };
    }
}
function parseHosts(text) {
    const hosts = [];
    for (const part of text.split(',')) {
        const match = /^(\[[0-9a-f:.]+\]|[^:[\]\s]*)(?::(\d{1,5}))?$/i.exec(part);
        const port = match?.[2] === undefined ? undefined : Number(match[2]);
        if (!match || (port !== undefined && (port < 1 || port > 65_535)))
            return undefined;
        const host = decodeURIComponent((match[1] ?? '').replace(/^\[|\]$/g, ''));
        hosts.push({ host, ...(port !== undefined && { port }) });
    }
    return hosts;
}
//# sourceMappingURL=database-url.js.map