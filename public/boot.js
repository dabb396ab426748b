// Before the app: theme and language without a flash, a word when it cannot start.
(function () {
  var d = document, h = d.documentElement;
  function kept(key) { try { return localStorage.getItem("likeness." + key); } catch (e) { return null; } }
  var theme = kept("theme"), language = kept("language") || navigator.language || "";
  if (theme === "dark" || theme === "light") h.dataset.theme = theme;
  h.lang = /^ru/i.test(language) ? "ru" : "en";
  // The policy of the page wants every markup judged. The app's own is fixed and holds nothing of this.
  if (window.trustedTypes) trustedTypes.createPolicy("default", {
    createHTML: function (html) { return /<(script|iframe|object|embed|base|link|meta)|[\s/"']on\w+\s*=|srcdoc|javascript:/i.test(html) ? null : html; }
  });
  if (location.pathname !== "/") h.dataset.away = "";
  // What Telegram's links ask for, in a browser.
  if (/^\?startapp=/.test(location.search)) h.dataset.link = "";
  d.addEventListener("readystatechange", function () {
    if (h.lang === "ru") d.querySelectorAll("[data-ru]").forEach(function (e) {
      if (e.placeholder === undefined) e.textContent = e.dataset.ru; else e.placeholder = e.dataset.ru;
    });
  }, { once: true });
  // A keyboard may lie over the page: what is pinned to the edge then stands above it. In a short window all that is pinned is one slim bar.
  var view = window.visualViewport;
  function measure() {
    var seen = view && view.scale < 1.01 ? view.height : innerHeight;
    var covered = view && view.scale < 1.01 ? Math.round(h.clientHeight - view.offsetTop - seen) : 0;
    h.style.setProperty("--covered", (covered < 120 ? 0 : covered) + "px");
    if (seen <= 480) h.dataset.short = ""; else delete h.dataset.short;
  }
  measure();
  addEventListener("resize", measure);
  if (view) view.onscroll = function () { measure(); }, view.addEventListener("resize", measure);
  // The app notes in each entry of the history how far its page was scrolled: the browser would look before it is drawn.
  history.scrollRestoration = "manual";
  // What stands above a page, such as a notice, leaves it less room.
  var ABOVE = ".bar, .notices, .notices ~ .notice", above = window.ResizeObserver && new ResizeObserver(function () {
    var top = 0, notices = 0;
    d.querySelectorAll(ABOVE).forEach(function (e) {
      top += e.offsetHeight;
      if (e.className === "notices") notices = e.offsetHeight;
    });
    h.style.setProperty("--top", top + "px");
    h.style.setProperty("--notices", notices + "px");
  });
  // A translator of pages takes our texts away and puts elements of its own in their place. A text that changes after that takes its place back.
  var stands = new WeakMap(), watch = new MutationObserver(function (records) {
    records.forEach(function (record) {
      if (above && record.target === d.body) d.querySelectorAll(ABOVE).forEach(function (e) { above.observe(e); });
      if (record.type === "characterData") {
        var text = record.target, stand = stands.get(text);
        if (stand && stand.parentNode && !text.parentNode) stand.replaceWith(text);
        return stands.delete(text);
      }
      record.removedNodes.forEach(function (gone) {
        if (gone.nodeType !== 3 || gone.parentNode) return;
        var near = [].concat(Array.from(record.addedNodes), record.previousSibling, record.nextSibling).find(function (node) { return node && node.nodeName === "FONT"; });
        if (!near) return;
        stands.set(gone, near);
        watch.observe(gone, { characterData: true });
      });
    });
  });
  watch.observe(d, { childList: true, subtree: true });
  function fail() { if (d.getElementById("skeleton")) d.getElementById("failure").hidden = false; }
  addEventListener("error", function (event) { stop(event.error) || fail(); }, true);
  addEventListener("unhandledrejection", function (event) { stop(event.reason) || fail(); });
  setTimeout(fail, 30000);

  // The app itself has stopped: WebAssembly says so by an error of its own, and nothing in it can draw any more.
  var WORDS = h.lang === "ru" ? {
    title: "Likeness остановилась", text: "В ней что-то сломалось. Снимки и заказы сохранены: обновите страницу, и всё продолжится. Дважды ничего не отправится.",
    again: "Она остановилась сразу после обновления. Скопируйте подробности и отправьте их владельцу студии.",
    reload: "Обновить", copy: "Скопировать", copied: "Скопировано", prompt: "вместе с моим текстом", details: "Подробности"
  } : {
    title: "Likeness has stopped", text: "Something in it broke. Your pictures and orders are stored: reload, and everything goes on. Nothing is sent twice.",
    again: "It stopped again right after a reload. Copy the details and send them to the owner of this studio.",
    reload: "Reload", copy: "Copy details", copied: "Copied", prompt: "with my prompt", details: "Details"
  };
  function stop(error) {
    if (!window.WebAssembly || !(error instanceof WebAssembly.RuntimeError)) return false;
    if (d.getElementById("stopped")) return true;
    var last = 0;
    try { last = +sessionStorage.getItem("likeness.stopped"); sessionStorage.setItem("likeness.stopped", Date.now()); } catch (e) { /* Then every stop is the first. */ }
    var lines = [String(error), String(error.stack || ""), navigator.userAgent, location.pathname, new Date().toISOString()]
      .concat(performance.getEntriesByType("resource").map(function (file) { return file.name; }).filter(function (name) { return /\.wasm$/.test(name); }));
    var screen = make(d.body, "dialog", "");
    screen.id = "stopped";
    screen.className = "failure";
    make(screen, "h1", WORDS.title).className = "plate__title";
    make(screen, "p", Date.now() - last < 20000 ? WORDS.again : WORDS.text).className = "plate__text";
    var reload = make(screen, "button", WORDS.reload), copy = make(screen, "button", WORDS.copy), label = make(screen, "label", "");
    var box = make(label, "input", ""), more = make(screen, "details", "");
    reload.className = copy.className = "button";
    reload.dataset.kind = "primary";
    reload.onclick = function () { location.reload(); };
    box.type = "checkbox";
    label.append(" " + WORDS.prompt);
    more.className = "plate__more";
    make(more, "summary", WORDS.details);
    var text = make(more, "pre", "");
    text.className = "code__text";
    box.onchange = write;
    copy.onclick = function () {
      navigator.clipboard.writeText(text.textContent).then(function () { copy.textContent = WORDS.copied; }, function () {
        more.open = true;
        getSelection().selectAllChildren(text);
      });
    };
    function write() {
      var draft = "";
      if (box.checked) try { draft = JSON.parse(kept("draft" + (h.dataset.user ? "." + h.dataset.user : ""))).prompt; } catch (e) { draft = ""; }
      text.textContent = lines.concat(draft).join("\n").trim();
    }
    write();
    jobs(function (ids) { lines = lines.concat(ids); write(); });
    // Older browsers have no modal dialog; an open one is seen as well.
    if (screen.showModal) screen.showModal(); else screen.setAttribute("open", "");
    return true;
  }
  function make(parent, name, text) {
    var element = d.createElement(name);
    element.textContent = text;
    return parent.appendChild(element);
  }
  // The ids of jobs, which say nothing of what was asked for.
  function jobs(done) {
    try {
      var opening = indexedDB.open("likeness" + (h.dataset.user ? "-" + h.dataset.user : ""));
      opening.onupgradeneeded = function () { opening.transaction.abort(); };
      opening.onsuccess = function () {
        var reading = opening.result.transaction("jobs").objectStore("jobs").getAllKeys();
        reading.onsuccess = function () {
          opening.result.close();
          done(reading.result.map(function (id) { return "job " + id; }));
        };
      };
    } catch (e) { /* Without a store there are no jobs. */ }
  }
})();
