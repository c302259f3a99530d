// Draws the charts of the page: each is a canvas with its numbers as JSON beside it (api/console/figure_tables.py).
const COLOURS = ["--chart-1", "--chart-2", "--chart-3", "--chart-4"];
const drawn = new Map();

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function draw(script) {
  const canvas = script.previousElementSibling.querySelector("canvas");
  const numbers = JSON.parse(script.textContent);
  const axis = { stacked: numbers.stacked, ticks: { color: colour("--ink"), precision: 0 }, grid: { color: colour("--grid") } };
  drawn.get(canvas)?.destroy();
  drawn.set(canvas, new Chart(canvas, {
    type: numbers.kind,
    data: {
      labels: numbers.labels,
      datasets: numbers.series.map((series, place) => ({ ...series, maxBarThickness: 48, backgroundColor: colour(COLOURS[place % COLOURS.length]) })),
    },
    options: {
      indexAxis: numbers.sideways ? "y" : "x",
      maintainAspectRatio: false,
      animation: false,
      locale: "ru",
      plugins: { legend: { display: numbers.series.length > 1, labels: { color: colour("--ink") } } },
      scales: { x: { ...axis }, y: { ...axis, beginAtZero: true } },
    },
  }));
}

function drawAll(root) {
  for (const script of root.querySelectorAll("script[data-chart]")) draw(script);
}

drawAll(document);
document.addEventListener("htmx:load", (event) => drawAll(event.detail.elt));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll(document));
