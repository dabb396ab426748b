// What a client with a view of its own puts into the page before its first script: here it passes everything on to the page of the stand-in around it.
// Elsewhere it does nothing.
if (window.name === 'view') {
  window.TelegramWebviewProxy = {
    postEvent: (eventType, data) => parent.postMessage({ eventType, eventData: JSON.parse(data) }, '*'),
  };
  addEventListener('message', ({ source, data }) => {
    if (source !== parent || !data?.tell) return;
    const [view, type, value] = data.tell;
    (view === 'android' ? window.Telegram.WebView : window.TelegramGameProxy).receiveEvent(type, value);
  });
}
