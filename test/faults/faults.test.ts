import '../servers/gcp-trust.ts'; // before gRPC is loaded

import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeLive } from '../stores/live.ts';
import { awsSecretsManagerRow } from './aws-secrets-manager.ts';
import { awsSsmRow } from './aws-ssm.ts';
import { azureKeyVaultRow } from './azure-key-vault.ts';
import { dotenvRow } from './dotenv.ts';
import { envRow } from './env.ts';
import { examine, examineExpiry } from './examine.ts';
import { fileRow } from './file.ts';
import { gcpSecretManagerRow } from './gcp-secret-manager.ts';
import { type Expiring, FAULTS, type Fault, type Provoked, type Row } from './matrix.ts';
import { cellText, type Results, withTable } from './table.ts';
import { vaultRow } from './vault.ts';

/** In the order of the table's columns. */
const rows: readonly Row[] = [
  envRow,
  dotenvRow,
  fileRow,
  awsSsmRow,
  awsSecretsManagerRow,
  vaultRow,
  azureKeyVaultRow,
  gcpSecretManagerRow,
];

const results: Results = new Map();

for (const row of rows) {
  const title = `faults of ${row.kind}`;
  if (row.needs === undefined) describe(title, () => suite(row));
  else await describeLive(title, row.needs, () => suite(row));
}

function suite(row: Row): void {
  if (row.start) beforeAll(row.start);
  if (row.stop) afterAll(row.stop);
  for (const fault of Object.keys(row.cells) as Fault[]) {
    if (fault === 'expires') {
      const cell = row.cells[fault];
      if (typeof cell !== 'string') it(FAULTS[fault], async () => keep(row, fault, await expiryText(cell)));
    } else {
      const cell = row.cells[fault];
      if (typeof cell !== 'string')
        it(FAULTS[fault], async () => keep(row, fault, await codeText(fault, cell)));
    }
  }
}

function keep({ kind }: Row, fault: Fault, text: string): void {
  results.set(kind, (results.get(kind) ?? new Map<Fault, string>()).set(fault, text));
}

async function codeText(fault: Fault, provoke: () => Provoked | Promise<Provoked>): Promise<string> {
  const provoked = await provoke();
  try {
    const { code, message, retryAfterMs, problems } = await examine(
      provoked,
      fault === 'hangs' ? '500ms' : '60s',
    );
    expect({ code, message, problems }).toEqual({
      code: provoked.code,
      message:
        typeof provoked.message === 'string' ? provoked.message : expect.stringMatching(provoked.message),
      problems: [],
    });
    if (fault === 'throttledWithRetryAfter') expect(retryAfterMs).toBeGreaterThan(0);
    else expect(retryAfterMs).toBeUndefined();
    return cellText(code, provoked.by);
  } finally {
    await provoked[Symbol.asyncDispose]?.();
  }
}

async function expiryText(provoke: () => Promise<Expiring>): Promise<string> {
  const expiring = await provoke();
  try {
    expect(await examineExpiry(expiring, '5s')).toEqual([]);
    return `one new login${expiring.by === undefined ? '' : '°'}`;
  } finally {
    await expiring[Symbol.asyncDispose]?.();
  }
}

it('docs/errors.md shows what these tests have found', async () => {
  const file = new URL('../../docs/errors.md', import.meta.url);
  const documented = await readFile(file, 'utf8');
  const { page, kept } = withTable(documented, rows, results);
  if (kept.length > 0) process.stderr.write(`faults: not run, so not compared: ${kept.join(', ')}\n`);
  if (process.env.KEYTURN_UPDATE === '1') await writeFile(file, page);
  else
    expect(
      documented,
      '`KEYTURN_UPDATE=1 npx vitest run test/faults/faults.test.ts` rewrites the table',
    ).toBe(page);
});
