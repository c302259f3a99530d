// Parts of a page with data-live (a conversation's id, or * for any) are fetched anew when something changed there;
// the title counts who waits, and a notification tells of a new one. Without the stream the parts are polled.
import { listen } from "/console/static/live_source.js";

const POLL_MS = 5000;
const CALM_MS = 30000;
const KNOWN = "console.waiting";
const title = document.title;
let open = false;
let stale = false;
let fetched = Date.now();

// A part that is drawn anew keeps what the reader has unfolded.
Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) => !(name === "open" && node.tagName === "DETAILS");

function refresh(changed) {
  const parts = [...document.querySelectorAll("[data-live]")].filter(
    ({ dataset }) => changed === null || (dataset.live === "*" ? changed.length > 0 : changed.includes(dataset.live)),
  );
  if (!parts.length) return;
  if (document.hidden) { stale = true; return; }
  stale = false;
  fetched = Date.now();
  for (const part of parts) htmx.trigger(part, "refresh");
}

function known() {
  try { return JSON.parse(sessionStorage.getItem(KNOWN)); } catch { return null; }
}

function tellOf(waiting) {
  document.title = waiting.length ? `(${waiting.length}) ${title}` : title;
  const keys = waiting.map((one) => `${one.id} ${one.since}`);
  const before = known();
  sessionStorage.setItem(KNOWN, JSON.stringify(keys));
  if (before === null || document.hasFocus() || !("Notification" in window) || Notification.permission !== "granted") return;
  for (const one of waiting.filter((_, place) => !before.includes(keys[place]))) {
    // The tag makes one notification of those that several tabs show.
    const shown = new Notification(one.name, { body: "Ждёт ответа человека", tag: `waits-${one.id}`, lang: "ru" });
    shown.onclick = () => { window.focus(); location.assign(`/console/conversations/${one.id}`); };
  }
}

function heard(told) {
  if (told.bye) location.reload();
  if (told.open !== undefined) {
    if (told.open && !open) refresh(null);
    open = told.open;
  }
  if (told.news) {
    tellOf(told.news.waiting);
    refresh(told.news.changed);
  }
}

function connect() {
  if (!("SharedWorker" in window)) { listen(heard); return; }
  const { port } = new SharedWorker("/console/static/live_worker.js", { type: "module", name: "console" });
  port.onmessage = (event) => heard(event.data);
  addEventListener("pagehide", () => port.postMessage("gone"));
}

connect();
setInterval(() => { if (Date.now() - fetched >= (open ? CALM_MS : POLL_MS)) refresh(null); }, 1000);
document.addEventListener("visibilitychange", () => { if (!document.hidden && stale) refresh(null); });
for (const done of ["done", "said", "overtaken"]) document.body.addEventListener(done, () => refresh(null));

const asks = document.querySelector("[data-notify]");
if (asks && "Notification" in window && Notification.permission === "default") {
  asks.hidden = false;
  asks.addEventListener("click", async () => { asks.hidden = (await Notification.requestPermission()) !== "default"; });
}
