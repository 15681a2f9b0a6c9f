import { createRedactor } from '@keyturn/core';
import type { Format } from './format.ts';

/**
 * Workflow commands that make GitHub mask values in the log of a job:
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#masking-a-value-in-a-log.
 *
 * A log is masked line by line, so each line of a value has a command of its own. The runner takes a value of many lines
 * apart too, but would mask a `{` as well, and with it all of the log: here the lines are those that `run` masks.
 */
export const githubMask: Format = (entries) =>
  entries
    .flatMap(({ value }) => {
      const { redact } = createRedactor([value]);
      const lines = value.split(/[\r\n]/).map((line) => line.trim());
      return lines.filter((line) => redact(line) === '[secret]');
    })
    .map((line) => `::add-mask::${line.replaceAll('%', '%25')}\n`)
    .join('');
