// Inside Telegram, before the app: keeps what Telegram launched it with, hears Telegram from the first moment on, and says that the page is there.
(function () {
  var w = window, d = document, h = d.documentElement, isFramed = w.parent !== w, LAUNCH = "likeness.launch";
  function query() {
    var text = location.hash.slice(1), at = text.indexOf("?");
    return at < 0 || /^tgWebApp/.test(text) ? text : text.slice(at + 1);
  }
  function isLaunch(text) { return /(^|&)tgWebApp(Data|Version|Platform)=/.test(text || ""); }
  var launch = query();
  try {
    if (isLaunch(launch)) sessionStorage.setItem(LAUNCH, launch); else launch = sessionStorage.getItem(LAUNCH);
  } catch (e) { /* Then the address alone keeps it. */ }
  // A tab that remembers a launch but stands alone is a browser's.
  if (!w.TelegramWebviewProxy && !(isLaunch(launch) && (isFramed || isNotifiable()))) return;
  launch = isLaunch(launch) ? launch : "";

  function kept(key) { try { return localStorage.getItem(key); } catch (e) { return null; } }
  function isNotifiable() { try { return typeof w.external.notify === "function"; } catch (e) { return false; } }
  // Our own policy decides which sites may show the page, so whoever shows it is one of them. From here on it stays that one.
  var origin = isFramed && (location.ancestorOrigins ? location.ancestorOrigins[0] : /^https?:\/\/[^/]+/.exec(d.referrer));
  origin = String(origin || "https://web.telegram.org");
  // `data` is JSON; Telegram's own script sends an empty text where there is nothing to say.
  function post(type, data) {
    var all = '{"eventType":"' + type + '","eventData":' + (data || '""') + "}";
    if (w.TelegramWebviewProxy) w.TelegramWebviewProxy.postEvent(type, data || '""');
    else if (isNotifiable()) w.external.notify(all);
    else w.parent.postMessage(all, origin);
  }

  var waiting = [], listener = null;
  function hear(type, data) {
    if (type === "reload_iframe") {
      post("iframe_will_reload");
      location.reload();
    } else if (listener) listener(String(type), JSON.stringify(data) || "null");
    else if (waiting.length < 100) waiting.push([String(type), JSON.stringify(data) || "null"]);
  }
  addEventListener("message", function (event) {
    if (!isFramed || event.source !== w.parent || event.origin !== origin || typeof event.data !== "string") return;
    try { var told = JSON.parse(event.data); hear(told.eventType, told.eventData); } catch (e) { /* Nothing that Telegram says. */ }
  });
  // The three ways of the clients with a view of their own.
  w.Telegram = { WebView: { receiveEvent: hear } };
  w.TelegramGameProxy = { receiveEvent: hear };
  w.TelegramGameProxy_receiveEvent = hear;
  w.likenessHost = {
    launch: launch,
    post: post,
    listen: function (call) {
      listener = call;
      waiting.splice(0).forEach(function (told) { call(told[0], told[1]); });
    }
  };

  h.dataset.host = "telegram";
  var params = new URLSearchParams(launch);
  // Whose things are kept apart from whose. Nothing is allowed to anybody for it.
  try {
    var data = params.get("tgWebAppData");
    // Not every client encodes the data once more. Then they go on to the next of Telegram's own keys.
    if (/=/.test(/(?:^|&)tgWebAppData=([^&]*)/.exec(launch)[1])) data = /(?:^|&)tgWebAppData=(.*?)(?:&tgWebApp|&likenessErased=|$)/.exec(launch)[1];
    var user = JSON.parse(new URLSearchParams(data).get("user"));
    if (/^\d{1,20}$/.test(user.id)) h.dataset.user = user.id;
    if (/^[a-z-]{2,12}$/i.test(user.language_code)) h.dataset.language = user.language_code;
    if (!kept("likeness.language")) h.lang = /^ru/i.test(user.language_code) ? "ru" : "en";
  } catch (e) { /* A launch that names nobody. */ }
  try {
    var rgb = parseInt(JSON.parse(params.get("tgWebAppThemeParams")).bg_color.slice(1), 16);
    var light = .299 * Math.pow(rgb >> 16, 2) + .587 * Math.pow(rgb >> 8 & 255, 2) + .114 * Math.pow(rgb & 255, 2);
    h.dataset.scheme = light < 14400 ? "dark" : "light";
    if (!h.dataset.theme) h.dataset.theme = h.dataset.scheme;
  } catch (e) { /* Then as the device is set. */ }

  post("iframe_ready", '{"reload_supported":true}');
  post("web_app_expand");
  post("web_app_request_theme");
  post("web_app_request_viewport");
  if (parseFloat(params.get("tgWebAppVersion")) >= 8) {
    post("web_app_request_safe_area");
    post("web_app_request_content_safe_area");
  }
  // Telegram shows a placeholder of its own until then.
  var isReady = false;
  function ready() {
    if (!isReady) post("web_app_ready");
    isReady = true;
  }
  d.addEventListener("readystatechange", function () {
    requestAnimationFrame(ready);
    // A view in the background draws no frames.
    setTimeout(ready, 100);
  }, { once: true });
})();
