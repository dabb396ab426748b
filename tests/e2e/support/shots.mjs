// Takes the pictures of the READMEs into docs/shots/: `cargo xtask shots`.
//
// They show the product in use: a sheet with pictures of both demo avatars, the same ones each
// time, because the stand-in draws the same picture for the same words and seed.

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launch, newPage, startServer } from './browser.mjs';
import { able, choose, details, open, prints } from './studio.mjs';

const FOLDER = 'docs/shots';
const SCREEN = { viewport: { width: 1440, height: 900 } };

/** What is made, the first one first: avatar, preset, seed, words. */
const PICTURES = [
  ['demo-vera', 'artistic', 14, 'in a forest, green dress, sunbeams'],
  ['demo-ink', 'fast', 9, 'a village under snow, evening'],
  ['demo-vera', 'fast', 31, 'in a denim jacket, city street'],
  ['demo-ink', 'ultra', 77, 'mountains above a lake at dawn'],
  ['demo-ink', 'landscape', 5, 'a harbour in the fog, boats at anchor'],
  ['demo-vera', 'portrait', 3, 'in a linen shirt, window light, a quiet room'],
  ['demo-ink', 'portrait', 21, 'an old forest before a storm'],
  ['demo-vera', 'landscape', 12, 'on a mountain trail at noon, wind in her hair'],
  ['demo-vera', 'balanced', 8, 'in a black turtleneck, soft studio light'],
  ['demo-ink', 'balanced', 34, 'a castle above a river, autumn'],
  ['demo-vera', 'photorealistic', 55, 'in a yellow raincoat on a rainy street at night'],
  ['demo-vera', 'quality', 2, 'in a red wool coat on a frosty embankment, low morning sun'],
];
/** What stands in the composer then. */
const DRAFT = {
  en: 'in a red wool coat on a frosty embankment, low morning sun',
  ru: 'в красном пальто на заснеженной набережной, низкое утреннее солнце',
};

/** A browser's own library with those pictures in it, made by the app as a person would. */
async function library(page, language) {
  await open(page);
  await able(page);
  await details(page);
  for (const [index, [avatar, preset, seed, words]] of PICTURES.entries()) {
    await choose(page, 'avatar', avatar);
    await choose(page, 'preset', preset);
    await page.locator('#prompt').fill(words);
    await page.locator('#seed').fill(String(seed));
    await able(page);
    await page.locator('#make').click();
    await prints(page, index + 1);
  }
  await choose(page, 'avatar', 'demo-vera');
  await choose(page, 'preset', 'balanced');
  await page.locator('#prompt').fill(DRAFT[language]);
  await page.locator('#seed').fill('');
  // The page as it is on the next visit: nothing unfolded, nothing focused, no message. The driver
  // has scrolled while it filled in, and a page is found again as far down as it was left.
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForTimeout(500);
  await open(page);
  await prints(page, PICTURES.length);
}

/** The same picture as WebP, a fifth of the size; the browser can do it without any further tool. */
async function webp(png) {
  const base64 = await desk.evaluate(async (png) => {
    const file = await (await fetch(`data:image/png;base64,${png}`)).blob();
    const bitmap = await createImageBitmap(file);
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext('2d').drawImage(bitmap, 0, 0);
    const small = await canvas.convertToBlob({ type: 'image/webp', quality: 0.86 });
    const reader = new FileReader();
    await new Promise((resolve) => {
      reader.onload = resolve;
      reader.readAsDataURL(small);
    });
    return reader.result.split(',')[1];
  }, png.toString('base64'));
  return Buffer.from(base64, 'base64');
}

async function shoot(page, name) {
  await page.evaluate(() => document.fonts.ready);
  await page.evaluate(() => document.activeElement?.blur());
  const path = join(FOLDER, `${name}.webp`);
  const bytes = await webp(await page.screenshot());
  await writeFile(path, bytes);
  console.log(`${path}  ${Math.round(bytes.length / 1000)} KB`);
}

await rm(FOLDER, { recursive: true, force: true });
await mkdir(FOLDER, { recursive: true });
const server = await startServer({ LIKENESS_DEMO_SPEED: '1000' });
const browser = await launch();
const desk = await browser.newPage();
const session = async (locale, name) => {
  const page = await newPage(browser, { baseURL: server.url, locale, colorScheme: 'dark', reducedMotion: 'reduce', ...SCREEN });
  page.setDefaultTimeout(30_000);
  await library(page, locale.slice(0, 2));
  await shoot(page, name);
  if (page.complaints.length) throw new Error(page.complaints.join('\n'));
  await page.context().close();
};

await session('en-US', 'studio-dark');
await session('ru-RU', 'studio-russian');
await browser.close();
await server.stop();
