// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {test} from 'node:test';

import {browsing, serving, shows, training, trainingTitle} from './helpers.mjs';

const server = serving();
const open = browsing();
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const addresses = {
  recipe: `#/recipe?${training}`,
  'recipe with everything open': `#/recipe?${training}&options%5Bmig%5D=true`,
  findings: '#/findings?service=oke&gpu=h100&options%5Bscheduler%5D=kueue',
  bundle: '#/bundle?service=oke&os=ubuntu&gpu=h100&k8s=1.34&options%5Bscheduler%5D=kueue&options%5Bmonitoring%5D=true',
  files: `#/files?${training}`,
  'a file': `#/files/gpu-operator/values.yaml?${training}`,
  compare: `#/compare/service%3Dgke%26gpu%3Dh100?${training}`,
  'take away': `#/take?${training}`,
  mistakes: '#/recipe?os=ubunto&driver=x&options%5Bmig%5D=perhaps',
};

for (const [name, address] of Object.entries(addresses)) {
  for (const [colorScheme, width] of [['light', 1280], ['dark', 320]]) {
    test(`${name} is accessible, ${colorScheme}, ${width} wide`, async (t) => {
      const page = await open(t, server.url + address, {colorScheme, viewport: {width, height: 800}, allow: /Failed to load resource.*400/});
      await page.locator('#view[aria-busy="false"]').waitFor();
      if (name === 'compare') await page.getByText(/values differ/).last().waitFor();
      for (const summary of name.includes('open') ? await page.locator('summary').all() : []) {
        await summary.evaluate((node) => node.parentNode.open || node.click());
      }
      await page.evaluate(axe);
      const {violations} = await page.evaluate(() => axe.run());
      assert.deepEqual(violations.map(({id, impact, nodes}) => `${impact} ${id}: ${nodes.map(({html}) => html).slice(0, 3)}`), []);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
    });
  }
}

test('without a mouse', async (t) => {
  const page = await open(t, server.url);
  await shows(page, 'Any GPU node');
  const focused = () => page.evaluate(() => document.activeElement.value || document.activeElement.textContent);
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  // tabTo goes on until the focus is where it is wanted; it comes around to the start.
  const tabTo = async (wanted) => {
    const passed = [];
    for (let i = 0; i < 100; i++) {
      await press('Tab');
      const now = await focused();
      if (now === wanted) return;
      passed.push(now.slice(0, 40));
    }
    assert.fail(`no focus on ${wanted}, but on ${passed}`);
  };

  await press('Tab');
  assert.equal(await focused(), 'Skip to the result');
  await press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'result');
  await page.reload();
  await shows(page, 'Any GPU node');

  // From "any" of the services to the second one, and from there over GPUs that are
  // grayed out, which take the focus and not the choice.
  await press('Tab', 'Tab', 'Tab', 'ArrowRight', 'ArrowRight');
  await shows(page, 'eks');
  assert.equal(await focused(), 'eks');
  await press('Tab', 'ArrowRight');
  assert.equal(await focused(), 'a10');
  assert.equal(await page.getByRole('radiogroup', {name: 'gpu', exact: true}).getByRole('radio', {name: 'a10', exact: true}).isChecked(), false);
  await page.getByText(/^a10: service eks has no gpu a10/).waitFor();
  await press('ArrowRight');
  await shows(page, 'eks · a100');

  await page.getByLabel('kubernetes version').focus();
  await page.keyboard.type('1.34');
  await press('Enter');
  await page.waitForURL(/k8s=1\.34/);
  await tabTo('Files');
  await press('Enter');
  await page.getByRole('navigation', {name: 'Files'}).waitFor();
  assert.equal(await focused(), 'Files');
  await tabTo('values.yaml');
  await press('Enter');
  const content = page.getByLabel(/^Content of .*values\.yaml$/);
  await content.waitFor();
  await tabTo(await content.textContent());
  await page.goBack();
  await page.getByText('Choose a file to read it here.').waitFor();
  await tabTo('Export');
  await press('Enter');
  await page.getByRole('heading', {level: 2, name: 'Export'}).waitFor();
  const downloading = page.waitForEvent('download');
  await tabTo('Bundle as zip');
  await press('Space');
  await downloading;
});

test('what changes is said', async (t) => {
  const page = await open(t, `${server.url}#/recipe?${training}`);
  await shows(page, trainingTitle);
  const status = page.locator('#summary[role="status"]');
  const before = await status.textContent();
  await page.getByRole('radio', {name: 'gb200', exact: true}).click();
  await shows(page, trainingTitle.replace('h100', 'gb200'));
  assert.notEqual(await status.textContent(), before);
  assert.equal(await page.title(), `${trainingTitle.replace('h100', 'gb200')} · eidos`);
});

test('on paper there is the answer and not the controls', async (t) => {
  const page = await open(t, `${server.url}#/recipe?${training}`);
  await shows(page, trainingTitle);
  await page.emulateMedia({media: 'print'});
  assert.equal(await page.locator('#choice').isVisible(), false);
  assert.equal(await page.locator('.values').first().isVisible(), true);
});
