import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bench, openBench, PARTY } from '../integrations/agora/emulator/harness.ts';
import { launchChromium } from './chromium.ts';

let browser: Browser;
let bench: Bench;
beforeAll(async () => {
  browser = await launchChromium();
  bench = await openBench();
  await bench.record('mix', 'start-mix-hls', { ...PARTY, cname: '<img src=x onerror=alert(1)>'.replaceAll('=', ':') });
  await bench.record('web', 'start-web', { ...PARTY, uid: '2', cname: 'page' });
});
afterAll(async () => {
  await browser.close();
  await bench.emulator.close();
});

/** Opens the page, and collects what its console and its scripts complain of. */
async function open(options: Parameters<Browser['newPage']>[0] = {}): Promise<{ readonly page: Page; readonly problems: string[] }> {
  const page = await browser.newPage(options);
  const problems: string[] = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => request.url().startsWith(bench.emulator.url) || problems.push(`asked ${request.url()}`));
  await page.goto(bench.emulator.url);
  return { page, problems };
}

describe('the page of the emulator in a browser', () => {
  test.each([
    [380, 'light'],
    [380, 'dark'],
    [1400, 'light'],
    [1400, 'dark'],
  ] as const)('is readable at %i px, %s: nothing is wider than the window', async (width, colorScheme) => {
    const { page, problems } = await open({ viewport: { width, height: 900 }, colorScheme });
    const folder = process.env.SCREENSHOTS;
    if (folder !== undefined) {
      mkdirSync(folder, { recursive: true });
      await page.screenshot({ path: path.join(folder, `emulator-${width}-${colorScheme}.png`), fullPage: true });
    }
    // As a text: the types of a page's globals are not those of the tests.
    const [wide, back] = await page.evaluate<[number, string]>(
      '[document.documentElement.scrollWidth, getComputedStyle(document.body).backgroundColor]',
    );
    expect(wide).toBeLessThanOrEqual(width);
    expect(back).toBe(colorScheme === 'dark' ? 'rgb(21, 24, 28)' : 'rgb(255, 255, 255)');
    expect(problems).toEqual([]);
    await page.close();
  });

  test('shows new requests by itself, while a form keeps what is being typed', async () => {
    const { page, problems } = await open();
    await page.getByLabel('Options').fill('status=500');
    await bench.call('GET', '/v1/ncs/ip');
    await page.getByText('/v1/ncs/ip').first().waitFor();
    expect(await page.getByLabel('Options').inputValue()).toBe('status=500');
    expect(problems).toEqual([]);
    await page.close();
  });

  test('its buttons add and remove faults and move the clock', async () => {
    const { page, problems } = await open();
    await page.getByLabel('Endpoint').selectOption('start');
    await page.getByRole('combobox', { name: /^Fault/ }).selectOption('reset-after');
    await page.getByLabel('Options').fill('count=1');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('cell', { name: 'reset-after' }).waitFor();
    expect(bench.emulator.faults.list()).toMatchObject([{ endpoint: 'start', kind: 'reset-after', count: 1 }]);
    await page.getByRole('button', { name: 'Remove all faults' }).click();
    await page.getByText('Nothing goes wrong.').waitFor();
    const before = bench.clock.now();
    await page.getByRole('button', { name: '+ 1 h' }).click();
    await expect.poll(() => bench.clock.now()).toBe(before + 3_600_000);
    expect(problems).toEqual([]);
    await page.close();
  });

  test('says when the emulator has ended', async () => {
    const ending = await openBench();
    const page = await browser.newPage();
    await page.goto(ending.emulator.url);
    await ending.emulator.close();
    await page.getByText('does not answer any more').waitFor({ state: 'visible' });
    await page.close();
  });

  test('another site cannot move the clock with a form', async () => {
    const page = await browser.newPage();
    const before = bench.clock.now();
    await page.setContent(
      `<form method="post" action="${bench.emulator.url}/_emulator/clock"><button name="seconds" value="60">go</button></form>`,
    );
    const [response] = await Promise.all([page.waitForResponse(/_emulator\/clock/), page.getByRole('button').click()]);
    expect(response.status()).toBe(403);
    expect(bench.clock.now()).toBe(before);
    await page.close();
  });
});
