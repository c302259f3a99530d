// Labelling by keyboard: keys become presses of the buttons of the row that has the focus.
const $ = (selector) => document.querySelector(selector);
const rows = () => [...document.querySelectorAll(".offers > li")];
const row = () => document.activeElement?.closest(".offers > li");
const unlabelled = () => rows().find((one) => one.querySelector(".guess, [value=skipped]"));

function step(by) {
  const all = rows();
  const next = all[Math.min(Math.max(all.indexOf(row()) + by, 0), all.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function press(selector) {
  (row() ?? unlabelled())?.querySelector(selector)?.click();
}

const PRESSES = {
  n: () => press("[name=deed][value=not_order]"), p: () => press("[name=deed][value=skipped]"),
  0: () => press("[name=deed][value=skipped]"), i: () => (row() ?? unlabelled())?.querySelector("select")?.focus(),
  u: () => $("#undo")?.click(), j: () => step(1), k: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1),
};

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (target.matches("select") && key === "Enter" && target.value) target.closest("form").querySelector(".choose").click();
  else if (target.matches("select") && key === "Escape") target.closest("li").focus();
  else if (target.matches("input, select, textarea")) return;
  else if (/^[1-3]$/.test(key)) (row() ?? unlabelled())?.querySelectorAll(".guess")[Number(key) - 1]?.click();
  else if (PRESSES[key]) PRESSES[key]();
  else return;
  event.preventDefault();
});

// The row under somebody's hand or mouse does not move away: it is looked at anew a little later.
document.addEventListener("htmx:beforeRequest", (event) => {
  const part = event.target;
  const busy = part.id === "differences" && (part.matches(":hover") || part.contains(document.activeElement));
  if (busy && event.detail.requestConfig.triggeringEvent?.type !== "submit") event.preventDefault();
});

let place = 0;
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  place = requestConfig?.verb === "post" ? Math.max(rows().indexOf(row()), 0) : -1;
  const page = (xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/html");
  if (xhr.status >= 400 && page) Object.assign(event.detail, { shouldSwap: true, isError: false });
});

// After a label the next one that has none is at hand.
document.addEventListener("htmx:afterSettle", () => {
  if (place < 0) return;
  const open = rows().filter((one, at) => at >= place && one.querySelector("[value=skipped]"));
  (open[0] ?? unlabelled())?.focus({ preventScroll: true });
  place = -1;
});

document.addEventListener("htmx:sendError", () => {
  $("#notice").textContent = "Нет связи с сервером. Ответ не записан.";
  $("#notice").classList.add("failed");
});
