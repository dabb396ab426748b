"""A Telegram bot that answers "/generate words" with a picture. Python's standard library is all it needs.

    TELEGRAM_BOT_TOKEN=… LIKENESS_API_TOKEN=… python3 bot.py avatar.json

LIKENESS_URL is the address of the server (http://127.0.0.1:8787 unless set). The avatar is a file as the app exports it.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request

TELEGRAM = os.environ.get("TELEGRAM_API_BASE", "https://api.telegram.org") + "/bot" + os.environ["TELEGRAM_BOT_TOKEN"]
LIKENESS = os.environ.get("LIKENESS_URL", "http://127.0.0.1:8787")
COMMAND = "/generate "


def post(url, body, headers=(), patience=150):
    """Posts JSON and gives status and answer, whatever the status is."""
    headers = {"content-type": "application/json", **dict(headers)}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=patience) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)


def telegram(method, **parameters):
    status, answer = post(f"{TELEGRAM}/{method}", parameters)
    if status == 429:
        time.sleep(answer["parameters"]["retry_after"])
        return telegram(method, **parameters)
    if not answer["ok"]:
        raise RuntimeError(f"{method}: {answer['description']}")
    return answer["result"]


def generate(avatar, prompt, key):
    """The address of a picture, or a sentence that says why there is none.

    The key makes the order happen once, however often this is called: after a lost connection or a restart, too.
    """
    headers = {"authorization": "Bearer " + os.environ["LIKENESS_API_TOKEN"], "idempotency-key": key}
    wish = {"avatar": avatar, "prompt": prompt, "preset": "balanced", "wait": 120}
    while True:
        status, answer = post(f"{LIKENESS}/api/v1/generate", wish, headers)
        if status == 200:
            return answer["image_url"], None
        if status != 202:
            break
    if "issues" in answer:
        return None, " ".join(issue["message"] for issue in answer["issues"] if issue["severity"] == "error")
    return None, answer["error"]["message"]


def answer(avatar, update):
    message = update.get("message", {})
    text, chat = message.get("text", ""), message.get("chat", {}).get("id")
    if not text.startswith(COMMAND):
        return
    url, problem = generate(avatar, text[len(COMMAND):], f"telegram-{update['update_id']}")
    if url:
        telegram("sendPhoto", chat_id=chat, photo=url)
    else:
        telegram("sendMessage", chat_id=chat, text=problem)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        avatar = json.load(file)
    after = 0
    while True:
        for update in telegram("getUpdates", offset=after, timeout=50):
            answer(avatar, update)
            after = update["update_id"] + 1


if __name__ == "__main__":
    main()
