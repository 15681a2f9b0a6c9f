import { badName, badText, byteLength, refuse } from './format.js';
/**
 * The file that `docker run --env-file` reads: `NAME=value` a line, and nothing is quoted or escaped, so quotes, `#`
 * and blanks in a value stand for themselves.
 * Rules: https://pkg.go.dev/github.com/docker/cli/pkg/kvfile
 */
export const docker = (entries) => {
    refuse('docker', entries, ({ name, value }) => [
        badName(name),
        badText(value),
        value.includes('\n') && 'its value has a line break, and an env file holds one variable a line',
        // bufio.ScanLines takes it for half of a CRLF.
        value.endsWith('\r') && 'its value ends in a carriage return, which Docker drops',
        byteLength(`${name}=${value}`) > longestLine &&
            `its line is longer than ${longestLine} bytes, the most that Docker reads`,
    ]);
    return entries.map(({ name, value }) => `${name}=${value}\n`).join('');
};
/** bufio.MaxScanTokenSize, which counts the newline. */
const longestLine = 64 * 1024 - 1;
//# sourceMappingURL=docker.js.map