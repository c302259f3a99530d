/* The full page around the chat: the code of an invitation, the height beside a phone's keyboard, the offline shell. */
(() => {
  "use strict";

  // The code goes to the chat once and leaves the address at once: it must not stay in the history or on a screenshot.
  const address = new URL(location.href);
  const code = address.searchParams.get("code");
  if (code) document.querySelector("order-chat").setAttribute("invite", code.slice(0, 100));
  if (address.search) history.replaceState(null, "", address.pathname);

  // iOS lays the keyboard over the page instead of making the page smaller.
  const view = window.visualViewport;
  const fit = () => {
    const covered = Math.abs(view.scale - 1) < 0.01 && innerHeight - view.height > 60;
    document.body.style.height = covered ? `${view.height}px` : "";
    if (covered) scrollTo(0, 0);
  };
  if (view) view.addEventListener("resize", fit);

  if ("serviceWorker" in navigator) {
    const script = "chat/sw.js";
    const policy = window.trustedTypes && trustedTypes.createPolicy("order-chat", { createScriptURL: () => script });
    const register = () => navigator.serviceWorker.register(policy ? policy.createScriptURL("") : script, { scope: "chat", updateViaCache: "none" });
    register().catch(() => {}); // a private window, or plain http: the chat works, only not without a network
  }
})();
