// A conversation: the draft, the ready answers, the keys, and the beat that shows the others who is here.
const BEAT_MS = 10000;
const TYPES_MS = 5000;
const form = document.getElementById("reply");
const text = form.elements.text;
const answers = document.getElementById("answers");
const kept = `draft ${location.pathname}`;
let sent = "";
let typed = 0;
let told = false;

// ---- the draft
const live = () => document.getElementById("live");

// What was not answered yet is known as of the moment when the first letter of the answer was written.
function known() {
  if (text.value) return;
  form.elements.seen.value = live().dataset.seen;
  form.elements.whom.value = live().dataset.whom;
}

if (!text.value) text.value = sessionStorage.getItem(kept) ?? "";
text.addEventListener("input", () => {
  sessionStorage.setItem(kept, text.value);
  typed = Date.now();
  if (!told) beat();
});
form.addEventListener("htmx:beforeRequest", () => { sent = text.value; });
document.body.addEventListener("said", (event) => {
  form.elements.key.value = event.detail.key;
  // What was typed while the answer was on its way stays.
  text.value = text.value.startsWith(sent) ? text.value.slice(sent.length).trimStart() : text.value;
  sessionStorage.setItem(kept, text.value);
  typed = 0;
  known();
  beat();
});
document.body.addEventListener("overtaken", (event) => { form.elements.seen.value = event.detail.seen; });
for (const kind of ["htmx:responseError", "htmx:sendError"]) form.addEventListener(kind, (event) => {
  let words = "Не отправлено: нет связи. Текст сохранён, попробуйте ещё раз.";
  try { words = JSON.parse(event.detail.xhr.responseText).error.message; } catch { /* no words of ours came */ }
  const line = document.createElement("p");
  line.className = "refused";
  line.textContent = words;
  document.getElementById("refused").replaceChildren(line);
});

// ---- the newest message in sight, unless the reader looks at older ones
const down = () => { const pane = document.getElementById("pane"); pane.scrollTop = pane.scrollHeight; };
let low = true;
document.body.addEventListener("htmx:beforeSwap", () => {
  const pane = document.getElementById("pane");
  low = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 40;
});
document.body.addEventListener("htmx:afterSettle", () => { if (low) down(); known(); });
down();

// ---- ready answers
const offered = () => [...answers.querySelectorAll("[data-answer]")];

function show(filter) {
  for (const one of offered()) one.parentElement.hidden = !one.textContent.toLowerCase().includes(filter);
  answers.open = true;
}

function put(answer) {
  const before = text.value.startsWith("/") ? "" : text.value;
  text.value = before ? `${before.trimEnd()} ${answer}` : answer;
  answers.open = false;
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

text.addEventListener("input", () => {
  if (text.value.startsWith("/")) show(text.value.slice(1).toLowerCase());
  else answers.open = false;
});
answers.addEventListener("toggle", () => { if (!text.value.startsWith("/")) for (const one of offered()) one.parentElement.hidden = false; });
answers.addEventListener("click", (event) => {
  const one = event.target.closest("[data-answer]");
  if (one) put(one.dataset.answer);
});
answers.addEventListener("keydown", (event) => {
  const shown = offered().filter((one) => !one.parentElement.hidden);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    (shown[shown.indexOf(document.activeElement) + step] ?? text).focus();
  } else if (event.key === "Escape") {
    answers.open = false;
    text.focus();
  }
});
text.addEventListener("keydown", (event) => {
  const first = offered().find((one) => !one.parentElement.hidden);
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  } else if (answers.open && first && text.value.startsWith("/")) {
    if (event.key === "Enter") { event.preventDefault(); put(first.dataset.answer); }
    if (event.key === "ArrowDown") { event.preventDefault(); first.focus(); }
    if (event.key === "Escape") answers.open = false;
  }
});

// ---- who is here
function body(more) {
  const data = new FormData();
  data.set("csrf", form.elements.csrf.value);
  for (const [name, value] of Object.entries(more)) data.set(name, value);
  return data;
}

function beat() {
  if (document.hidden) return;
  told = text.value !== "" && Date.now() - typed < TYPES_MS;
  // A beat that is lost is made good by the next one.
  fetch(form.dataset.presence, { method: "POST", body: body({ typing: told }) }).catch(() => {});
}

beat();
setInterval(beat, BEAT_MS);
setInterval(() => { if (told && Date.now() - typed >= TYPES_MS) beat(); }, 1000);
addEventListener("pagehide", () => navigator.sendBeacon(form.dataset.presence, body({ left: true })));
document.addEventListener("visibilitychange", beat);
