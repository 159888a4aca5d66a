// Reads all users, four requests at a time, and writes them as NDJSON.
const base = process.env.MUSTER_BASE_URL, users = Number(process.env.RIVAL_USERS), workers = 4;
const headers = { Authorization: `Bearer ${process.env.MUSTER_TOKEN}` };

async function read(from, below) {
  for (let more = true; more; ) {
    const query = new URLSearchParams({ sort: "id", limit: 1000, cursor_start: from, filter: `id{lt:${below}}` });
    const answer = await fetch(`${base}/v1/system/users/any?${query}`, { headers });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const page = await answer.json();
    const text = page.collection.map((user) => JSON.stringify(user) + "\n").join("");
    if (!process.stdout.write(text)) await new Promise((drained) => process.stdout.once("drain", drained));
    from = page.meta.cursor_start;
    more = page.has_more;
  }
}

const part = (w) => 1 + Math.floor((users * w) / workers);
await Promise.all(Array.from({ length: workers }, (_, w) => read(part(w), part(w + 1))));
