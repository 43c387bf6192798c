// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import readline from 'node:readline';
import {after, before} from 'node:test';

import {chromium} from 'playwright-core';

// make test-browser says where these programs are.
export const {EIDOS: eidos, CHROMIUM: chromiumPath} = process.env;

// serving starts eidos serve before the tests of a file, and ends it after them. Its
// address is in url.
export function serving({limit = 0, flags = []} = {}) {
  const server = {};
  before(async () => {
    server.process = spawn(eidos, ['serve', '--listen', '127.0.0.1:0', '--drain-delay', '0s', '--rate-limit', String(limit), ...flags], {stdio: ['ignore', 'ignore', 'pipe']});
    const [line] = await once(readline.createInterface({input: server.process.stderr}), 'line');
    server.process.stderr.resume();
    server.url = `http://${JSON.parse(line).address}/`;
  });
  server.stop = async () => {
    if (server.process.exitCode !== null) return;
    const ended = once(server.process, 'exit');
    server.process.kill();
    await ended;
  };
  after(server.stop);
  return server;
}

// browsing starts Chromium for the tests of a file. What it returns opens an address,
// and fails the test at its end for whatever the browser complained about, the
// violations of the page's policy included, but for what allow matches.
export function browsing() {
  let browser;
  before(async () => {
    browser = await chromium.launch({executablePath: chromiumPath});
  });
  after(() => browser?.close());
  return async (t, url, {allow, ...options} = {}) => {
    const context = await browser.newContext({viewport: {width: 1280, height: 900}, reducedMotion: 'reduce', ...options});
    const complaints = [];
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({effectiveDirective, blockedURI}) => console.error(`violates ${effectiveDirective}: ${blockedURI}`));
    });
    const page = await context.newPage();
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
    t.after(async () => {
      await context.close();
      assert.deepEqual(complaints.filter((text) => !allow?.test(text)), []);
    });
    await page.goto(url);
    return page;
  };
}

// shows waits until the page shows the answer about a choice.
export const shows = (page, title) => page.getByRole('heading', {level: 1, name: title, exact: true}).waitFor();

export const ask = async (server, path) => (await fetch(new URL(path, server.url))).json();

export const training = 'service=eks&os=ubuntu&gpu=h100&intent=training&k8s=1.34';
export const trainingTitle = 'eks · ubuntu · h100 · training';

export const recipeOf = (server, query) => ask(server, `v1/recipe?${query}`);

export async function send(server, path, body) {
  const headers = {'Content-Type': 'application/json', Accept: 'application/json'};
  return (await fetch(new URL(path, server.url), {method: 'POST', body, headers})).json();
}

// bundleOf asks for the bundle of a recipe as its bytes are, which JSON.parse would change.
export const bundleOf = async (server, query) => send(server, 'v1/bundle', await (await fetch(new URL(`v1/recipe?${query}`, server.url))).text());

// valuesOf lists the values of a recipe in its order.
export async function valuesOf(server, query) {
  const {measurements} = await recipeOf(server, query);
  return measurements.flatMap(({type, subtypes}) => subtypes.flatMap(({subtype, data}) =>
    Object.entries(data).map(([key, value]) => ({group: `${type}/${subtype}`, key, value: String(value)}))));
}
