// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import {mkdir, readdir, readFile, stat, writeFile} from 'node:fs/promises';
import {test} from 'node:test';

import {browsing, serving, training} from './helpers.mjs';

const server = serving();
const open = browsing();

const root = new URL('../../', import.meta.url);
const images = new URL('docs/images/', root);
const full = 'service=oke&os=ubuntu&gpu=h100&intent=training&k8s=1.34&options%5Bscheduler%5D=kueue&options%5Bmonitoring%5D=true';

// What each picture of the guide shows, and what is there once it is ready.
const pictures = {
  'page-recipe': {address: `#/recipe?${training}`, ready: 'Values'},
  'page-values': {address: `#/recipe?${training}`, ready: 'Values', part: '.group >> nth=0'},
  'page-bundle': {address: `#/bundle?${full}`, ready: 'Components'},
  'page-compare': {address: '#/compare/service%3Dgke%26gpu%3Dh100%26k8s%3D1.34?service=eks&gpu=h100&k8s=1.34', ready: 'Values that differ', part: '.compare'},
  'page-take': {address: `#/take?${training}`, ready: 'Export'},
  'page-phone': {address: `#/recipe?${training}`, ready: 'Values', width: 390, height: 1700, colorScheme: 'dark'},
};

for (const [name, {address, ready, part, width = 1280, height = 900, colorScheme = 'light'}] of Object.entries(pictures)) {
  test(`picture of ${name}`, async (t) => {
    const page = await open(t, server.url + address, {viewport: {width, height}, colorScheme});
    await page.getByRole('heading', {level: 2, name: ready, exact: true}).waitFor();
    if (name === 'page-compare') await page.locator('.differences tbody tr').first().waitFor();
    const picture = await (part ? page.locator(part) : page).screenshot();
    assert.equal(picture.length < 200 * 1024, true, `${picture.length} bytes`);
    if (process.env.SCREENSHOTS) {
      await mkdir(images, {recursive: true});
      await writeFile(new URL(`${name}.png`, images), picture);
    }
  });
}

test('the guide shows every picture, and none is left over', async () => {
  const guide = await readFile(new URL('templates/guides/page.md.tmpl', root), 'utf8');
  const shown = [...guide.matchAll(/\/main\/docs\/images\/(.*)\.png\)/g)].map(([, name]) => name).sort();
  assert.deepEqual(shown, Object.keys(pictures).sort());
  const there = (await readdir(images)).filter((name) => name.startsWith('page-')).sort();
  assert.deepEqual(there, shown.map((name) => `${name}.png`));
  for (const name of there) assert.equal((await stat(new URL(name, images))).size < 200 * 1024, true, name);
});

test('the guide says how many requests a first visit makes, and all are to this server', async (t) => {
  const page = await open(t, 'about:blank');
  const asked = new Set(); // the icon of the tab is also in the page
  page.on('request', (request) => asked.add(request.url()));
  await page.goto(server.url);
  await page.locator('#view[aria-busy="false"]').waitFor();
  assert.deepEqual([...asked].filter((url) => !url.startsWith(server.url)), []);
  const guide = await readFile(new URL('templates/guides/page.md.tmpl', root), 'utf8');
  assert.match(guide, new RegExp(`a first visit makes ${asked.size} requests`));
});
