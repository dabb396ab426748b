// Takes the pictures of the README into docs/shots/: `cargo xtask shots`.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launch, newPage, required } from './browser.mjs';

const FOLDER = 'docs/shots';

const SCREENS = [
  { name: 'wide', viewport: { width: 1440, height: 900 } },
  { name: 'phone', viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
];
const SCHEMES = ['dark', 'light'];
const LOCALES = ['en-US', 'ru-RU'];

required('LIKENESS_URL');
await mkdir(FOLDER, { recursive: true });
const browser = await launch();
for (const { name, ...screen } of SCREENS) {
  for (const colorScheme of SCHEMES) {
    for (const locale of LOCALES) {
      const page = await newPage(browser, { ...screen, colorScheme, locale, reducedMotion: 'reduce' });
      await page.goto('/');
      await page.locator('#make').waitFor();
      await page.evaluate(() => document.fonts.ready);
      const path = join(FOLDER, `studio-${name}-${colorScheme}-${locale.slice(0, 2)}.png`);
      await page.screenshot({ path });
      console.log(path);
      await page.context().close();
    }
  }
}
await browser.close();
