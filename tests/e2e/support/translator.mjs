// A translator of pages as browsers have one: it takes every text away and puts elements with other words in its place, again whenever one comes or changes.

/** Begins to translate a page, before or after it is opened. What is marked as not to be translated stays, unless `isRude`. */
export const translate = (page, { isRude = false } = {}) => page.addInitScript(translator, isRude);

function translator(isRude) {
  const kept = isRude ? 'script, style, textarea' : 'script, style, textarea, [translate="no"]';
  const take = (text) => {
    const parent = text.parentElement;
    if (!text.data.trim() || !parent || parent.closest(kept) || parent.closest('font')) return;
    const [outer, inner] = [document.createElement('font'), document.createElement('font')];
    outer.append(inner);
    inner.append(`«${text.data}»`);
    parent.replaceChild(outer, text);
  };
  const takeAll = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return take(node);
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    texts.forEach(take);
  };
  addEventListener('DOMContentLoaded', () => {
    takeAll(document.body);
    new MutationObserver((records) => {
      for (const { type, target, addedNodes } of records) {
        if (type === 'characterData') take(target);
        else addedNodes.forEach(takeAll);
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}
