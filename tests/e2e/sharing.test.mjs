// A studio that several people reach: it asks for its access code before it spends anything.

import assert from 'node:assert/strict';
import { FAILED_LOAD, flows, make, prints, reads } from './support/studio.mjs';

const CODE = 'correct-horse-battery';

flows('a studio with an access code', { env: { LIKENESS_ACCESS: 'password', LIKENESS_ACCESS_CODE: CODE } }, (flow) => {
  flow(
    'asks for it, says when it is wrong, and remembers it over a reload',
    async ({ page, sent }) => {
      const field = page.locator('#access-code');
      await field.waitFor();
      await page.locator('#make').click();
      assert.equal(sent.length, 0, 'nothing is ordered without the code');
      await page.waitForFunction(() => document.activeElement?.id === 'access-code');
      await page.keyboard.press('Enter');
      await reads(page.locator('#access-code-problem'), /Type the access code first/);
      await field.fill('not the code');
      await page.keyboard.press('Enter');
      await reads(page.locator('#access-code-problem'), /not the access code/);
      await field.fill(CODE);
      await page.keyboard.press('Enter');
      await field.waitFor({ state: 'detached' });
      await make(page, 'a quiet harbour');
      await prints(page);
      await page.reload();
      await prints(page);
      assert.equal(await field.count(), 0);
      await make(page, 'a quiet garden');
      await prints(page, 2);
    },
    { expected: [FAILED_LOAD] },
  );
});
