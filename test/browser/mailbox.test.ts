import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { sendTestMail } from '../mail.ts';
import { expectAccessible } from './accessibility.ts';
import { type Noticed, useStage, watchPage } from './stage.ts';
import { enterState, mailboxStates } from './states.ts';

describe('the mailbox in Chromium', () => {
  const stage = useStage();

  const open = async (
    path: string,
    options: BrowserContextOptions = {},
  ): Promise<Noticed & { page: Page }> => {
    const page = await stage.browser.newPage(options);
    const noticed = watchPage(page, (url) => url.startsWith(stage.server.url));
    await page.goto(stage.server.url + path);
    return { page, ...noticed };
  };

  test.each(mailboxStates)('$name is accessible and fits, wide and narrow, light and dark', async (state) => {
    const { page, strangers, complaints } = await open(await enterState(stage.server, state));
    await expectAccessible(page);
    expect(strangers).toEqual([]);
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
    await page.close();
  });

  test('a person without script finds a message and reads both of its parts', async () => {
    await enterState(stage.server, { name: 'two', mails: [], path: () => '' });
    await sendTestMail(stage.server, { to: 'grace@example.com', subject: 'Welcome' });
    await sendTestMail(stage.server, { to: 'ada@example.com', subject: 'Your code' });
    const { page } = await open('/_dev/mailbox', { javaScriptEnabled: false });
    await page.getByLabel('Recipient or subject').fill('ADA@');
    await page.getByRole('button', { name: 'Search' }).click();
    expect(await page.getByRole('listitem').count()).toBe(1);
    await page.getByRole('link', { name: 'Your code' }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Your code');
    expect(await page.getByText('Enter 123456 to sign in.').count()).toBe(1);
    const html = page.frameLocator('iframe').getByText('to sign in');
    await html.waitFor();
    await page.getByRole('link', { name: 'Mailbox' }).click();
    expect(await page.getByRole('listitem').count()).toBe(2);
    await page.close();
  });

  test('the first key leads to the content, with a ring that can be seen', async () => {
    await enterState(stage.server, { name: 'one', mails: [{}], path: () => '' });
    const { page } = await open('/_dev/mailbox');
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to content' });
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineWidth')).toBe('2px');
    expect((await skip.boundingBox())?.y).toBe(0);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Refresh');
    await page.close();
  });

  test('a canary in subject, address, text and HTML neither runs nor asks for anything', async () => {
    await enterState(stage.server, { name: 'none', mails: [], path: () => '' });
    let asked = 0;
    const strange = createServer((_, response) => {
      asked += 1;
      response.end();
    });
    const port = await new Promise<number>((resolve) => {
      strange.listen(0, '127.0.0.1', () => resolve((strange.address() as AddressInfo).port));
    });
    const stranger = `http://127.0.0.1:${port}/canary`;
    const canary = `"><img src=${stranger} onerror=alert(1)><script>alert(1)</script>`;
    const html = `<body onload="alert(1)">${canary}<link rel=stylesheet href=${stranger}><style>@import "${stranger}"; body { background: url(${stranger}) }</style><iframe src="${stranger}"></iframe><form action="${stranger}"><button>Go</button></form><meta http-equiv="refresh" content="0;url=${stranger}">`;
    const id = await sendTestMail(stage.server, {
      to: '"&lt;img src=x onerror=alert(1)&gt;"@example.com',
      subject: canary,
      text: canary,
      kind: canary,
      html,
    });
    for (const path of ['/_dev/mailbox', `/_dev/mailbox?search=%22%3E`, `/_dev/mailbox/${id}`]) {
      const { page, complaints } = await open(path);
      await page.waitForLoadState('networkidle');
      expect(await page.getByText('onerror').count()).toBeGreaterThan(0);
      expect(complaints.filter((text) => text === '1')).toEqual([]);
      await page.close();
    }
    // The browser tells of requests that the policy stopped, and may connect ahead of one: none must arrive.
    expect(asked).toBe(0);
    strange.closeAllConnections();
    strange.close();
  });
});
