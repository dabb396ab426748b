// What a test can say of how a page looks.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Everything that axe finds on the page as it is now, advice that is no rule of WCAG included, and everything that it cannot
 * decide. What is scrolled away or lies under a bar is judged where it can be seen.
 */
export async function barriers(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
  return page.evaluate(async () => {
    const kinds = ['violations', 'incomplete'];
    const tell = ({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`).slice(0, 3).join(', ')}`;
    const { violations, incomplete } = await axe.run({ resultTypes: kinds });
    const found = violations.map(tell);
    const scrolled = [...document.querySelectorAll('*')].filter((element) => element.scrollTop || element.scrollLeft).map((element) => [element, element.scrollTop, element.scrollLeft]);
    for (const { id, nodes } of incomplete) {
      for (const { target } of nodes) {
        document.querySelector(target[0]).scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
        const again = await axe.run(target[0], { resultTypes: kinds, runOnly: [id] });
        found.push(...kinds.flatMap((kind) => again[kind]).map(tell));
      }
    }
    scrollTo(0, 0);
    for (const [element, top, left] of scrolled) element.scrollTo({ top, left, behavior: 'instant' });
    return found;
  });
}

/** Everything wider than the screen that the page itself would have to scroll for. */
export const overflow = (page) =>
  page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > width + 0.5)
      .map((element) => `${element.tagName.toLowerCase()}.${element.className}`)
      .slice(0, 5);
  });
