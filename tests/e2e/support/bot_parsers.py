"""Which messages the frameworks for bots take for /generate, and with which words.

Reads a list of messages, and prints for each what aiogram, python-telegram-bot and the example bot make of it: the words, or null.
"""

import asyncio
import json
import os
import re
import sys

from aiogram.filters.command import Command, CommandException
from telegram import Bot, Update, User
from telegram.ext import CommandHandler

NAME = sys.argv[1]
os.environ.setdefault("TELEGRAM_BOT_TOKEN", "1:of-nobody")
os.environ.setdefault("LIKENESS_API_TOKEN", "of-nobody")
sys.path.insert(0, sys.argv[2])
import bot as example


class Aiogram:
    async def me(self):
        return User(1, "Bot", True, username=NAME)


def by_aiogram(text):
    try:
        return asyncio.run(Command("generate").parse_command(text, Aiogram())).args or ""
    except CommandException:
        return None


judge = Bot("1:of-nobody")
judge._bot_user = User(1, "Bot", True, username=NAME)


def by_python_telegram_bot(text):
    # As Telegram marks commands.
    command = re.match(r"/\w+(@\w+)?", text, re.ASCII)
    entities = [{"type": "bot_command", "offset": 0, "length": command.end()}] if command else []
    message = {"message_id": 1, "date": 0, "chat": {"id": 7, "type": "private"}, "text": text, "entities": entities}
    update = Update.de_json({"update_id": 1, "message": message}, judge)
    found = CommandHandler("generate", lambda: None).check_update(update)
    return " ".join(found[0]) if found else None


def by_example(text):
    return example.wish({"chat": {"id": -7, "type": "group"}, "text": text}, lambda: NAME)


print(json.dumps([[by_aiogram(text), by_python_telegram_bot(text), by_example(text)] for text in json.load(sys.stdin)]))
