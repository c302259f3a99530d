/* The demo page: who is ordering, and one chat, two chats or the floating widget for them. State lives in the address. */
(() => {
  "use strict";
  const address = new URL(location.href);
  const form = document.getElementById("customers");
  const stage = document.getElementById("stage");
  const modes = [...document.querySelectorAll("input[name=mode]")];
  let customers = [];
  let chosen = []; // codes, the most recent last

  const mode = () => modes.find((one) => one.checked).value;
  const wanted = () => (mode() === "two" ? 2 : 1);

  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  async function load(path) {
    const answer = await fetch(path);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  }

  function showCustomers() {
    const type = mode() === "two" ? "checkbox" : "radio";
    form.replaceChildren(...customers.map((customer) => {
      const input = element("input", { type, name: "customer", value: customer.code });
      input.checked = chosen.includes(customer.code);
      return element("label", {}, input, element("b", {}, customer.name), element("small", {}, customer.about || ""));
    }));
  }

  function chat(code, attributes) {
    return element("order-chat", { heading: "ПродЭкспресс", code, ...attributes });
  }

  function frame(code) {
    const customer = customers.find((one) => one.code === code);
    return element("div", { class: "frame" }, element("p", {}, `Покупатель: ${customer.name}`), chat(code, { full: "" }));
  }

  function showStage() {
    document.querySelectorAll("body > order-chat").forEach((one) => one.remove());
    stage.dataset.mode = mode();
    if (mode() !== "site") stage.replaceChildren(...chosen.map(frame));
    else {
      stage.replaceChildren(element("div", { class: "shop", "aria-hidden": "true" }, element("div", {}), element("div", {}), element("div", {})));
      document.body.append(chat(chosen[0], { open: "" }));
    }
    document.querySelectorAll(".hint").forEach((hint) => (hint.hidden = hint.dataset.for !== mode()));
    address.searchParams.set("mode", mode());
    address.searchParams.delete("customer");
    chosen.forEach((code) => address.searchParams.append("customer", code));
    history.replaceState(null, "", address);
  }

  function choose(code) {
    chosen = chosen.filter((one) => one !== code);
    chosen.push(code);
    fill();
  }

  /** As many customers as the mode shows: the latest chosen, then the first of the list. */
  function fill() {
    for (const { code } of customers) if (chosen.length < wanted() && !chosen.includes(code)) chosen.push(code);
    chosen = chosen.slice(-wanted());
    showCustomers();
    showStage();
  }

  form.addEventListener("change", (event) => {
    const { value } = event.target;
    choose(value);
    form.querySelector(`input[value="${CSS.escape(value)}"]`).focus();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  modes.forEach((one) => one.addEventListener("change", fill));

  function showLinks(links) {
    const places = { "link-erp": links.demo_erp, "link-erp-text": links.demo_erp, "link-console": links.console, "link-docs": links.docs };
    for (const [id, href] of Object.entries(places)) {
      if (!href) continue;
      const link = document.getElementById(id);
      link.href = href;
      link.hidden = false;
    }
  }

  async function start() {
    const asked = modes.find((one) => one.value === address.searchParams.get("mode"));
    if (asked) asked.checked = true;
    try {
      customers = await load("webchat/demo-customers");
    } catch {
      form.replaceChildren(element("p", { role: "alert" }, "Не удалось получить список покупателей. Обновите страницу через минуту."));
      return;
    }
    chosen = address.searchParams.getAll("customer").filter((code) => customers.some((one) => one.code === code));
    fill();
    load("webchat/demo-links").then(showLinks, () => showLinks({}));
  }

  start();
})();
