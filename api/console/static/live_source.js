// The stream of what changes in the conversations. `tell` gets {open}, {news} or {bye}; returns a function that
// connects anew after a goodbye.
const AGAIN_MS = 5000;

export function listen(tell) {
  let source = null;
  const open = () => {
    source = new EventSource("/console/conversations/stream");
    source.addEventListener("open", () => tell({ open: true }));
    source.addEventListener("news", (event) => tell({ news: JSON.parse(event.data) }));
    source.addEventListener("bye", () => { source.close(); source = null; tell({ open: false, bye: true }); });
    source.addEventListener("error", (event) => {
      tell({ open: false });
      // The browser connects again by itself after a lost connection, but not after an answer that is no stream.
      if (event.target.readyState === EventSource.CLOSED && event.target === source) setTimeout(open, AGAIN_MS);
    });
  };
  open();
  return () => { if (source === null) open(); };
}
