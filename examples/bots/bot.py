"""A Telegram bot that answers "/generate words" with a picture. Python's standard library is all it needs.

    TELEGRAM_BOT_TOKEN=… LIKENESS_API_TOKEN=… python3 bot.py avatar.json

LIKENESS_URL is the address of the server (http://127.0.0.1:8787 unless set). The avatar is the first of a file that the app exported, or one alone.
"""

import concurrent.futures
import json
import os
import re
import sys
import time
import urllib.error
import urllib.request

TOKEN = os.environ["TELEGRAM_BOT_TOKEN"]
TELEGRAM = os.environ.get("TELEGRAM_API_BASE", "https://api.telegram.org") + "/bot" + TOKEN
# Several bots may share a server, and Telegram counts the updates of each from anywhere.
BOT = TOKEN.split(":")[0]
LIKENESS = os.environ.get("LIKENESS_URL", "http://127.0.0.1:8787")
LIKENESS_API_TOKEN = os.environ["LIKENESS_API_TOKEN"]
# "/generate@name words": any blank may stand behind a command, a line break too.
COMMAND = re.compile(r"/([A-Za-z0-9_]+)(?:@([A-Za-z0-9_]*))?(?:\s+(.*))?", re.DOTALL)
# What people send, as opposed to what Telegram notes in a chat.
CONTENTS = "text caption photo video animation audio voice video_note document sticker location venue contact poll dice story".split()
HELP = "Write /generate and what the picture should show, for example: /generate a castle in the fog"

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


def name():
    """What the bot is called; none while Telegram does not say."""
    try:
        return telegram("getMe").get("username")
    except (Refused, OSError, ValueError):
        return None


def wish(message, name=name):
    """What a message asks for: words to make a picture of, nothing ("") where it needs help, None where it is not for this bot.

    In a group, others talk to each other and to other bots: only what names this bot, or what every bot understands, is for it.
    """
    text = message.get("text", message.get("caption"))
    chat = message.get("chat", {})
    is_private = chat.get("type", "private" if chat.get("id", 0) > 0 else "group") == "private"
    if message.get("from", {}).get("is_bot"):
        return None
    command = COMMAND.fullmatch((text or "").strip())
    if not command:
        return "" if is_private and any(key in message for key in CONTENTS) else None
    word, mention, words = command.groups()
    if mention and mention.lower() != (name() or mention).lower():
        return None
    if word.lower() == "generate" and "text" in message:
        return (words or "").strip()
    return "" if is_private or mention or word.lower() in ("start", "help", "generate") else None


def reply(method, message, **parameters):
    """Answers a message, beside it and in its topic."""
    parameters["chat_id"] = message["chat"]["id"]
    if "message_id" in message:
        parameters["reply_parameters"] = {"message_id": message["message_id"], "allow_sending_without_reply": True}
    try:
        topic = {"message_thread_id": message["message_thread_id"]} if "message_thread_id" in message else {}
        return telegram(method, **parameters, **topic)
    except Refused as refusal:
        # In a group without topics that is no topic but a chain of replies.
        if not topic or "thread not found" not in str(refusal):
            raise
        return telegram(method, **parameters)


def answer(avatar, update):
    message = update.get("message", {})
    words = wish(message)
    if words is None:
        return
    if not words:
        return reply("sendMessage", message, text=HELP)
    url, problem = generate(avatar, words, f"telegram-{BOT}-{update['update_id']}")
    if url:
        try:
            return reply("sendPhoto", message, photo=url)
        except Refused:
            problem = url  # What Telegram does not take as a photo can still be opened.
    reply("sendMessage", message, text=problem)


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
