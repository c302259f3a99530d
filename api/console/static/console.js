// Parts with data-refresh are read anew every so many seconds, so that a waiting customer is seen without a reload.
for (const part of document.querySelectorAll("[data-refresh]")) {
  const selector = `[data-refresh="${part.dataset.refresh}"]`;
  const seconds = Number(part.dataset.refresh);
  setInterval(async () => {
    if (document.hidden) return;
    const response = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!response || !response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector(selector);
    if (fresh && fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
  }, seconds * 1000);
}

// What cannot be taken back asks first: <form data-confirm="…"> or <button data-confirm="…">.
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !confirm(question)) event.preventDefault();
}, true);
