// One stream for all tabs of the browser: over HTTP/1.1 it opens six connections to a server, and no more.
import { listen } from "/console/static/live_source.js";

const ports = new Set();
const last = { open: false, news: null };

const again = listen((told) => {
  last.open = told.open ?? last.open;
  if (told.news) last.news = { ...told.news, changed: [] };
  for (const port of ports) port.postMessage(told);
});

onconnect = (event) => {
  const port = event.ports[0];
  ports.add(port);
  port.onmessage = () => ports.delete(port);
  port.postMessage({ open: last.open });
  if (last.news) port.postMessage({ news: last.news });
  again();
};
