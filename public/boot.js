// Before the app: theme and language without a flash, a word when it cannot start.
(function () {
  var d = document, h = d.documentElement;
  function kept(key) { try { return localStorage.getItem("likeness." + key); } catch (e) { return null; } }
  var theme = kept("theme"), language = kept("language") || navigator.language || "";
  if (theme === "dark" || theme === "light") h.dataset.theme = theme;
  h.lang = /^ru/i.test(language) ? "ru" : "en";
  if (location.pathname !== "/") h.dataset.away = "";
  d.addEventListener("readystatechange", function () {
    if (h.lang === "ru") d.querySelectorAll("[data-ru]").forEach(function (e) {
      if (e.placeholder === undefined) e.textContent = e.dataset.ru; else e.placeholder = e.dataset.ru;
    });
  }, { once: true });
  function fail() { if (d.getElementById("skeleton")) d.getElementById("failure").hidden = false; }
  addEventListener("error", fail, true);
  addEventListener("unhandledrejection", fail);
  setTimeout(fail, 30000);
})();
