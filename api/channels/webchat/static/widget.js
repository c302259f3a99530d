/*
 * <order-chat>: the web chat of the order assistant. One file, no build step, no dependencies, no other hosts.
 *
 * A floating launcher on any page:
 *   <script src="https://orders.example.ru/widget.js" data-title="ПродЭкспресс" data-code="KOFE-PETRA" async></script>
 * A full-size chat where you place it (data-manual: insert nothing by itself):
 *   <script src="https://orders.example.ru/widget.js" data-manual async></script>
 *   <order-chat full heading="ПродЭкспресс" code="KOFE-PETRA"></order-chat>
 *
 * Attributes: heading, code, src (gateway, default: where this script came from), full, open, theme="light|dark",
 * invite: a code that is used once and forgotten (code is the page's own: it also keeps its customers apart in the browser).
 * On the script tag the same are data-title, data-code, data-src, data-open, data-theme.
 * Colours: order-chat { --order-chat-accent: #1d6b52; --order-chat-on-accent: #fff }.
 */
(() => {
  "use strict";
  if (customElements.get("order-chat")) return; // the script tag stands on the page twice

  const SCRIPT = document.currentScript || document.querySelector('script[src*="widget.js"]');
  const HOME = new URL(".", (SCRIPT && SCRIPT.src) || location.href).href;

  const TEXT_LIMIT = 4000; // characters; the gateway answers 413 above it
  const COUNTER_FROM = 3600;
  const HISTORY_PAGE = 100; // messages shown at first; earlier ones on request
  const POLL_SECONDS = 25; // the longest wait that the gateway accepts
  const SOCKET_OPEN_MS = 5000;
  const SOCKET_SILENCE_MS = 60000; // the gateway pings every 25 s
  const SOCKET_AGAIN_MS = 60000; // how long to poll before trying a socket again
  const LINE_PAUSE_MS = 600; // several presses of «+» become one change
  const SERVER_ERROR_TRIES = 5;
  const FILE_BYTES = 10e6; // until the gateway has named its own limit
  const FILE_KINDS = ["xlsx", "xls", "csv", "ods", "docx", "pdf", "jpg", "jpeg", "png", "gif", "webp", "heic", "heif"];
  const FILE_SILENCE_MS = 60000; // an upload that does not move

  const WORDS = {
    title: "Заказ продуктов",
    open: "Открыть чат",
    close: "Закрыть чат",
    log: "Сообщения",
    input: "Сообщение",
    placeholder: "Заказ или вопрос…",
    send: "Отправить",
    connecting: "Соединяемся…",
    ready: "Принимаем заказы круглосуточно",
    offline: "Нет связи. Сообщения отправятся сами",
    noNetwork: "Нет связи",
    nothingKept: "История и цены появятся, когда связь вернётся. Писать можно уже сейчас: сообщение уйдёт само.",
    refused: "Не удалось открыть чат.",
    again: "Повторить",
    discard: "Удалить",
    typing: "Бот печатает",
    earlier: "Показать предыдущие сообщения",
    fresh: "Новые сообщения",
    sending: "отправляется…",
    sent: "отправлено",
    failed: "Не отправлено",
    tooLong: "Слишком длинное сообщение",
    attach: "Прикрепить файл",
    dropHere: "Отпустите файл, и мы его отправим",
    uploading: "Отправка файла",
    fileWaits: "ждёт отправки",
    cancel: "Отменить",
    fileEmpty: "файл пустой",
    fileKind: "такие файлы не принимаем. Подойдут Excel, CSV, ODS, PDF, Word и фото",
    fileTooLarge: "файл слишком большой",
    fileLarge: (megabytes) => `файл больше ${megabytes} МБ`,
    restarted: "Разговор начат заново, нажмите кнопку ещё раз",
    bot: "Бот",
    manager: "Менеджер",
    you: "Вы",
    total: "Итого",
    readOnly: "Только просмотр",
    noPrice: "цена уточняется",
    saving: "Сохраняем…",
    today: "Сегодня",
    yesterday: "Вчера",
  };

  // ───────────────────────────── Small things ─────────────────────────────

  /** Builds an element. Children that are strings become text nodes, so no data is ever parsed as HTML. */
  function h(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return element;
  }

  function icon(path) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
    for (const [name, value] of [["viewBox", "0 0 24 24"], ["aria-hidden", "true"], ["focusable", "false"]]) svg.setAttribute(name, value);
    shape.setAttribute("d", path);
    svg.append(shape);
    return svg;
  }

  const ICONS = {
    chat: "M4 5.5A2.5 2.5 0 0 1 6.5 3h11A2.5 2.5 0 0 1 20 5.5v8a2.5 2.5 0 0 1-2.5 2.5H11l-4.6 4.1c-.5.5-1.4.1-1.4-.6V15.7a2.5 2.5 0 0 1-1-2z",
    close: "M6 6l12 12M18 6L6 18",
    send: "M5 12l14-7-5 14-3-6z",
    minus: "M6 12h12",
    plus: "M6 12h12M12 6v12",
    remove: "M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12",
    check: "M5 12.5l4.5 4.5L19 7.5",
    down: "M6 9l6 6 6-6",
    clip: "M20 11.5l-7.8 7.8a5 5 0 0 1-7.1-7.1l8.2-8.2a3.3 3.3 0 0 1 4.7 4.7l-8.2 8.2a1.7 1.7 0 0 1-2.4-2.4l7.5-7.5",
    file: "M7 3h7l5 5v12a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM14 3v5h5",
    basket: "M4 9h16l-1.6 9.2a1.5 1.5 0 0 1-1.5 1.3H7.1a1.5 1.5 0 0 1-1.5-1.3zM8.5 9l2-5M15.5 9l-2-5",
  };

  const hidden = (text) => h("span", { class: "unseen" }, text);
  const suffixOf = (name) => name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  const sizeOf = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} КБ` : `${(bytes / 1e6).toFixed(1).replace(".", ",")} МБ`);
  const lengthOf = (text) => [...text].length; // characters as the gateway counts them, not UTF-16 units

  function uuid() {
    if (crypto.randomUUID) return crypto.randomUUID(); // absent on plain http
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  /** Doubling pause with jitter, so that a restarted server is not met by everybody at once. */
  function backoff(failures) {
    return Math.min(30000, 1000 * 2 ** Math.min(failures - 1, 5)) * (0.5 + Math.random() / 2);
  }

  /** A pause that `wake` ends early. */
  class Nap {
    sleep(ms) {
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }

    wake() {}
  }

  /** localStorage under one prefix; memory where the browser forbids it or it is full. */
  class Store {
    constructor(prefix) {
      this.prefix = prefix;
      this.memory = new Map();
    }

    get(name) {
      if (this.memory.has(name)) return this.memory.get(name);
      try {
        return JSON.parse(localStorage.getItem(this.prefix + name));
      } catch {
        return null; // storage is forbidden, or somebody else wrote there
      }
    }

    set(name, value) {
      try {
        localStorage.setItem(this.prefix + name, JSON.stringify(value));
        this.memory.delete(name);
      } catch {
        this.memory.set(name, value);
      }
    }

    remove(name) {
      this.memory.delete(name);
      try {
        localStorage.removeItem(this.prefix + name);
      } catch {
        // nothing was stored there then
      }
    }

    names(start) {
      const names = new Set(this.memory.keys());
      try {
        for (const key of Object.keys(localStorage)) if (key.startsWith(this.prefix)) names.add(key.slice(this.prefix.length));
      } catch {
        // memory is all there is
      }
      return [...names].filter((name) => name.startsWith(start));
    }
  }

  // ───────────────────────────── Gateway ─────────────────────────────

  class GatewayError extends Error {
    /** status 0: no answer at all; error: the gateway's own {code, message}; retryAfter in ms or null. */
    constructor(status, message = "", { code = "", retryAfter = null } = {}) {
      super(message);
      Object.assign(this, { status, code, retryAfter });
    }

    /** Of an answer that is not what was asked for; json: its body, null where a proxy answered with HTML. */
    static of(status, json, retryAfter) {
      const { code, message } = (json && json.error) || {};
      return new GatewayError(status < 400 ? 502 : status, message, { code, retryAfter: Number(retryAfter) * 1000 || null });
    }
  }

  class Gateway {
    constructor(base) {
      this.base = base.endsWith("/") ? base : base + "/";
    }

    socketAddress() {
      return new URL("webchat/socket", this.base).href.replace(/^http/, "ws");
    }

    async call(method, path, { visitor = null, body = null, timeout = 20000, signal = null } = {}) {
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(), timeout);
      if (signal) signal.addEventListener("abort", () => abort.abort());
      const headers = {};
      if (visitor) headers.Authorization = "Bearer " + visitor;
      if (body) headers["Content-Type"] = "application/json";
      try {
        const answer = await fetch(new URL(path, this.base), {
          method, headers, body: body && JSON.stringify(body), signal: abort.signal, credentials: "omit", cache: "no-store",
        });
        const json = await answer.json().catch(() => null);
        if (answer.ok && json) return json;
        throw GatewayError.of(answer.status, json, answer.headers.get("Retry-After"));
      } catch (error) {
        throw error instanceof GatewayError ? error : new GatewayError(0);
      } finally {
        clearTimeout(timer);
      }
    }

    /** Sends one file; fetch cannot tell how far it is. `progress(share)` from 0 to 1; `signal` breaks it off. */
    upload(visitor, id, file, progress, signal) {
      return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        const form = new FormData();
        form.append("id", id);
        form.append("file", file, file.name);
        let watch;
        const moved = () => {
          clearTimeout(watch);
          watch = setTimeout(() => request.abort(), FILE_SILENCE_MS);
        };
        request.upload.onprogress = ({ loaded, total }) => {
          moved();
          progress(total ? loaded / total : 0);
        };
        request.onload = () => {
          if (request.status === 200 && request.response) resolve(request.response);
          else reject(GatewayError.of(request.status, request.response, request.getResponseHeader("Retry-After")));
        };
        request.onloadend = () => {
          clearTimeout(watch);
          reject(new GatewayError(0)); // broken off; says nothing after the answer above
        };
        signal.addEventListener("abort", () => request.abort());
        request.open("POST", new URL("webchat/files", this.base));
        request.setRequestHeader("Authorization", "Bearer " + visitor);
        request.responseType = "json";
        request.send(form);
        moved();
      });
    }
  }

  // ───────────────────────────── Connection: session, socket, long polling ─────────────────────────────

  /**
   * Keeps one conversation in step with the gateway for as long as it runs.
   * listener: session(session), fresh(), received(messages, complete), hide(seq), moved(), typing(on), last() → seq,
   * state("connecting|online|offline|refused", message)
   */
  class Connection {
    constructor(gateway, store, code, listener) {
      Object.assign(this, { gateway, store, code, listener });
      this.session = null;
      this.nap = new Nap();
      this.running = false;
      this.socket = null;
      this.pollUntil = 0;
      this.heardAt = 0;
      this.catching = false;
      this.hidden = 0; // messages up to this number are another company's
      this.fresh = false; // the gateway has told that number since we were last away: only then anything is sent
    }

    start() {
      if (this.running) return;
      this.running = true;
      this.life = new AbortController();
      this.run(this.life);
    }

    stop() {
      this.running = false;
      this.life && this.life.abort();
      this.socket && this.socket.close();
      this.nap.wake();
    }

    /** The network is back, or the page is looked at again: do not wait any longer. A refusal is repeated by hand only. */
    wake() {
      if (this.refused) return;
      if (this.socket && Date.now() - this.heardAt > SOCKET_SILENCE_MS / 2) {
        this.fresh = false;
        this.socket.close();
      }
      this.nap.wake();
    }

    lost() {
      this.fresh = false;
      this.socket && this.socket.close();
      this.listener.state("offline");
    }

    forgetVisitor() {
      this.store.remove("session");
      this.session = null;
      this.fresh = false;
      this.socket && this.socket.close();
      this.nap.wake();
    }

    async run(life) {
      let failures = 0;
      this.listener.state("connecting");
      while (!life.signal.aborted) {
        try {
          if (!this.session) await this.openSession(life);
          const worked = Date.now() > this.pollUntil && (await this.listenToSocket(life));
          if (!worked && this.session) await this.poll(life);
          failures = 0;
          if (!life.signal.aborted) await this.nap.sleep(Math.random() * 500);
        } catch (error) {
          if (life.signal.aborted) return;
          failures += 1;
          await this.recover(error, failures);
        }
      }
    }

    async recover(error, failures) {
      this.fresh = false;
      if (error.status === 401) this.forgetVisitor();
      if ([403, 404, 422].includes(error.status)) this.store.remove("invite"); // «Повторить» goes on without it
      this.refused = [400, 403, 404, 422, 429].includes(error.status);
      if (this.refused) this.listener.state("refused", error.message || WORDS.refused);
      else if (error.status !== 401) this.listener.state("offline");
      const pause = error.status === 429 ? error.retryAfter || 30000 : 2 ** 31 - 1; // a wrong code: until «Повторить»
      await this.nap.sleep(this.refused ? pause : error.retryAfter || backoff(failures));
      this.refused = false;
    }

    /** The gateway's word on what may be shown; `seq` 0: all of it. */
    confirm(seq) {
      this.hide(seq);
      if (!this.session || this.fresh) return;
      this.fresh = true;
      this.listener.fresh();
    }

    /** Who speaks here has changed: what was said before must not stand here any longer, and whom we serve is asked anew. */
    hide(seq) {
      if (!(seq > this.hidden)) return;
      this.hidden = seq;
      this.keepSession();
      this.listener.hide(seq);
      this.session = null;
      this.fresh = false;
      this.socket && this.socket.close();
      this.nap.wake();
    }

    keepSession() {
      if (this.session) this.store.set("session", { visitor: this.session.visitor, conversation: this.session.conversation, hidden: this.hidden });
    }

    async openSession(life) {
      const stored = this.store.get("session");
      const invite = this.store.get("invite");
      const body = (visitor) => ({ visitor, code: this.code || invite });
      const open = (visitor) => this.gateway.call("POST", "webchat/session", { body: body(visitor), signal: life.signal });
      let session;
      try {
        session = await open((stored && stored.visitor) || null);
      } catch (error) {
        if (error.status !== 401 || !stored) throw error;
        session = await open(null); // the token has expired: a new visitor
      }
      if (life.signal.aborted) return;
      const same = stored && stored.conversation === session.conversation;
      if (invite && stored && !same) this.listener.moved();
      this.store.remove("invite");
      this.session = session;
      this.hidden = (same && stored.hidden) || 0;
      this.keepSession();
      this.listener.session(session);
    }

    /** True when a socket carried the conversation for a while, false when it could not be had. */
    listenToSocket(life) {
      return new Promise((resolve, reject) => {
        let socket;
        try {
          socket = new WebSocket(this.gateway.socketAddress());
        } catch {
          return resolve(false); // forbidden by the page's policy
        }
        this.socket = socket;
        let openedAt = 0;
        let frames = 0;
        const opening = setTimeout(() => socket.close(), SOCKET_OPEN_MS);
        const watch = setInterval(() => Date.now() - this.heardAt > SOCKET_SILENCE_MS && socket.close(), 10000);
        this.heardAt = Date.now();
        socket.onopen = () => {
          openedAt = Date.now();
          clearTimeout(opening);
          socket.send(JSON.stringify({ visitor: this.session.visitor, after: this.listener.last() }));
          this.listener.state("online");
        };
        socket.onmessage = (event) => {
          this.heardAt = Date.now();
          if (!life.signal.aborted && this.frame(event.data) !== "reset") frames += 1;
        };
        socket.onclose = (event) => {
          clearTimeout(opening);
          clearInterval(watch);
          this.socket = null;
          this.fresh = false;
          this.listener.typing(false);
          if (event.code === 4401) return reject(new GatewayError(401));
          resolve(frames > 0 || (openedAt > 0 && Date.now() - openedAt > SOCKET_OPEN_MS));
        };
      });
    }

    /** Gives the frame's type. */
    frame(data) {
      let frame;
      try {
        frame = JSON.parse(data);
      } catch {
        return ""; // not ours; what it may have carried shows up as a gap in seq
      }
      if (frame.type === "message") this.listener.received([frame.message], false);
      else if (frame.type === "typing") this.listener.typing(frame.on);
      else if (frame.type === "reset") this.confirm(frame.from);
      return frame.type;
    }

    async poll(life) {
      let wait = 0; // the first answer tells whether the gateway is there
      do {
        const startedAt = Date.now();
        const answer = await this.fetchAfter(this.listener.last(), wait, life);
        if (life.signal.aborted) return;
        if (wait === 0) {
          this.pollUntil = Date.now() + SOCKET_AGAIN_MS;
          this.listener.state("online");
        }
        this.listener.received(answer.messages, true);
        this.listener.typing(answer.typing);
        if (wait && !answer.messages.length && Date.now() - startedAt < 1000) await this.nap.sleep(1000);
        wait = POLL_SECONDS;
      } while (Date.now() < this.pollUntil && this.session && !life.signal.aborted);
    }

    async fetchAfter(seq, wait, life = this.life) {
      const answer = await this.gateway.call("GET", `webchat/messages?after=${seq}&wait=${wait}&hidden=${this.hidden}`, {
        visitor: this.session.visitor, timeout: (wait + 15) * 1000, signal: life && life.signal,
      });
      if (!life || !life.signal.aborted) this.confirm(answer.hidden_until);
      return answer;
    }

    /** A gap in seq: asks for what is missing. The answer is complete, so it is shown even if a number is absent from it. */
    async catchUp() {
      if (this.catching || !this.session) return;
      this.catching = true;
      try {
        this.listener.received((await this.fetchAfter(this.listener.last(), 0)).messages, true);
      } catch {
        this.socket && this.socket.close(); // resumes with `after`
      } finally {
        this.catching = false;
      }
    }
  }

  // ───────────────────────────── Outbox: what the customer sent and the gateway has not confirmed ─────────────────────────────

  /**
   * Sends strictly in order, keeps every item in the store under a key of its own (two tabs never overwrite each other's),
   * repeats with the same id. item = {id, at, conversation, body: {text} | {button} | {line}, title, state: "waiting|failed", error, tries}
   * ready() → may it send now; post(item) → {seq}; listener: changed(item), sent(item, seq), failed(item), stuck(on)
   */
  class Outbox {
    constructor(store, ready, post, listener) {
      Object.assign(this, { store, ready, post, listener });
      this.items = store
        .names("queue:")
        .map((name) => store.get(name))
        .filter((item) => item && item.id && item.body)
        .sort((one, other) => one.at - other.at);
      this.nap = new Nap();
      this.current = null;
      this.lastAt = 0;
    }

    add(body, title, conversation) {
      const at = (this.lastAt = Math.max(Date.now(), this.lastAt + 1));
      const item = { id: uuid(), at, conversation, body, title, state: "waiting", tries: 0 };
      if (body.line) this.dropOvertaken(body.line);
      this.items.push(item);
      this.keep(item);
      this.flush();
      return item;
    }

    /** An unsent change of the same line says nothing any more. */
    dropOvertaken(line) {
      for (const item of this.items.filter((one) => one !== this.current && one.body.line && one.body.line.sku === line.sku)) this.drop(item);
    }

    keep(item) {
      this.store.set("queue:" + item.id, item);
      this.listener.changed(item);
    }

    drop(item) {
      this.items = this.items.filter((one) => one.id !== item.id);
      this.store.remove("queue:" + item.id);
    }

    /** What waits was meant for a company that is not here any more. */
    clear() {
      this.items.forEach((item) => this.drop(item));
    }

    retry(item) {
      Object.assign(item, { state: "waiting", tries: 0, error: null });
      this.keep(item);
      this.flush();
    }

    wake() {
      this.nap.wake();
      this.flush();
    }

    async flush() {
      if (this.current) return;
      let failures = 0;
      for (;;) {
        const item = (this.current = (this.ready() && this.items.find((one) => one.state === "waiting")) || null);
        if (!item) break;
        try {
          const { seq } = await this.post(item);
          failures = 0;
          this.listener.stuck(false);
          this.drop(item);
          this.listener.sent(item, seq);
        } catch (error) {
          if (!this.items.includes(item)) continue; // taken back meanwhile
          failures += 1;
          const pause = this.afterError(item, error, failures);
          if (pause) await this.nap.sleep(pause);
        }
      }
    }

    /** Gives the pause before the next attempt, 0 when this item is given up. */
    afterError(item, error, failures) {
      if ([0, 401, 408, 502, 503, 504].includes(error.status)) {
        this.listener.stuck(error.status !== 401);
        return error.retryAfter || backoff(failures);
      }
      if (error.status === 429) return error.retryAfter || 3000;
      item.tries += 1;
      if (error.status >= 500 && item.tries < SERVER_ERROR_TRIES) return backoff(item.tries);
      Object.assign(item, { state: "failed", error: error.message });
      this.keep(item);
      this.listener.failed(item);
      return 0;
    }
  }

  // ───────────────────────────── Uploads: files on their way ─────────────────────────────

  /**
   * Sends files one after another, each again with the same id. They live in this page only: no browser keeps them for us.
   * item = {id, at, file, title, state: "waiting|sending|failed", share: 0…1, error, final: no use to repeat, tries}
   * ready() → may it send now; send(item, progress, signal) → {seq}; listener: changed(item), sent(item, seq)
   */
  class Uploads {
    constructor(ready, send, listener) {
      Object.assign(this, { ready, send, listener });
      this.items = [];
      this.nap = new Nap();
      this.current = null;
    }

    /** `error`: why it cannot be sent at all, to be shown beside its name. */
    add(file, error = null) {
      const state = error ? "failed" : "waiting";
      const item = { id: uuid(), at: Date.now(), file, title: `${file.name}, ${sizeOf(file.size)}`, state, share: 0, error, final: Boolean(error), tries: 0 };
      this.items.push(item);
      this.listener.changed(item);
      this.flush();
      return item;
    }

    set(item, state, error = null, final = false) {
      Object.assign(item, { state, error, final });
      this.listener.changed(item);
    }

    drop(item) {
      this.items = this.items.filter((one) => one !== item);
      if (item === this.current) this.abort.abort();
      this.nap.wake();
    }

    clear() {
      this.items.forEach((item) => this.drop(item));
    }

    retry(item) {
      item.tries = 0;
      this.set(item, "waiting");
      this.flush();
    }

    wake() {
      this.nap.wake();
      this.flush();
    }

    async flush() {
      if (this.current) return;
      for (;;) {
        const item = (this.current = (this.ready() && this.items.find((one) => one.state === "waiting")) || null);
        if (!item) return;
        this.abort = new AbortController();
        item.share = 0;
        this.set(item, "sending");
        try {
          const { seq } = await this.send(item, (share) => this.moved(item, share), this.abort.signal);
          this.items = this.items.filter((one) => one !== item);
          this.listener.sent(item, seq);
        } catch (error) {
          if (!this.items.includes(item)) continue; // cancelled
          const pause = this.afterError(item, error);
          if (pause) await this.nap.sleep(pause);
        }
      }
    }

    moved(item, share) {
      item.share = share;
      if (this.items.includes(item)) this.listener.changed(item);
    }

    /** Gives the pause before the next attempt, 0 when this file is given up. */
    afterError(item, error) {
      const { status, retryAfter, message } = error;
      item.tries += navigator.onLine === false || status === 401 ? 0 : 1;
      const passing = [0, 401, 408].includes(status) || status >= 500 || (status === 429 && retryAfter);
      if (passing && item.tries < SERVER_ERROR_TRIES) {
        this.set(item, "waiting");
        return retryAfter || backoff(item.tries + 1);
      }
      const words = message || (status === 413 ? WORDS.fileTooLarge : null); // a proxy's 413 has no words
      this.set(item, "failed", words, [413, 415, 422].includes(status));
      return 0;
    }
  }

  // ───────────────────────────── Text: links, days, quantities ─────────────────────────────

  const LINK = /https?:\/\/[^\s<>"«»]+|tel:\+?[\d()-]{5,20}|(?:\+7|8)[\s(-]{0,2}\d{3}[\s)-]{0,2}\d{3}[\s-]?\d{2}[\s-]?\d{2}(?!\d)/gi;

  /** Plain text with http, https and phone links; everything else stays text. */
  function linked(text) {
    const parts = [];
    let from = 0;
    for (const match of text.matchAll(LINK)) {
      const found = match[0].includes("(") ? match[0].replace(/[.,;:!?…]+$/, "") : match[0].replace(/[.,;:!?…)\]]+$/, "");
      const href = /\d/.test(text[match.index - 1] || "") ? null : addressOf(found);
      if (!href) continue;
      parts.push(text.slice(from, match.index), h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, found));
      from = match.index + found.length;
    }
    return [...parts, text.slice(from)];
  }

  function addressOf(found) {
    if (!/^http/i.test(found)) return "tel:" + found.replace(/^tel:/i, "").replace(/^8(?=\D*\d{3}\D*\d{3}\D*\d\d)/, "+7").replace(/[^\d+]/g, "");
    try {
      const url = new URL(found);
      return ["http:", "https:"].includes(url.protocol) ? url.href : null;
    } catch {
      return null;
    }
  }

  const dayOf = (moment) => `${moment.getFullYear()}-${moment.getMonth()}-${moment.getDate()}`;
  const timeOf = (moment) => moment.toLocaleTimeString("ru-RU", { hour: "2-digit", minute: "2-digit" });

  function dayTitle(moment) {
    const now = new Date();
    if (dayOf(moment) === dayOf(now)) return WORDS.today;
    if (dayOf(moment) === dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1))) return WORDS.yesterday;
    const year = moment.getFullYear() === now.getFullYear() ? {} : { year: "numeric" };
    return moment.toLocaleDateString("ru-RU", { day: "numeric", month: "long", ...year });
  }

  /** Quantities are counted in whole thousandths: 0.1 + 0.2 must be 0.3. Gives null for what is not a number. */
  function thousandths(text) {
    const clean = String(text).replace(/[\s\u00a0]/g, "").replace(",", ".");
    return /^\d{1,6}(\.\d{1,3})?$/.test(clean) ? Math.round(Number(clean) * 1000) : null;
  }

  const quantityText = (amount) => String(amount / 1000); // for the gateway
  const quantityShown = (amount) => quantityText(amount).replace(".", ",");

  /**
   * The gateway sends a card together with the same in plain text for channels without cards.
   * What the card shows itself (lines, total, title, footer) is left out; gives the sentences before its lines and those after.
   */
  function textBesideCard(text, card) {
    const bare = (line) => line.trim().replace(/[:.\s]+$/, "");
    const said = [card.title || "", ...(card.footer || "").split("\n")].map(bare).filter(Boolean);
    const kept = { before: [], after: [] };
    let inLine = false;
    let place = kept.before;
    for (const line of text.split("\n")) {
      inLine = /^\s*[•·▪]/.test(line) || (inLine && /^\s+\S/.test(line));
      if (inLine) place = kept.after;
      if (inLine || said.includes(bare(line)) || /^Итого(?:[:\s—]|$)/.test(bare(line))) continue;
      place.push(line);
    }
    const joined = (lines) => lines.join("\n").replace(/\n{3,}/g, "\n\n").trim();
    return [joined(kept.before), joined(kept.after)];
  }

  // ───────────────────────────── Cards ─────────────────────────────

  /** The quantity of one line, changed in place. `commit(quantity)` is called once the customer has stopped pressing. */
  class Stepper {
    constructor(line, commit) {
      this.commit = commit;
      this.sku = line.sku;
      this.step = thousandths(line.step) || 1000;
      this.saved = this.amount = thousandths(line.quantity) || 0;
      this.timer = null;
      const of = `: ${line.short_name || line.name}`;
      this.minus = this.button("minus", "Меньше" + of, () => this.by(-this.step));
      this.plus = this.button("plus", "Больше" + of, () => this.by(this.step));
      this.remove = this.button("remove", "Убрать" + of, () => this.set(0, 0));
      this.input = h("input", {
        class: "quantity", type: "text", inputmode: "decimal", autocomplete: "off", maxlength: 9,
        "aria-label": `Количество${of}, ${line.unit || "шт"}`,
        onfocus: () => this.input.select(),
        onchange: () => this.typed(),
        onkeydown: (event) => this.keys(event),
      });
      this.note = h("span", { class: "saving", role: "status" });
      this.element = h("div", { class: "stepper" }, this.note, h("span", { class: "ring" }, this.minus, this.input, this.plus), this.remove);
      this.show();
    }

    button(name, label, onclick) {
      return h("button", { type: "button", class: "step " + name, "aria-label": label, title: label, onclick }, icon(ICONS[name]));
    }

    keys(event) {
      if (event.key === "ArrowUp" || event.key === "ArrowDown") {
        event.preventDefault();
        this.by(event.key === "ArrowUp" ? this.step : -this.step);
      } else if (event.key === "Enter") {
        event.preventDefault();
        this.typed(0);
      } else if (event.key === "Escape") {
        event.stopPropagation();
        this.show();
      }
    }

    by(change) {
      const next = this.amount + change;
      if (next >= this.step) this.set(Math.round(next / this.step) * this.step);
    }

    /** What was typed is rounded up to the order step; what is not a number is put back. */
    typed(pause) {
      const amount = thousandths(this.input.value);
      if (amount === null) return this.show();
      this.set(Math.ceil(amount / this.step) * this.step, pause);
    }

    set(amount, pause = LINE_PAUSE_MS) {
      this.amount = amount;
      this.show();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.send(), pause);
    }

    send() {
      this.timer = null;
      if (this.amount === this.saved) return;
      this.saved = this.amount;
      this.busy(true);
      this.commit(quantityText(this.amount));
    }

    show() {
      this.input.value = quantityShown(this.amount);
      this.minus.setAttribute("aria-disabled", String(this.amount <= this.step));
    }

    busy(on, note = on ? WORDS.saving : "") {
      this.note.textContent = note;
      this.element.classList.toggle("busy", on);
    }

    /** The change was refused: back to what the gateway has. */
    undo(quantity, note) {
      this.saved = this.amount = thousandths(quantity) || 0;
      this.show();
      this.busy(false, note);
    }
  }

  class Card {
    /** change(sku, quantity) sends one line. */
    constructor(card, seq, change) {
      this.seq = seq;
      this.card = card;
      this.steppers = new Map();
      this.live = Boolean(card.editable);
      this.badge = h("span", { class: "badge" }, this.live ? "" : WORDS.readOnly);
      const lines = card.lines.map((line) => this.line(line, change));
      this.element = h(
        "section", { class: "card " + (this.live ? "live" : "still"), "aria-label": card.title || "Заказ" },
        h("header", {}, h("h3", {}, card.title || "Заказ"), this.badge),
        h("ul", {}, ...lines),
        card.total_text ? h("p", { class: "total" }, h("span", {}, WORDS.total), h("b", {}, card.total_text)) : null,
        card.footer ? h("p", { class: "footer" }, ...linked(card.footer)) : null,
      );
    }

    line(line, change) {
      let amount = null;
      if (this.live) {
        const stepper = new Stepper(line, (quantity) => change(line.sku, quantity));
        this.steppers.set(line.sku, stepper);
        amount = stepper.element;
      }
      return h(
        "li", { class: line.issue ? "line troubled" : "line", "data-sku": line.sku },
        h("span", { class: "name" }, line.name),
        h("span", { class: "sum" }, line.sum_text || ""),
        h("div", { class: "row" }, h("div", {}, ...this.price(line)), amount),
        ...this.notes(line),
      );
    }

    price(line) {
      const was = line.price_was_text ? [hidden("прежняя цена "), h("s", {}, line.price_was_text), " "] : [];
      const price = `${line.price_text || WORDS.noPrice}${line.unit ? " / " + line.unit : ""}`;
      return [
        h("span", { class: "price" }, ...was, price, this.live ? "" : this.times(line)),
        line.previous_quantity_text ? h("span", { class: "note" }, `было ${line.previous_quantity_text}`) : "",
      ];
    }

    times(line) {
      return h("span", { class: "times" }, ` × ${line.quantity_text || line.quantity}`);
    }

    notes(line) {
      const notes = [];
      const note = (kind, text) => text && notes.push(h("span", { class: "note " + kind }, text));
      note("warning", line.issue_text || (line.stock && line.stock !== "in" ? line.stock_text : ""));
      if (line.substitute) {
        const price = line.substitute.price_text ? ` — ${line.substitute.price_text}` : "";
        note("", `Замена: ${line.substitute.short_name || line.substitute.name}${price}`);
      }
      note("", line.note);
      return notes;
    }

    /** A newer card has come: no more changes here. Changes that were not sent yet go over to the newer one, and so does the focus. */
    giveWayTo(newer, focused) {
      for (const [sku, stepper] of this.steppers) {
        const heir = newer.steppers.get(sku);
        if (stepper.timer !== null) {
          clearTimeout(stepper.timer);
          if (heir) heir.set(stepper.amount);
        }
        for (const part of ["minus", "input", "plus", "remove"]) {
          if (focused !== stepper[part]) continue;
          if (heir) heir[part].focus({ preventScroll: true });
          if (heir && part === "input" && stepper.input.value !== quantityShown(stepper.amount)) heir.input.value = stepper.input.value;
        }
      }
      this.close();
    }

    /** It is taken away: nothing that was pressed on it goes out any more. */
    drop() {
      this.steppers.forEach((stepper) => clearTimeout(stepper.timer));
    }

    close() {
      if (!this.live) return;
      this.live = false;
      for (const line of this.card.lines) {
        const stepper = this.steppers.get(line.sku);
        stepper.element.previousSibling.querySelector(".price").append(this.times(line));
        stepper.element.remove();
      }
      this.steppers.clear();
      this.badge.textContent = WORDS.readOnly;
      this.element.classList.replace("live", "still");
    }
  }

  // ───────────────────────────── The element ─────────────────────────────

  class OrderChat extends HTMLElement {
    connectedCallback() {
      this.full = this.hasAttribute("full");
      const base = new URL(this.getAttribute("src") || HOME, location.href).href;
      const code = this.getAttribute("code");
      this.store = new Store(`order-chat:${base}:${code || ""}:`);
      if (this.getAttribute("invite")) this.store.set("invite", this.getAttribute("invite"));
      this.removeAttribute("invite");
      this.gateway = new Gateway(base);
      if (!this.shadowRoot) this.build();
      this.reset();
      this.connection = new Connection(this.gateway, this.store, code, {
        session: (session) => this.sessionOpened(session),
        received: (messages, complete) => this.received(messages, complete),
        fresh: () => this.sendWaiting(),
        hide: (seq) => this.hide(seq),
        moved: () => this.dropUnsent(),
        typing: (on) => this.showTyping(on),
        state: (state, message) => this.showState(state, message),
        last: () => this.last,
      });
      this.outbox = new Outbox(this.store, () => this.connection.fresh, (item) => this.post(item), {
        changed: (item) => this.showPending(item),
        sent: (item, seq) => this.itemSent(item, seq),
        failed: (item) => this.itemFailed(item),
        stuck: (on) => this.showStuck(on),
      });
      this.uploads = new Uploads(() => this.connection.fresh, (item, progress, signal) => this.postFile(item, progress, signal), {
        changed: (item) => this.showUpload(item),
        sent: (item, seq) => this.itemSent(item, seq),
      });
      this.outbox.items.forEach((item) => this.showPending(item));
      this.listenToPage();
      if (this.full || this.hasAttribute("open")) this.open({ focus: false });
      else if (this.store.get("session")) this.connection.start(); // known here: unread messages are counted
    }

    disconnectedCallback() {
      this.connection.stop();
      this.uploads.clear();
      this.leavePage.abort();
      this.lockPage(false);
    }

    // ── Structure ──

    build() {
      const root = this.attachShadow({ mode: "open", delegatesFocus: false });
      applyStyles(root);
      const heading = this.getAttribute("heading") || WORDS.title;
      this.badge = h("span", { class: "unread", hidden: true });
      this.launcher = h("button", { type: "button", class: "launcher", "aria-label": WORDS.open, "aria-expanded": "false", onclick: () => this.open() }, icon(ICONS.chat), this.badge);
      this.subtitle = h("p", { class: "subtitle" }, WORDS.connecting);
      this.closer = h("button", { type: "button", class: "closer", "aria-label": WORDS.close, title: WORDS.close, onclick: () => this.close() }, icon(ICONS.close));
      this.noticeText = h("span");
      this.noticeButton = h("button", { type: "button", hidden: true, onclick: () => this.connection.nap.wake() }, WORDS.again);
      this.notice = h("div", { class: "notice", role: "status", hidden: true }, this.noticeText, this.noticeButton);
      this.earlier = h("button", { type: "button", class: "earlier", hidden: true, onclick: () => this.loadEarlier() }, WORDS.earlier);
      this.empty = h("p", { class: "empty", hidden: true }, WORDS.nothingKept);
      this.dropZone = h("div", { class: "drop", hidden: true, "aria-hidden": "true" }, icon(ICONS.clip), WORDS.dropHere);
      this.items = h("div", { class: "items" });
      this.pending = h("div", { class: "items" });
      this.typing = h("div", { class: "typing", hidden: true }, hidden(WORDS.typing), h("i"), h("i"), h("i"));
      this.log = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": WORDS.log, tabindex: "0", onscroll: () => this.scrolled() }, this.earlier, this.empty, this.items, this.pending);
      this.jump = h("button", { type: "button", class: "jump", hidden: true, onclick: () => this.toEnd() }, icon(ICONS.down), WORDS.fresh);
      this.panel = h(
        "section", { class: "panel", role: this.full ? "region" : "dialog", "aria-label": `Чат: ${heading}`, hidden: true, onkeydown: (event) => this.panelKeys(event) },
        h("header", { class: "head" }, h("span", { class: "mark" }, icon(ICONS.basket)), h("div", { class: "titles" }, h("h2", {}, heading), this.subtitle), this.full ? null : this.closer),
        this.notice, this.log, h("div", { class: "below" }, this.jump, this.typing), this.buildComposer(), this.dropZone,
      );
      this.listenToDrops();
      root.append(this.panel, ...(this.full ? [] : [this.launcher]));
      const follow = new ResizeObserver(() => this.atEnd && this.toEnd()); // the keyboard, a notice, a failed message…
      for (const part of [this.log, this.items, this.pending]) follow.observe(part);
    }

    buildComposer() {
      this.input = h("textarea", {
        id: "text", rows: "1", placeholder: WORDS.placeholder, autocomplete: "off", enterkeyhint: "send", "aria-describedby": "counter",
        oninput: () => this.measure(), onkeydown: (event) => this.inputKeys(event), onpaste: (event) => this.pasted(event),
      });
      this.picker = h("input", { type: "file", multiple: true, hidden: true, "aria-label": WORDS.attach, accept: [...FILE_KINDS.map((kind) => "." + kind), "image/*"].join(), onchange: () => this.picked() });
      const clip = h("button", { type: "button", class: "attach", "aria-label": WORDS.attach, title: WORDS.attach, onclick: () => this.picker.click() }, icon(ICONS.clip));
      this.counter = h("p", { class: "counter", id: "counter", role: "status", hidden: true });
      this.sender = h("button", { type: "submit", class: "sender", "aria-label": WORDS.send, title: WORDS.send, "aria-disabled": "true" }, icon(ICONS.send));
      const submit = (event) => {
        event.preventDefault();
        this.sendText();
      };
      return h("form", { class: "composer", onsubmit: submit }, h("label", { class: "unseen", for: "text" }, WORDS.input), h("div", { class: "field" }, clip, this.picker, this.input, this.sender), this.counter);
    }

    /** Everything shown belongs to one conversation; another one starts from nothing. */
    reset() {
      this.atEnd = true;
      this.last = 0; // the greatest seq shown
      this.historyTill = 0; // what was said before this page was opened
      this.first = Infinity; // the least seq shown
      this.held = new Map(); // seq → message that came too early
      this.seenIds = new Set(); // client ids already shown
      this.waiting = new Map(); // client id → {item, element}
      this.lineIds = new Set(); // client ids of changes on a card
      if (this.previews) this.forgetPreviews();
      this.previews = new Map(); // client id → address of a picture that was chosen in this page
      this.choices = null; // {seq, buttons, element}: the buttons that may be pressed
      this.answered = false; // the customer has spoken since
      this.card = null;
      this.lastDay = null;
      this.items.replaceChildren();
      this.pending.replaceChildren();
      this.earlier.hidden = true;
    }

    // ── Page events ──

    listenToPage() {
      this.leavePage = new AbortController();
      const { signal } = this.leavePage;
      const wake = () => {
        this.connection.wake();
        this.sendWaiting();
        this.refreshDays();
      };
      addEventListener("online", wake, { signal });
      addEventListener("pageshow", wake, { signal });
      addEventListener("offline", () => this.connection.lost(), { signal });
      addEventListener("beforeunload", (event) => this.uploads.items.some((item) => item.state !== "failed") && event.preventDefault(), { signal });
      document.addEventListener("visibilitychange", () => document.hidden || wake(), { signal });
      for (const event of ["resize", "scroll"]) (window.visualViewport || window).addEventListener(event, () => this.fitPanel(), { signal });
    }

    isPhone() {
      return !this.full && matchMedia(PHONE).matches;
    }

    /** On a phone the panel covers the page, and the keyboard is laid over both: the panel takes what is left. */
    fitPanel() {
      const cover = this.isPhone() && !this.panel.hidden;
      if (cover) this.panel.setAttribute("aria-modal", "true");
      else this.panel.removeAttribute("aria-modal");
      this.lockPage(cover);
      const view = window.visualViewport;
      const fit = cover && view && Math.abs(view.scale - 1) < 0.01;
      this.panel.style.height = fit ? `${view.height}px` : "";
      this.panel.style.top = fit ? `${view.offsetTop}px` : "";
    }

    /** The page behind a covering panel must not scroll. */
    lockPage(on) {
      if (on === Boolean(this.locked)) return;
      const { style } = document.documentElement;
      if (on) this.locked = { overflow: style.overflow };
      style.overflow = on ? "hidden" : this.locked.overflow;
      if (!on) this.locked = null;
    }

    open({ focus = true } = {}) {
      this.connection.start();
      this.panel.hidden = false;
      this.launcher.setAttribute("aria-expanded", "true");
      this.launcher.hidden = true;
      this.fitPanel();
      this.toEnd();
      this.markRead();
      if (focus) (this.isPhone() ? this.closer : this.input).focus(); // on a phone the keyboard would hide the greeting
    }

    close() {
      if (this.full) return;
      this.panel.hidden = true;
      this.launcher.hidden = false;
      this.launcher.setAttribute("aria-expanded", "false");
      this.fitPanel();
      this.launcher.focus();
    }

    panelKeys(event) {
      if (event.key === "Escape" && !this.full) this.close();
      if (event.key !== "Tab" || this.panel.getAttribute("aria-modal") !== "true") return;
      const stops = [...this.panel.querySelectorAll("button, input, textarea, a[href], [tabindex='0']")].filter((stop) => stop.tabIndex >= 0 && stop.offsetParent);
      const [first, final] = [stops[0], stops[stops.length - 1]];
      const focused = this.shadowRoot.activeElement;
      if (event.shiftKey ? focused !== first : focused !== final) return;
      event.preventDefault();
      (event.shiftKey ? final : first).focus();
    }

    // ── State of the connection ──

    sessionOpened(session) {
      if (this.conversation && this.conversation !== session.conversation) {
        this.reset();
        this.outbox.items.forEach((item) => this.showPending(item));
      }
      this.conversation = session.conversation;
      this.customer = session.customer;
      this.fileBytes = session.file_bytes || FILE_BYTES;
      if (this.last === 0) this.last = Math.max(0, session.seq - HISTORY_PAGE);
      this.historyTill = Math.max(this.historyTill, session.seq);
    }

    showState(state, message) {
      this.state = state;
      this.subtitle.textContent = { online: this.customer || WORDS.ready, offline: WORDS.noNetwork, refused: "" }[state] ?? WORDS.connecting;
      this.empty.hidden = state !== "offline" || this.items.hasChildNodes();
      if (state === "offline") this.showNotice(WORDS.offline);
      else if (state === "refused") this.showNotice(message, true);
      else if (state === "online") this.showStuck(false);
    }

    sendWaiting() {
      this.outbox.wake();
      this.uploads.wake();
    }

    showStuck(on) {
      if (on) this.showNotice(WORDS.offline);
      else if (this.state === "online") this.showNotice("");
    }

    showNotice(text, again = false) {
      if (this.noticeText.textContent !== text) this.noticeText.textContent = text;
      this.noticeButton.hidden = !again;
      this.notice.hidden = !text;
    }

    showTyping(on) {
      clearTimeout(this.typingTimer);
      this.typing.hidden = !on;
      if (on) this.typingTimer = setTimeout(() => this.showTyping(false), 30000);
    }

    // ── Receiving ──

    /** Shows messages in the order of seq. `complete`: the list holds everything after `last` that there is. */
    received(messages, complete) {
      const history = this.last < this.historyTill;
      if (history) this.log.setAttribute("aria-live", "off"); // a screen reader does not read the whole past aloud
      for (const message of messages) if (message.seq > this.last) this.held.set(message.seq, message);
      const shown = [];
      for (const seq of [...this.held.keys()].sort((one, other) => one - other)) {
        if (!complete && seq !== this.last + 1) break;
        const message = this.held.get(seq);
        this.held.delete(seq);
        this.last = seq;
        if (this.display(message)) shown.push(message);
      }
      if (this.held.size) this.connection.catchUp();
      if (shown.length) this.afterShown(shown, history);
      if (history) requestAnimationFrame(() => this.log.setAttribute("aria-live", "polite"));
    }

    afterShown(shown, history) {
      const own = (message) => message.from === "customer" && !this.lineIds.has(message.client_id);
      const card = (message) => message.card && message.card.kind !== "update";
      if (!this.atEnd && !history && !shown.some((message) => own(message) || card(message))) this.jump.hidden = false;
      else this.toEnd();
      this.refreshDays();
      if (!this.panel.hidden) this.markRead();
      else this.countUnread();
    }

    display(message) {
      if (message.client_id) {
        if (this.seenIds.has(message.client_id)) return false;
        this.seenIds.add(message.client_id);
        this.forgetPending(message.client_id);
      }
      if (this.first === Infinity) this.setFirst(message.seq);
      if (message.from === "customer") this.answered = true;
      else this.botSpoke(message);
      this.place(message, this.items);
      return true;
    }

    setFirst(seq) {
      this.first = seq;
      this.earlier.hidden = seq <= this.connection.hidden + 1;
    }

    /** Messages up to this number were another company's: they, what hangs on them and what waits to be sent go at once. */
    hide(seq) {
      for (const message of this.items.querySelectorAll(".message")) if (Number(message.dataset.seq) <= seq) message.remove();
      for (const day of this.items.querySelectorAll(".day")) if (!day.nextElementSibling || day.nextElementSibling.matches(".day")) day.remove();
      const days = this.items.querySelectorAll(".day");
      this.lastDay = days.length ? dayOf(days[days.length - 1].moment) : null;
      for (const held of this.held.keys()) if (held <= seq) this.held.delete(held);
      this.last = Math.max(this.last, seq);
      const left = this.items.querySelector(".message");
      this.first = left ? Number(left.dataset.seq) : Infinity;
      this.earlier.hidden = true;
      if (this.choices && this.choices.seq <= seq) this.choices = null;
      if (this.card && !this.card.element.isConnected) {
        this.card.drop();
        this.card = null;
      }
      this.dropUnsent();
      this.customer = null;
      this.subtitle.textContent = WORDS.connecting;
      this.toEnd();
      this.countUnread();
    }

    dropUnsent() {
      this.outbox.clear();
      this.uploads.clear();
      this.waiting.clear();
      this.pending.replaceChildren();
      this.forgetPreviews();
    }

    forgetPreviews() {
      this.previews.forEach((address) => URL.revokeObjectURL(address));
      this.previews.clear();
    }

    /** Buttons hold until the bot has answered to something newer; a notice in between (order status) leaves them alone. */
    botSpoke(message) {
      this.showTyping(false);
      if (this.choices && message.from === "bot" && (this.answered || message.buttons.length)) this.closeChoices();
      if (message.from === "bot") this.answered = false;
      if (this.card) this.card.steppers.forEach((stepper) => stepper.busy(false));
    }

    place(message, list) {
      const day = dayOf(new Date(message.at));
      if (day !== this.lastDay) list.append(this.separator(new Date(message.at)));
      this.lastDay = day;
      list.append(this.bubble(message, list === this.items));
    }

    separator(moment) {
      const line = h("p", { class: "day" }, dayTitle(moment));
      line.moment = moment;
      return line;
    }

    refreshDays() {
      for (const line of this.items.querySelectorAll(".day")) line.textContent = dayTitle(line.moment);
    }

    async loadEarlier() {
      if (!this.connection.session) return;
      const after = Math.max(0, this.first - 1 - HISTORY_PAGE);
      let messages;
      try {
        ({ messages } = await this.connection.fetchAfter(after, 0));
      } catch {
        return; // the button stays, the notice tells of the connection
      }
      const older = h("div");
      this.earlier.hidden = true; // shown again below if there is more
      const [choices, day, card] = [this.choices, this.lastDay, this.card];
      this.lastDay = this.card = null;
      messages.filter((message) => message.seq < this.first).forEach((message) => this.place(message, older));
      const seam = this.items.querySelector(".day");
      if (seam && dayOf(seam.moment) === this.lastDay) seam.remove();
      Object.assign(this, { choices, lastDay: day, card });
      this.atEnd = false;
      const fromEnd = this.log.scrollHeight - this.log.scrollTop;
      this.items.prepend(...older.childNodes);
      this.setFirst(after + 1);
      this.log.scrollTop = this.log.scrollHeight - fromEnd;
      this.refreshDays();
    }

    // ── Bubbles, buttons, cards ──

    bubble(message, current) {
      const card = message.card && this.placeCard(message, current);
      const own = message.from === "customer";
      const moment = new Date(message.at);
      const author = own ? WORDS.you : message.author || (message.from === "manager" ? WORDS.manager : WORDS.bot);
      const [text, after] = card ? textBesideCard(message.text || "", message.card) : [message.text, ""];
      const time = h("time", { datetime: message.at }, timeOf(moment), ...(own ? [icon(ICONS.check), hidden(WORDS.sent)] : []));
      return h(
        "article", { class: `message ${message.from}`, "data-seq": message.seq, "aria-label": `${author}, ${timeOf(moment)}` },
        message.from === "manager" ? h("p", { class: "author" }, author === WORDS.manager ? author : `${author}, менеджер`) : null,
        text ? h("div", { class: "text" }, ...(own ? [text] : linked(text))) : null,
        own ? this.preview(message.client_id) : null,
        card,
        after ? h("div", { class: "text" }, ...linked(after)) : null,
        time,
        message.buttons && message.buttons.length ? this.placeButtons(message, current) : null,
      );
    }

    /** The element of a new card; null for an update, which changes the last card where it stands. */
    placeCard(message, current) {
      const older = this.card;
      const update = message.card.kind === "update";
      if (update && !older) return null;
      const data = update ? { ...older.card, ...message.card, kind: older.card.kind, title: older.card.title } : message.card;
      const card = new Card(data, message.seq, (sku, quantity) => this.changeLine(message.seq, sku, quantity));
      const focused = this.shadowRoot.activeElement;
      if (update) older.element.replaceWith(card.element);
      if (update) card.element.setAttribute("aria-live", "off"); // the text beside it says what has changed
      if (older) queueMicrotask(() => older.giveWayTo(card, focused)); // a new card has a place in the document by then
      if (!current) card.close();
      if (data.kind !== "order") this.card = card; // updates are of the cart
      return update ? null : card.element;
    }

    changeLine(message, sku, quantity) {
      const item = this.outbox.add({ line: { message, sku, quantity } }, "", this.conversation);
      this.lineIds.add(item.id);
      this.atEnd = false; // the card stays where the customer works on it
    }

    placeButtons(message, current) {
      const buttons = message.buttons.map((button, index) =>
        h("button", {
          type: "button",
          onclick: (event) =>
            button.url ? open(addressOf(button.url), "_blank", "noopener") : this.press(message, index, event.currentTarget),
        }, button.title));
      const element = h("div", { class: "choices", role: "group", "aria-label": "Варианты ответа" }, ...buttons);
      if (current) this.choices = { seq: message.seq, buttons };
      else buttons.forEach(disable);
      return element;
    }

    closeChoices() {
      this.choices.buttons.forEach(disable);
      this.choices = null;
    }

    press(message, index, button) {
      if (button.getAttribute("aria-disabled") === "true") return;
      const { buttons } = this.choices;
      buttons.forEach((one) => one.setAttribute("aria-disabled", "true"));
      button.classList.add("pressed");
      this.outbox.add({ button: { message: message.seq, index } }, message.buttons[index].title, this.conversation);
      this.toEnd();
    }

    /** A press that led to nothing must not leave the customer without buttons. */
    reopenChoices(seq) {
      if (!this.choices || this.choices.seq !== seq) return;
      for (const button of this.choices.buttons) {
        button.removeAttribute("aria-disabled");
        button.classList.remove("pressed");
      }
    }

    // ── Sending ──

    sendText() {
      const text = this.input.value.normalize("NFC").trim();
      if (!text || lengthOf(text) > TEXT_LIMIT) return;
      this.outbox.add({ text }, text, this.conversation || null);
      this.input.value = "";
      this.measure();
      this.input.focus();
      this.toEnd();
    }

    post(item) {
      if (item.body.text === undefined && item.conversation !== this.connection.session.conversation) throw new GatewayError(409, WORDS.restarted);
      return this.asVisitor((visitor) => this.gateway.call("POST", "webhooks/webchat", { visitor, body: { id: item.id, ...item.body } }));
    }

    postFile(item, progress, signal) {
      return this.asVisitor((visitor) => this.gateway.upload(visitor, item.id, item.file, progress, signal));
    }

    async asVisitor(work) {
      const { session } = this.connection;
      try {
        return await work(session.visitor);
      } catch (error) {
        if (error.status !== 401 && error.code !== "no_conversation") throw error;
        if (session === this.connection.session) this.connection.forgetVisitor(); // a new session sends what waits
        throw new GatewayError(401);
      }
    }

    itemSent(item, seq) {
      const shown = this.waiting.get(item.id);
      if (shown && shown.element) {
        this.mark(shown.element, item, "sent");
        if (seq <= this.last && !this.seenIds.has(item.id)) this.forgetPending(item.id); // a gateway that does not name client ids
      }
      setTimeout(() => this.last < seq && this.connection.catchUp(), 3000);
      setTimeout(() => this.settle(item), 10000);
    }

    /** The bot has not answered for long: the controls come back. */
    settle(item) {
      if (item.file) return;
      if (item.body.button) this.reopenChoices(item.body.button.message);
      if (item.body.line && this.card) this.card.steppers.forEach((stepper) => stepper.sku === item.body.line.sku && stepper.busy(false));
    }

    itemFailed(item) {
      if (item.body.button) this.reopenChoices(item.body.button.message);
      if (!item.body.line) return;
      const { sku, message } = item.body.line;
      this.outbox.drop(item); // the line itself shows what happened and can be changed again
      const line = this.card && this.card.seq === message && this.card.card.lines.find((one) => one.sku === sku);
      if (line) this.card.steppers.get(sku).undo(line.quantity, item.error || WORDS.failed);
    }

    /** What was written and is not in the log yet stands after it. Changes of a line show on their card only. */
    showPending(item) {
      if (item.body.line || this.seenIds.has(item.id)) return;
      let shown = this.waiting.get(item.id);
      if (!shown) {
        const element = h("article", { class: "message customer", "aria-label": WORDS.you }, h("div", { class: "text" }, item.title), h("p", { class: "status" }));
        this.waiting.set(item.id, (shown = { item, element }));
        this.pending.append(element);
      }
      this.mark(shown.element, item, item.state);
    }

    mark(element, item, state) {
      const status = element.querySelector(".status");
      const queue = item.file ? this.uploads : this.outbox;
      const action = (title, run) => h("button", { type: "button", onclick: run }, title);
      const discard = () => {
        queue.drop(item);
        this.forgetPending(item.id);
        this.input.focus();
      };
      element.classList.toggle("failed", state === "failed");
      if (state === "sent") status.replaceChildren(timeOf(new Date(item.at)), icon(ICONS.check), hidden(WORDS.sent));
      else if (state === "failed") {
        const again = item.final ? [] : [action(WORDS.again, () => queue.retry(item)), " "];
        status.replaceChildren(item.error ? `${WORDS.failed}: ${item.error} ` : `${WORDS.failed}. `, ...again, action(WORDS.discard, discard));
      } else if (item.file) {
        // The button stays the same from waiting to sending: whoever is about to press it keeps it under the finger.
        if (!status.querySelector(".queued")) status.replaceChildren(h("span", { class: "queued" }), action(WORDS.cancel, discard));
        status.firstChild.textContent = state === "waiting" ? WORDS.fileWaits : "";
      } else status.replaceChildren(WORDS.sending);
    }

    // ── Files ──

    picked() {
      this.attach(this.picker.files);
      this.picker.value = ""; // the same file may be chosen again
      this.input.focus();
    }

    /** A picture from the clipboard; a table copied in Excel comes as text too, and the text is what is meant. */
    pasted(event) {
      const { files, types } = event.clipboardData;
      if (!files.length || [...types].includes("text/plain")) return;
      event.preventDefault();
      this.attach(files);
    }

    listenToDrops() {
      const holdsFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
      const show = (on) => (this.dropZone.hidden = !on);
      for (const name of ["dragenter", "dragover"]) {
        this.panel.addEventListener(name, (event) => {
          if (!holdsFiles(event)) return;
          event.preventDefault();
          show(true);
        });
      }
      this.panel.addEventListener("dragleave", (event) => (event.relatedTarget && this.panel.contains(event.relatedTarget)) || show(false));
      this.panel.addEventListener("drop", (event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        show(false);
        this.attach(event.dataTransfer.files);
      });
    }

    attach(files) {
      for (const file of files) {
        const item = this.uploads.add(file, this.objection(file));
        if (file.type.startsWith("image/") && !item.final) this.previews.set(item.id, URL.createObjectURL(file));
        this.showUpload(item);
      }
      this.toEnd();
    }

    /** Why the gateway would refuse it, as far as can be told here; null: try. */
    objection(file) {
      const most = this.fileBytes || FILE_BYTES;
      if (!FILE_KINDS.includes(suffixOf(file.name)) && !file.type.startsWith("image/")) return WORDS.fileKind;
      if (file.size > most) return WORDS.fileLarge(Math.round(most / 1e6));
      return file.size ? null : WORDS.fileEmpty;
    }

    showUpload(item) {
      if (this.seenIds.has(item.id)) return;
      let shown = this.waiting.get(item.id);
      if (!shown) {
        const bar = h("progress", { max: "1", value: "0", "aria-label": `${WORDS.uploading}: ${item.title}` });
        const element = h("article", { class: "message customer", "aria-label": WORDS.you },
          h("div", { class: "text file" }, icon(ICONS.file), h("span", {}, item.title), bar), h("p", { class: "status" }));
        this.waiting.set(item.id, (shown = { item, element, bar }));
        this.pending.append(element);
      }
      const { element, bar } = shown;
      if (!element.querySelector(".preview")) element.querySelector(".text").after(...[this.preview(item.id)].filter(Boolean));
      bar.value = item.share;
      bar.hidden = item.state !== "sending";
      if (shown.state !== item.state) this.mark(element, item, item.state);
      shown.state = item.state;
    }

    /** One's own picture, from this page's memory; the gateway never sends files back. */
    preview(id) {
      const src = this.previews.get(id);
      return src ? h("img", { class: "preview", src, alt: "", onerror: (event) => event.target.remove(), onload: () => this.atEnd && this.toEnd() }) : null;
    }

    forgetPending(id) {
      const shown = this.waiting.get(id);
      if (shown) shown.element.remove();
      this.waiting.delete(id);
      const item = this.outbox && this.outbox.items.find((one) => one.id === id);
      if (item && item !== this.outbox.current) this.outbox.drop(item); // arrived although its answer was lost
    }

    // ── Composer ──

    inputKeys(event) {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.sendText();
    }

    measure() {
      const length = lengthOf(this.input.value.trim());
      const over = length > TEXT_LIMIT;
      this.counter.hidden = length < COUNTER_FROM;
      this.counter.textContent = length < COUNTER_FROM ? "" : `${over ? WORDS.tooLong + ": " : ""}${length} из ${TEXT_LIMIT}`;
      this.counter.classList.toggle("over", over);
      this.sender.setAttribute("aria-disabled", String(!length || over));
      this.input.style.height = "auto";
      this.input.style.height = `${Math.min(this.input.scrollHeight, 140)}px`;
    }

    // ── Scrolling, unread ──

    scrolled() {
      this.atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 60;
      if (this.atEnd) this.jump.hidden = true;
    }

    toEnd() {
      this.atEnd = true;
      this.jump.hidden = true;
      this.log.scrollTop = this.log.scrollHeight;
    }

    markRead() {
      this.store.set("read", { conversation: this.conversation, seq: this.last });
      this.countUnread();
    }

    countUnread() {
      const read = this.store.get("read");
      const from = read && read.conversation === this.conversation ? read.seq : 0;
      const count = this.panel.hidden ? [...this.items.querySelectorAll(".message:not(.customer)")].filter((one) => Number(one.dataset.seq) > from).length : 0;
      this.badge.hidden = !count;
      this.badge.textContent = count > 9 ? "9+" : String(count);
      this.launcher.setAttribute("aria-label", count ? `${WORDS.open}, непрочитанных: ${count}` : WORDS.open);
    }
  }

  function disable(button) {
    button.setAttribute("aria-disabled", "true");
    button.tabIndex = -1;
  }

  // ───────────────────────────── Look ─────────────────────────────

  const PHONE = "(max-width: 480px), (max-height: 420px)";

  const DARK = `
    --back: #15191a; --sheet: #1c2223; --soft: #252d2e; --line: #354041; --text: #ebf0ee; --muted: #a3b1ad;
    --accent-text: color-mix(in srgb, var(--accent) 45%, white); --tint: color-mix(in srgb, var(--accent) 26%, #1c2223);
    --amber: #f4c574; --amber-back: #3a2f17; --red: #ff9d93; --red-back: #43211f; --scheme: dark;`;

  const CSS = `
    :host {
      display: block;
      --accent: var(--order-chat-accent, #1d6b52); --on-accent: var(--order-chat-on-accent, #fff);
      --back: #fff; --sheet: #fff; --soft: #f1f5f3; --line: #dbe3df; --text: #17211d; --muted: #5a6863;
      --accent-text: var(--accent); --tint: #e6f1ec; --tint: color-mix(in srgb, var(--accent) 10%, white);
      --amber: #835000; --amber-back: #fff3da; --red: #a92218; --red-back: #fdeceb; --scheme: light;
    }
    @media (prefers-color-scheme: dark) { :host(:not([theme="light"])) { ${DARK} } }
    :host([theme="dark"]) { ${DARK} }
    :host([full]) { height: 100%; min-height: 0; }
    :host([hidden]), [hidden] { display: none !important; }
    *, *::before, *::after { box-sizing: border-box; }
    .panel, .launcher { /* the site's styles may have reached the host and would be inherited */
      all: initial; box-sizing: border-box; color: var(--text); color-scheme: var(--scheme);
      font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif;
    }
    h2, h3, p, ul { margin: 0; padding: 0; font: inherit; }
    ul { list-style: none; }
    button, input, textarea { font: inherit; color: inherit; margin: 0; }
    button { border: 0; background: none; padding: 0; cursor: pointer; touch-action: manipulation; -webkit-tap-highlight-color: transparent; }
    button[aria-disabled="true"] { cursor: default; }
    svg { display: block; width: 22px; height: 22px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
    a { color: inherit; text-decoration: underline; text-underline-offset: 2px; }
    :focus-visible { outline: 3px solid var(--accent-text); outline-offset: 2px; }
    .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

    .launcher {
      cursor: pointer;
      position: fixed; z-index: 2147483000; right: max(20px, env(safe-area-inset-right)); bottom: max(20px, env(safe-area-inset-bottom));
      width: 60px; height: 60px; display: grid; place-items: center; border-radius: 50%; color: var(--on-accent); background: var(--accent);
      box-shadow: 0 6px 24px rgb(0 0 0 / .24); transition: transform .15s;
    }
    .launcher:hover { transform: translateY(-2px); }
    .launcher svg { width: 28px; height: 28px; }
    .unread {
      position: absolute; top: -3px; right: -3px; min-width: 23px; padding: 0 6px; border: 2px solid #fff; border-radius: 12px;
      background: #b3261e; color: #fff; font-size: 12px; font-weight: 700; line-height: 19px; text-align: center;
    }

    .panel {
      position: fixed; z-index: 2147483000; right: max(20px, env(safe-area-inset-right)); bottom: max(20px, env(safe-area-inset-bottom));
      width: 420px; height: min(700px, calc(100vh - 40px)); height: min(700px, calc(100dvh - 40px));
      display: flex; flex-direction: column; overflow: hidden; background: var(--back);
      border: 1px solid var(--line); border-radius: 20px; box-shadow: 0 18px 60px rgb(0 0 0 / .22);
    }
    :host([full]) .panel { position: relative; inset: auto; width: 100%; height: 100%; z-index: auto; border-radius: inherit; border: 0; box-shadow: none; }

    .head { display: flex; align-items: center; gap: 12px; padding: 12px 14px 12px 16px; background: var(--sheet); border-bottom: 1px solid var(--line); }
    .mark { flex: none; display: grid; place-items: center; width: 40px; height: 40px; border-radius: 13px; color: var(--on-accent); background: var(--accent); }
    .titles { flex: 1; min-width: 0; }
    .head h2 { font-weight: 650; font-size: 16px; line-height: 1.25; overflow-wrap: anywhere; }
    .subtitle { color: var(--muted); font-size: 13px; line-height: 1.35; overflow-wrap: anywhere; }
    .closer { flex: none; display: grid; place-items: center; width: 44px; height: 44px; border-radius: 12px; color: var(--muted); }
    .closer:hover { background: var(--soft); color: var(--text); }

    .notice { display: flex; align-items: center; gap: 12px; padding: 8px 16px; background: var(--amber-back); color: var(--amber); font-size: 13.5px; }
    .notice span { flex: 1; }
    .notice button { flex: none; font-weight: 600; text-decoration: underline; min-height: 28px; }

    .log { flex: 1; min-height: 0; padding: 12px 16px 8px; overflow: hidden auto; overscroll-behavior: contain; }
    .log:focus-visible { outline-offset: -3px; }
    .items { display: flex; flex-direction: column; }
    .earlier { display: block; margin: 0 auto 8px; padding: 8px 14px; color: var(--accent-text); font-size: 13.5px; border-radius: 10px; }
    .earlier:hover { background: var(--soft); }
    .day { align-self: center; margin: 12px 0 6px; padding: 2px 12px; border-radius: 10px; background: var(--soft); color: var(--muted); font-size: 12.5px; }
    .message { display: flex; flex-direction: column; align-items: flex-start; max-width: 100%; margin: 5px 0; }
    .message.customer { align-items: flex-end; }
    .author { margin: 4px 4px 3px; color: var(--muted); font-size: 12.5px; font-weight: 600; }
    .text {
      max-width: 86%; padding: 9px 14px; border-radius: 16px; border-bottom-left-radius: 5px; background: var(--soft);
      white-space: pre-wrap; overflow-wrap: anywhere;
    }
    .text a { color: var(--accent-text); }
    .manager .text { background: var(--tint); }
    .customer .status { justify-content: flex-end; text-align: end; }
    .customer .text { color: var(--on-accent); background: var(--accent); border-radius: 16px; border-bottom-right-radius: 5px; }
    time, .status { display: flex; flex-wrap: wrap; align-items: center; gap: 3px 4px; margin: 3px 5px 0; color: var(--muted); font-size: 12px; line-height: 1.3; }
    time svg, .status svg { width: 14px; height: 14px; }
    .failed .text { background: var(--red-back); color: var(--red); }
    .failed .status { color: var(--red); }
    .status button { min-height: 24px; padding: 0 4px; font-weight: 600; text-decoration: underline; }

    .file { display: grid; grid-template-columns: auto minmax(0, 1fr); align-items: center; gap: 6px 9px; }
    .file progress { grid-column: 1 / -1; appearance: none; width: 100%; height: 5px; border: 0; border-radius: 3px; background: rgb(255 255 255 / .3); overflow: hidden; }
    .file progress::-webkit-progress-bar { background: rgb(255 255 255 / .3); }
    .file progress::-webkit-progress-value { background: var(--on-accent); }
    .file progress::-moz-progress-bar { background: var(--on-accent); }
    .preview { max-width: min(240px, 70%); max-height: 220px; margin-top: 5px; border-radius: 14px; object-fit: contain; }
    .drop {
      position: absolute; inset: 8px; z-index: 2; display: grid; place-content: center; justify-items: center; gap: 10px; padding: 20px; pointer-events: none;
      border: 2px dashed var(--accent-text); border-radius: 14px; background: var(--tint); color: var(--accent-text); font-weight: 600; text-align: center;
    }
    .drop svg { width: 34px; height: 34px; }
    .empty { max-width: 34em; margin: 18vh auto 0; color: var(--muted); text-align: center; }

    .choices { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 9px; max-width: 100%; }
    .choices button {
      min-height: 40px; max-width: 100%; padding: 8px 15px; border: 1.5px solid var(--accent-text); border-radius: 20px;
      color: var(--accent-text); background: var(--sheet); font-weight: 550; line-height: 1.3; text-align: start; overflow-wrap: anywhere;
    }
    .choices button:not([aria-disabled="true"]):hover { background: var(--tint); }
    .choices button[aria-disabled="true"] { border-color: var(--line); color: var(--muted); font-weight: 400; }
    .choices button.pressed[aria-disabled="true"] { border-color: var(--accent-text); color: var(--accent-text); background: var(--tint); }

    .card { width: 100%; margin-top: 2px; border: 1px solid var(--line); border-radius: 16px; background: var(--sheet); overflow: hidden; }
    .text + .card, .card + .text { margin-top: 7px; }
    .card header { display: flex; align-items: center; justify-content: space-between; gap: 10px; padding: 11px 14px; background: var(--soft); }
    .card h3 { font-weight: 650; overflow-wrap: anywhere; min-width: 0; }
    .badge { flex: none; padding: 2px 9px; border: 1px solid var(--line); border-radius: 9px; background: var(--sheet); color: var(--muted); font-size: 12px; }
    .badge:empty { display: none; }
    .line { display: grid; grid-template-columns: 1fr auto; gap: 2px 14px; padding: 11px 14px; border-top: 1px solid var(--line); }
    .line:first-child { border-top: 0; }
    .name { font-weight: 550; overflow-wrap: anywhere; }
    .sum { font-weight: 550; text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums; }
    .row { grid-column: 1 / -1; display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 4px 10px; }
    .price { color: var(--muted); font-size: 13.5px; font-variant-numeric: tabular-nums; }
    .price, .note { display: block; }
    .note { grid-column: 1 / -1; color: var(--muted); font-size: 13.5px; overflow-wrap: anywhere; }
    .note.warning { justify-self: start; padding: 1px 9px; border-radius: 8px; background: var(--amber-back); color: var(--amber); }
    .total { display: flex; justify-content: space-between; gap: 14px; padding: 12px 14px; border-top: 1.5px solid var(--line); font-size: 16px; }
    .total b { font-weight: 700; white-space: nowrap; font-variant-numeric: tabular-nums; }
    .footer { padding: 0 14px 12px; white-space: pre-wrap; overflow-wrap: anywhere; }

    .stepper { display: flex; flex-wrap: wrap; align-items: center; justify-content: flex-end; gap: 4px; margin: 2px -8px 2px auto; }
    .ring { display: inline-flex; align-items: center; border: 1px solid var(--line); border-radius: 12px; background: var(--back); }
    .step { display: grid; place-items: center; width: 40px; height: 38px; border-radius: 11px; color: var(--accent-text); }
    .step:not([aria-disabled="true"]):hover { background: var(--tint); }
    .step[aria-disabled="true"] { color: var(--muted); opacity: .5; }
    .step svg { width: 18px; height: 18px; }
    .step.remove { color: var(--muted); }
    .quantity { width: 58px; height: 38px; padding: 0 2px; border: 0; border-radius: 8px; background: none; text-align: center; font-size: 16px; font-weight: 600; font-variant-numeric: tabular-nums; }
    .saving { color: var(--muted); font-size: 13px; }
    .busy .quantity { color: var(--muted); }

    .below { position: relative; }
    .jump {
      position: absolute; bottom: 10px; left: 50%; transform: translateX(-50%); display: flex; align-items: center; gap: 6px; padding: 8px 15px 8px 11px;
      border-radius: 20px; color: var(--on-accent); background: var(--accent); font-size: 13.5px; white-space: nowrap; box-shadow: 0 4px 16px rgb(0 0 0 / .25);
    }
    .jump svg { width: 18px; height: 18px; }
    .typing { display: flex; gap: 5px; width: max-content; margin: 2px 16px 10px; padding: 12px 14px; border-radius: 16px; border-bottom-left-radius: 5px; background: var(--soft); }
    .typing i { width: 7px; height: 7px; border-radius: 50%; background: var(--muted); animation: blink 1.2s infinite; }
    .typing i:nth-of-type(2) { animation-delay: .2s; }
    .typing i:nth-of-type(3) { animation-delay: .4s; }
    @keyframes blink { 0%, 70%, 100% { opacity: .3; } 35% { opacity: 1; } }

    .composer { padding: 10px 12px; padding-bottom: max(10px, env(safe-area-inset-bottom)); background: var(--sheet); border-top: 1px solid var(--line); }
    .field { display: flex; align-items: flex-end; gap: 6px; padding: 3px; border: 1.5px solid var(--line); border-radius: 22px; background: var(--back); }
    .field:focus-within { border-color: var(--accent-text); }
    .field:has(textarea:focus-visible) { box-shadow: 0 0 0 2px var(--accent-text); }
    textarea { flex: 1; min-width: 0; height: 38px; max-height: 140px; padding: 7px 8px; border: 0; outline: 0; resize: none; background: none; font-size: 16px; line-height: 24px; }
    textarea:focus-visible { outline: 0; }
    textarea::placeholder { color: var(--muted); opacity: 1; }
    input[type="file"] { font-size: 16px; }
    .attach, .sender { flex: none; display: grid; place-items: center; width: 38px; height: 38px; border-radius: 50%; }
    .attach { margin-inline-end: -6px; color: var(--muted); }
    .attach:hover { background: var(--soft); color: var(--text); }
    .sender { color: var(--on-accent); background: var(--accent); }
    .sender[aria-disabled="true"] { color: var(--muted); background: var(--soft); }
    .sender svg { width: 20px; height: 20px; }
    .counter { padding: 4px 12px 0; color: var(--muted); font-size: 12.5px; text-align: end; }
    .counter.over { color: var(--red); font-weight: 600; }

    @media ${PHONE} {
      :host(:not([full])) .panel { inset: 0 0 auto 0; width: 100%; height: 100vh; height: 100dvh; border: 0; border-radius: 0; }
      :host(:not([full])) .head { padding-top: max(10px, env(safe-area-inset-top)); }
      .log { padding-inline: max(12px, env(safe-area-inset-left)) max(12px, env(safe-area-inset-right)); }
      .composer { padding-inline: max(10px, env(safe-area-inset-left)) max(10px, env(safe-area-inset-right)); }
      .text { max-width: 90%; }
    }
    @media (prefers-reduced-motion: reduce) { *, *::before { animation: none !important; transition: none !important; } }
    @media (forced-colors: active) { .text, .card, .launcher, .sender { border: 1px solid; } }
  `;

  let sheet = null;

  /** A constructed style sheet passes a strict style-src; browsers without it (before 2023) get a style element. */
  function applyStyles(root) {
    try {
      if (!sheet) {
        sheet = new CSSStyleSheet();
        sheet.replaceSync(CSS);
      }
      root.adoptedStyleSheets = [sheet];
    } catch {
      root.append(h("style", {}, CSS));
    }
  }

  // ───────────────────────────── Embedding ─────────────────────────────

  customElements.define("order-chat", OrderChat);

  function embed() {
    if (!SCRIPT || SCRIPT.hasAttribute("data-manual") || document.querySelector("order-chat")) return;
    const { title, code, src, theme, open } = SCRIPT.dataset;
    document.body.append(h("order-chat", { heading: title, code, src, theme, open: open !== undefined }));
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", embed);
  else embed();
})();
