/*
 * Keeps the page's own files for when there is no network, and nothing else: no answers of the gateway, no messages,
 * no prices. The gateway fills in the version, a digest of these files: when one of them changes, this script does too,
 * and the browser installs the new one by itself.
 */
"use strict";

const VERSION = "{{version}}";
const SHELL = "{{shell}}".map((path) => new URL(path, self.location.href).href);
const CACHE = `order-chat-${VERSION}`;
const PATIENCE_MS = 4000; // a network that is there but does not answer

self.addEventListener("install", (event) => {
  const requests = SHELL.map((address) => new Request(address, { cache: "reload", credentials: "omit" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const forget = (names) => names.filter((name) => name.startsWith("order-chat-") && name !== CACHE).map((name) => caches.delete(name));
  event.waitUntil(caches.keys().then((names) => Promise.all(forget(names))).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url); // without ?code=…
  const address = origin + pathname;
  if (event.request.method === "GET" && SHELL.includes(address)) event.respondWith(freshOrKept(event.request, address));
});

/** The network's answer when it comes in time, else what was kept at the installation. */
async function freshOrKept(request, address) {
  const kept = await (await caches.open(CACHE)).match(address);
  if (!kept) return fetch(request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, kept));
  const fresh = fetch(request).then((answer) => (answer.ok ? answer : kept), () => kept);
  return Promise.race([fresh, late]);
}
