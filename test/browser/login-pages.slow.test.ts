// Every state of the login pages, judged: accessible, fitting, quiet.
import { describe, expect, test } from 'vitest';
import { expectAccessible } from './accessibility.ts';
import { loginStates, prepareLogin } from './login-states.ts';
import { useStage, watchPage } from './stage.ts';

describe('the login pages in Chromium', () => {
  const stage = useStage({}, ({ server }) => prepareLogin(server));

  test.each(loginStates)('$name has no violation of axe, fits, and asks nobody else', async ({ enter }) => {
    const { browser, server } = stage;
    // Scripts of the test itself: the page's policy would refuse axe.
    const context = await browser.newContext({ bypassCSP: true });
    const page = await context.newPage();
    const { strangers, complaints } = watchPage(
      page,
      (url) => url.startsWith(server.url) || url.startsWith('http://127.0.0.1:9/'),
    );
    await enter(page, server);
    await expectAccessible(page);
    expect(strangers).toEqual([]);
    // A refused form answers 422, an error page 400: the browser notes these.
    expect(complaints.filter((text) => !/status of 4\d\d/.test(text))).toEqual([]);
    await context.close();
  });

  test('script that others bring is refused', async () => {
    const page = await stage.browser.newPage();
    const { complaints } = watchPage(page, () => true);
    await loginStates[0]?.enter(page, stage.server);
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = true' }))`,
    );
    expect(await page.evaluate('window.ran')).toBeUndefined();
    expect(complaints.join()).toMatch(/Content Security Policy/);
    await page.close();
  });
});
