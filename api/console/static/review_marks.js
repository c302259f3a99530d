// Marking pieces of an utterance: a selection in the field, by mouse or keyboard, is named with a button or a digit.
const field = () => document.querySelector("#marked");
const stored = () => document.querySelector('input[name="entities"]');
const buttons = () => [...document.querySelectorAll(".marking button.mark")];

// The server counts characters, the browser counts halves of an emoji.
const characters = (text, units) => [...text.slice(0, units)].length;

const read = () => JSON.parse(stored().value || "[]");

function name(entity) {
  const text = field().value;
  let [start, end] = [field().selectionStart, field().selectionEnd];
  while (start < end && /\s/.test(text[start])) start += 1;
  while (start < end && /\s/.test(text[end - 1])) end -= 1;
  [start, end] = [characters(text, start), characters(text, end)];
  if (start === end) return;
  const kept = read().filter((one) => one.end <= start || one.start >= end);
  if (entity) kept.push({ start, end, entity });
  stored().value = JSON.stringify(kept.sort((a, b) => a.start - b.start));
  Marking.show();
}

export const Marking = {
  show() {
    const shown = document.querySelector("#marks");
    if (!shown) return;
    const text = [...field().value];
    const parts = [];
    let done = 0;
    for (const { start, end, entity } of read()) {
      const mark = document.createElement("mark");
      mark.className = entity;
      mark.dataset.sign = buttons().find((one) => one.value === entity)?.querySelector("mark").textContent ?? entity;
      mark.textContent = text.slice(start, end).join("");
      parts.push(text.slice(done, start).join(""), mark);
      done = end;
    }
    shown.replaceChildren(...parts, text.slice(done).join(""));
  },

  pressed(event) {
    if (event.key === "Escape") document.querySelector(".group").focus();
    else if (event.key === "Enter") document.querySelector("#learn").click();
    else if (/^[0-9]$/.test(event.key)) buttons().at(Number(event.key) - 1)?.click();
    else return;
    event.preventDefault();
  },
};

document.addEventListener("click", (event) => {
  const button = event.target.closest(".marking button.mark");
  if (button) name(button.value);
});

// The field is there to select in: its words are the customer's.
document.addEventListener("beforeinput", (event) => {
  if (event.target.id === "marked") event.preventDefault();
});
