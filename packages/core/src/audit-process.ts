import type { AuditProcess } from './audit-event.ts';

/** What is used of `node:fs`. */
interface Files {
  readFileSync(path: string, encoding: 'utf8'): string;
  statSync(path: string, options: { throwIfNoEntry: false }): { isFile(): boolean } | undefined;
}

const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';
/** The id of a container, in the paths that Docker, containerd, CRI-O and Podman give it. */
const CONTAINER_ID = /\b[0-9a-f]{64}\b/;

/** What of a process is on the record, the app's name aside. Read once: none of it changes while the process runs. */
export function readProcess(
  app: { readonly name: string; readonly version?: string } | undefined,
): AuditProcess {
  const { process } = globalThis;
  // Core runs where Node's modules are not, so it asks for these and imports none.
  const os = process?.getBuiltinModule?.('node:os');
  const files = process?.getBuiltinModule?.('node:fs');
  const { env = {}, argv = [] } = process ?? {};
  const user = userName(os);
  const container =
    files && containerIdIn(read(files, '/proc/self/cgroup'), read(files, '/proc/self/mountinfo'));
  const inKubernetes = env.KUBERNETES_SERVICE_HOST !== undefined;
  const namespace = files && inKubernetes ? read(files, NAMESPACE_FILE)?.trim() : undefined;
  const { HOSTNAME: pod, AWS_LAMBDA_FUNCTION_NAME: lambda, AWS_LAMBDA_LOG_STREAM_NAME: lambdaInstance } = env;
  return {
    pid: process?.pid ?? 0,
    host: os?.hostname() ?? '',
    ...(user && { user }),
    command: [argv[0] ?? '', ...scriptOf(argv[1], files)].map(baseName).join(' '),
    ...(app && { app: app.name, ...(app.version && { appVersion: app.version }) }),
    ...(container && { container }),
    ...(inKubernetes && pod && { pod }),
    ...(namespace && { namespace }),
    ...(lambda && { lambda, ...(lambdaInstance && { lambdaInstance }) }),
  };
}

/** The file that is run. Where there is none, as after `node -e`, the word there is an argument. */
function scriptOf(word: string | undefined, files: Files | undefined): string[] {
  return word !== undefined && files && isFile(word, files) && baseName(word) !== word ? [word] : [];
}

function isFile(path: string, files: Files): boolean {
  try {
    return files.statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    // Too long for a path, or where this user may not look. The message would hold the argument.
    return false;
  }
}

function userName(os: { userInfo(): { username: string } } | undefined): string | undefined {
  try {
    return os?.userInfo().username;
  } catch {
    // A user of a container need not be in its list of users.
    return undefined;
  }
}

/**
 * The id of the container, of `/proc/self/cgroup` and `/proc/self/mountinfo`: control groups name it up to version 1,
 * and from version 2 on only the mount of `/etc/hostname` does.
 */
export function containerIdIn(groups = '', mounts = ''): string | undefined {
  const hostname = mounts.split('\n').find((line) => line.includes(' /etc/hostname ')) ?? '';
  return (CONTAINER_ID.exec(groups) ?? CONTAINER_ID.exec(hostname))?.[0];
}

function read(files: Files, path: string): string | undefined {
  try {
    return files.readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
