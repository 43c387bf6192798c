// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {delimiter, dirname, join} from 'node:path';
import {test} from 'node:test';
import {promisify} from 'node:util';

import {ask, browsing, bundleOf, eidos, serving, shows, training, trainingTitle} from './helpers.mjs';

const server = serving();
const open = browsing();
const run = promisify(execFile);

const everything = new URLSearchParams({
  service: 'oke', os: 'ubuntu', gpu: 'h100', k8s: '1.34', context: 'true', allow_uncovered: 'false', driver: '580.126.20',
  ignore_findings: 'kubernetes-version-unknown, driver-of-image', 'options[scheduler]': 'kueue', 'releases[gpu-operator]': 'v26.3.3',
  'options[containerd_config]': `/etc/it's "\${x}" %{y} $\${z} %%{y} \\n \\ ü $HOME.toml`,
});

const choices = {'a usual choice': training, 'nothing stated': '', 'everything stated, with characters that mean something elsewhere': String(everything)};

async function folder(t) {
  const path = await mkdtemp(join(tmpdir(), 'eidos-browser-'));
  t.after(() => rm(path, {recursive: true}));
  return path;
}

const snippet = (page, name) => page.getByLabel(name, {exact: true}).textContent();

async function assertFiles(directory, {files}) {
  for (const {path, content} of files) assert.equal(await readFile(join(directory, path), 'utf8'), content, path);
}

for (const [name, query] of Object.entries(choices)) {
  test(`every form of ${name} gives the bundle that is shown`, async (t) => {
    const page = await open(t, `${server.url}#/take?${query}`, {acceptDownloads: true});
    await page.getByRole('heading', {level: 2, name: 'Export'}).waitFor();
    const bundle = await bundleOf(server, query);
    await page.getByText(`sha256 of the bundle: ${bundle.sha256}`).waitFor();

    await t.test('eidos', async (t) => {
      const cwd = await folder(t);
      await run('bash', ['-euc', await snippet(page, 'eidos')], {cwd, env: {...process.env, PATH: dirname(eidos) + delimiter + process.env.PATH}});
      await assertFiles(join(cwd, 'bundle'), bundle);
    });

    await t.test('Terraform', async (t) => {
      const cwd = await folder(t);
      await writeFile(join(cwd, 'main.tf'), `${await snippet(page, 'Terraform')}\n`);
      await run(process.env.TERRAFORM, ['fmt', '-check', '-diff'], {cwd});
      await run(process.env.TERRAFORM, ['apply', '-auto-approve', '-no-color'], {cwd});
      await assertFiles(join(cwd, 'bundle'), bundle);
    });

    await t.test('curl, and the download', async (t) => {
      const cwd = await folder(t);
      await run('bash', ['-euc', await snippet(page, 'curl')], {cwd});
      const downloading = page.waitForEvent('download');
      await page.getByRole('button', {name: 'Bundle as zip'}).click();
      const download = await downloading;
      assert.equal(download.suggestedFilename(), 'eidos-bundle.zip');
      assert.deepEqual(await readFile(await download.path()), await readFile(join(cwd, 'eidos-bundle.zip')));
    });

    await t.test('link', async (t) => {
      const shown = await open(t, await snippet(page, 'Link'));
      await shown.getByRole('heading', {level: 2, name: 'Values'}).waitFor();
      assert.equal(await shown.locator('#summary').textContent(), await page.locator('#summary').textContent());
      assert.equal(await shown.locator('h1').textContent(), await page.locator('h1').textContent());
    });
  });
}

test('the bundle as tar.gz', async (t) => {
  const page = await open(t, `${server.url}#/take?${training}`, {acceptDownloads: true});
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', {name: 'Bundle as tar.gz'}).click();
  const download = await downloading;
  assert.equal(download.suggestedFilename(), 'eidos-bundle.tar.gz');
  const {stdout} = await run('tar', ['-tzf', await download.path()]);
  assert.deepEqual(stdout.trim().split('\n').filter((path) => !path.endsWith('/')).sort(), (await bundleOf(server, training)).files.map(({path}) => path).sort());
});

test('a text is copied, or marked where the browser refuses', async (t) => {
  const page = await open(t, `${server.url}#/take?${training}`, {permissions: ['clipboard-read', 'clipboard-write']});
  await shows(page, trainingTitle);
  await page.getByRole('button', {name: 'Copy eidos'}).click();
  await page.getByRole('button', {name: 'Copy eidos'}).getByText('Copied').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await snippet(page, 'eidos'));

  const refused = await open(t, `${server.url}#/take?${training}`);
  await refused.evaluate(() => Object.defineProperty(navigator, 'clipboard', {value: undefined}));
  await refused.getByRole('button', {name: 'Copy Terraform'}).click();
  await refused.getByRole('button', {name: 'Copy Terraform'}).getByText('Marked').waitFor();
  assert.equal(await refused.evaluate(() => getSelection().toString().trim()), await snippet(refused, 'Terraform'));
});

test('names of flags and attributes are asked of the API', async (t) => {
  const {components} = await ask(server, 'openapi.json');
  const page = await open(t, `${server.url}#/take?${everything}`);
  await page.getByRole('heading', {level: 2, name: 'Export'}).waitFor();
  for (const name of new Set([...everything.keys()].map((key) => key.split('[')[0]))) {
    const {flag, attribute} = components.parameters[name]['x-names'];
    assert.match(await snippet(page, 'eidos'), new RegExp(`  ${flag}[ =]`));
    assert.match(await snippet(page, 'Terraform'), new RegExp(`  ${attribute} +=`));
  }
});
