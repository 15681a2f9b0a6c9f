import { docker } from './docker.ts';
import { dotenv } from './dotenv.ts';
import { eb } from './eb.ts';
import type { Format, FormatName } from './format.ts';
import { github } from './github.ts';
import { githubMask } from './github-mask.ts';
import { json } from './json.ts';
import { k8s } from './k8s.ts';
import { lambda } from './lambda.ts';
import { shell } from './shell.ts';

export type { Entry, Format, FormatName, FormatOptions } from './format.ts';

/** What `keyturn export --format` writes. `docs/export.md` has the limits of each. */
export const formats: Readonly<Record<FormatName, Format>> = {
  dotenv,
  json,
  shell,
  docker,
  github,
  'github-mask': githubMask,
  k8s,
  lambda,
  eb,
};
