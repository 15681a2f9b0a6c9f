// Boots the same app from two stores, then shows a boot that fails. Run by `npm run quickstart`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const folder = import.meta.dirname;
const keyturn = new URL('../../packages/keyturn/dist/cli/bin.js', import.meta.url).pathname;

await scene('development', 'from .env.development', boot);
await scene('production', 'the same code, from mounted secret files', boot);
await scene('broken', 'a failed boot: every failure, by name, in one error', fail);

async function scene(environment, title, show) {
  console.log(`\n=== APP_ENV=${environment}: ${title}\n`);
  await show(environment);
}

async function boot(environment) {
  const [checked] = await once(start(environment, [keyturn, 'check'], 'inherit'), 'exit');
  if (checked !== 0) throw new Error(`keyturn check ended with ${checked}`);

  const app = start(environment, ['app.ts'], 'pipe');
  const exited = once(app, 'exit');
  for await (const line of createInterface({ input: app.stdout })) {
    const { port } = JSON.parse(line.replace('listening ', ''));
    const answer = await (
      await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })
    ).json();
    console.log('\nGET / answers');
    console.log(answer);
    app.kill('SIGTERM');
  }
  const [code] = await exited;
  if (code !== 0) throw new Error(`the app ended with ${code}`);
}

async function fail(environment) {
  const [code] = await once(start(environment, [keyturn, 'check'], 'inherit'), 'exit');
  if (code !== 1) throw new Error(`keyturn check ended with ${code}, not 1`);
  const app = start(environment, ['app.ts'], 'pipe');
  let error = '';
  app.stderr.on('data', (text) => {
    error += text;
  });
  const [ended] = await once(app, 'close');
  if (ended === 0) throw new Error('the app booted without its secrets');
  console.log('\nand the app, which does not boot, says\n');
  console.log(error.slice(error.indexOf('ResolveError:'), error.indexOf('\n    at ')));
}

function start(environment, args, output) {
  const env = { ...process.env, APP_ENV: environment };
  delete env.LOG_LEVEL;
  return spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', output, output] });
}
