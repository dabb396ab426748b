"""A Telegram bot that answers "/generate words" with a picture. Python's standard library is all it needs.

    TELEGRAM_BOT_TOKEN=… LIKENESS_API_TOKEN=… python3 bot.py avatar.json

LIKENESS_URL is the address of the server (http://127.0.0.1:8787 unless set). The avatar is the first of a file that the app exported, or one alone.
"""

import concurrent.futures
import json
import os
import sys
import time
import urllib.error
import urllib.request

TELEGRAM = os.environ.get("TELEGRAM_API_BASE", "https://api.telegram.org") + "/bot" + os.environ["TELEGRAM_BOT_TOKEN"]
LIKENESS = os.environ.get("LIKENESS_URL", "http://127.0.0.1:8787")
LIKENESS_API_TOKEN = os.environ["LIKENESS_API_TOKEN"]
COMMAND = "/generate "


# Whoever ordered waits at most so long for a server that is busy or away, in seconds.
PATIENCE = 300
# A run that has not ended by then is given up.
LONGEST_RUN = 3600
# Telegram gives a hundred updates at a time. With so many behind it, one that takes long is confirmed before it is answered.
MOST_BEHIND = 50


class Refused(Exception):
    """Telegram said no, with this status."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


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
        raise Refused(status, f"{method}: {answer['description']}")
    return answer["result"]


def generate(avatar, prompt, key):
    """The address of a picture, or a sentence that says why there is none.

    The key makes the order happen once, however often this is called: after a lost connection or a restart, too.
    """
    headers = {"authorization": "Bearer " + LIKENESS_API_TOKEN, "idempotency-key": key}
    wish = {"avatar": avatar, "prompt": prompt, "preset": "balanced", "wait": 120}
    over, end = time.monotonic() + LONGEST_RUN, time.monotonic() + PATIENCE
    while True:
        try:
            status, answer = post(f"{LIKENESS}/api/v1/generate", wish, headers)
        except (OSError, ValueError):
            # No answer, or one that is no JSON: there may be another later.
            status, answer = 0, {"error": {"message": "The studio does not answer.", "retryable": True, "retry_after_ms": 3000}}
        if status == 200:
            url = answer["image_url"]
            return url, None if url else "The safety checker held the picture back. Try other words."
        if status == 202 and time.monotonic() < over:
            end = time.monotonic() + PATIENCE
            continue
        if status == 202:
            return None, "The picture takes too long."
        error = answer.get("error", {})
        wait = (error.get("retry_after_ms") or 1000) / 1000
        if not error.get("retryable") or time.monotonic() + wait > end:
            break
        time.sleep(wait)
    if "issues" in answer:
        return None, " ".join(issue["message"] for issue in answer["issues"] if issue["severity"] == "error")
    return None, error["message"]


def answer(avatar, update):
    message = update.get("message", {})
    text, chat = message.get("text", ""), message.get("chat", {}).get("id")
    if not text.startswith(COMMAND):
        return
    url, problem = generate(avatar, text[len(COMMAND):], f"telegram-{update['update_id']}")
    if url:
        try:
            return telegram("sendPhoto", chat_id=chat, photo=url)
        except Refused:
            problem = url  # What Telegram does not take as a photo can still be opened.
    telegram("sendMessage", chat_id=chat, text=problem)


def updates(after):
    """What somebody wrote since; nothing while Telegram is away. A token that it does not know never will do."""
    try:
        return telegram("getUpdates", offset=after, timeout=50)
    except (Refused, OSError, ValueError) as error:
        if getattr(error, "status", None) in (401, 404):
            raise
        print(type(error).__name__, file=sys.stderr)
        time.sleep(3)
        return []


def answered(avatar, update):
    """Somebody who has blocked the bot must not stop it for the others."""
    try:
        answer(avatar, update)
    except Exception as error:  # Its text may hold the address, and that the bot's token.
        print(type(error).__name__, file=sys.stderr)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        avatar = json.load(file)
    avatar = avatar["avatars"][0] if "avatars" in avatar else avatar
    # What is being answered, by the number of its update. Telegram may forget those before them: a bot that is started again gets what it had not answered.
    in_hand, after = {}, 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=100) as pool:
        while True:
            orders = [update for update in updates(max(after - MOST_BEHIND, min([after, *in_hand]))) if update["update_id"] >= after]
            for update in orders:
                after = update["update_id"] + 1
                # Side by side, so that nobody waits for the picture of somebody else.
                in_hand[update["update_id"]] = pool.submit(answered, avatar, update)
            if in_hand and not orders:
                time.sleep(1)  # While something is in hand, Telegram gives that at once.
            in_hand = {number: order for number, order in in_hand.items() if not order.done()}


if __name__ == "__main__":
    main()
