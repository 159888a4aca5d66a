"""Reads all users, four requests at a time, and writes them as NDJSON."""

import asyncio
import json
import os
import sys

import aiohttp

BASE, USERS, WORKERS = os.environ["MUSTER_BASE_URL"], int(os.environ["RIVAL_USERS"]), 4


async def read(session, start, below):
    more = True
    while more:
        query = {"sort": "id", "limit": 1000, "cursor_start": start, "filter": "id{lt:%d}" % below}
        async with session.get(BASE + "/v1/system/users/any", params=query) as answer:
            answer.raise_for_status()
            page = await answer.json()
        for user in page["collection"]:
            sys.stdout.write(json.dumps(user) + "\n")
        start, more = page["meta"]["cursor_start"], page["has_more"]


async def main():
    headers = {"Authorization": "Bearer " + os.environ["MUSTER_TOKEN"]}
    async with aiohttp.ClientSession(headers=headers) as session:
        parts = [1 + USERS * w // WORKERS for w in range(WORKERS + 1)]
        await asyncio.gather(*(read(session, parts[w], parts[w + 1]) for w in range(WORKERS)))


asyncio.run(main())
