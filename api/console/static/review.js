// «Непонятое» by keyboard. The page itself holds the state; here keys become presses of its own buttons.
import { Marking } from "./review_marks.js";

const $ = (selector) => document.querySelector(selector);
const group = () => $(".group");
const search = () => $("#search");
const deed = (name) => $(`#decide button[name="deed"][value="${name}"]`);
const choices = () => [...document.querySelectorAll("#found input")];

const TYPED = /^[а-яё]$/i;
const PRESSES = {
  a: () => decide("all"), x: () => decide("not_carried"), "-": () => decide("not_carried"),
  n: () => decide("not_order"), Delete: () => decide("not_order"), p: () => decide("skipped"), 0: () => decide("skipped"),
  u: () => $("#undo")?.click(), s: () => search()?.focus(), "/": () => search()?.focus(),
  i: openIntents, "=": openIntents, m: openMarking, "?": () => $("#keys").showModal(),
  j: () => step(1), k: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1),
};

function say(words) {
  $("#notice").textContent = words;
  $("#notice").classList.add("failed");
}

function decide(name) {
  const button = deed(name);
  if (!button) return;
  if (["customer", "all"].includes(name) && !choices().some((one) => one.checked)) {
    say("Сначала выберите товар: цифрой, щелчком или поиском.");
    return;
  }
  button.click();
}

function choose(place) {
  const one = choices()[place];
  if (!one) return;
  one.checked = true;
  one.scrollIntoView({ block: "nearest" });
}

function moveChoice(by) {
  const now = choices().findIndex((one) => one.checked);
  choose(Math.min(Math.max(now + by, 0), choices().length - 1));
}

function step(by) {
  const links = [...document.querySelectorAll(".queue .rows a")];
  links[links.findIndex((link) => link.getAttribute("aria-current")) + by]?.click();
}

function openIntents() {
  const teach = $("#teach");
  if (!teach) return;
  teach.open = true;
  (teach.querySelector("[data-guessed]") ?? teach.querySelector("[name=intent]")).focus();
}

function openMarking() {
  const teach = $("#teach");
  if (!teach) return;
  teach.open = true;
  $("#marked").focus();
}

// What stands in the list must be what was typed: an answer that is still on its way decides nothing.
function decideFromSearch(name) {
  const asked = search().value.trim();
  if ($("#found").dataset.for === asked) decide(name);
  else htmx.trigger(search(), "look");
}

function inSearch(event) {
  const field = search();
  if (event.key === "Enter") decideFromSearch(event.shiftKey ? "all" : "customer");
  else if (event.key === "ArrowDown") moveChoice(1);
  else if (event.key === "ArrowUp") moveChoice(-1);
  else if (event.key === "Escape") { field.value = ""; htmx.trigger(field, "look"); group().focus(); }
  else if (field.value === "" && /^[1-9]$/.test(event.key)) choose(Number(event.key) - 1);
  else return;
  event.preventDefault();
}

function inIntents(event) {
  const place = /^Key[A-Z]$/.test(event.code) ? event.code.charCodeAt(3) - 65 : -1;
  const radio = document.querySelectorAll(".intents input")[place];
  if (event.key === "Enter") $("#learn").click();
  else if (event.key === "Escape") group().focus();
  else if (radio && !event.ctrlKey && !event.metaKey) { radio.checked = true; radio.focus(); }
  else return;
  event.preventDefault();
}

function onDesk(event) {
  const { key } = event;
  if ((event.ctrlKey || event.metaKey) && event.code === "KeyZ") $("#undo")?.click();
  else if (event.ctrlKey || event.metaKey || event.altKey) return;
  else if (key === "Enter") decide(event.shiftKey ? "all" : "customer");
  else if (/^[1-9]$/.test(key)) choose(Number(key) - 1);
  else if (TYPED.test(key)) { search()?.focus(); return; } // the letter itself lands in the field
  else if (PRESSES[key]) PRESSES[key]();
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", (event) => {
  const { target } = event;
  if (event.repeat && event.key === "Enter") event.preventDefault();
  if (event.repeat || event.isComposing || $("#keys").open) return;
  if (target === search()) inSearch(event);
  else if (target.matches(".intents input")) inIntents(event);
  else if (target.id === "marked") Marking.pressed(event);
  else if (target.matches("input:not([type=radio], [type=checkbox]), select, textarea")) return;
  else if (event.key.startsWith("Arrow") && target.matches("input")) return;
  else if (event.key === "Enter" && target.matches("a, button, summary")) return;
  else onDesk(event);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("#help")) $("#keys").showModal();
});

// Selecting in the utterance takes the words over, so that the name alone can be mended.
document.addEventListener("mouseup", (event) => {
  const words = String(getSelection()).trim();
  const field = $("#decide input[name=said]");
  if (field && words && words.length <= 100 && event.target.closest(".source .utterance")) field.value = words;
});

const ours = (event) => event.detail.target?.id === "desk";

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  const page = (xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/html");
  if (ours(event) && xhr.status >= 400 && page) Object.assign(event.detail, { shouldSwap: true, isError: false });
});

document.addEventListener("htmx:responseError", (event) => {
  let words = "Не получилось. Обновите страницу и попробуйте ещё раз.";
  try { words = JSON.parse(event.detail.xhr.responseText).error.message; } catch { /* not ours: the words above */ }
  say(words);
});
document.addEventListener("htmx:sendError", () => say("Нет связи с сервером. Решение не записано."));

document.addEventListener("htmx:afterSettle", (event) => {
  if (!ours(event)) return;
  start();
});

function start() {
  Marking.show();
  const opened = group();
  if (!opened) return;
  opened.focus({ preventScroll: true });
  const narrow = matchMedia("(max-width: 52rem)").matches;
  if (narrow && $("#desk").classList.contains("chosen")) scrollTo({ top: 0 });
  $(".queue [aria-current]")?.scrollIntoView({ block: "nearest" });
}

start();
