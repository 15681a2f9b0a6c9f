import { createRedactor } from '@keyturn/core';
import { changedTexts } from '../changed-texts.ts';
import { runChild, startChild } from '../child.ts';
import { runWatched } from '../child-watched.ts';
import { type CommonOptions, openProject } from '../project.ts';
import { checkVariableNames, resolveTexts, type StoredText } from '../stored-text.ts';
import type { WatchOptions } from '../watch-options.ts';

export interface RunOptions extends Omit<CommonOptions, 'json'> {
  readonly mask?: boolean | undefined;
  readonly pristine?: boolean;
  readonly watch?: WatchOptions | undefined;
}

/** Runs a command with the secrets in its environment; gives its exit code. */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<number> {
  const { watch } = options;
  const project = await openProject(options);
  const { manifest, resolver } = project;
  checkVariableNames(Object.keys(manifest));

  const inherited = Object.entries(process.env).filter(([name]) =>
    // The manifest beats the inherited environment, also where it says that a secret is absent.
    options.pristine ? name === 'PATH' : !Object.hasOwn(manifest, name),
  );
  const mask = (options.mask ?? isCi(process.env.CI)) ? createRedactor() : undefined;
  const childWith = (texts: readonly StoredText[]) => {
    const env = Object.fromEntries([...inherited, ...texts.map(({ name, value }) => [name, value])]);
    return { command, args, env, mask };
  };
  const addToMask = (texts: readonly StoredText[]) => {
    for (const { name, value } of texts) {
      if (manifest[name]?.sensitive !== false) mask?.add([value], name);
    }
  };

  try {
    const first = await resolveTexts(project);
    addToMask(first);
    if (watch === undefined) {
      await resolver.close();
      return await runChild(childWith(first));
    }
    return await runWatched({
      first,
      start: (texts) => startChild(childWith(texts)),
      async *changes(signal) {
        for await (const change of changedTexts(project, first, watch, signal)) {
          addToMask(change.texts);
          yield change;
        }
      },
      reloadSignal: watch.reloadSignal,
    });
  } finally {
    await resolver.close();
  }
}

/** CI services set `CI=true`; people turn it off by an empty value, `false` or `0`. */
function isCi(value: string | undefined): boolean {
  return value !== undefined && !['', 'false', '0'].includes(value.toLowerCase());
}
