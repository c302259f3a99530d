// Printing a page with a code, and ticking a whole page of customers.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
document.addEventListener("change", (event) => {
  if (event.target.id !== "all") return;
  for (const box of document.querySelectorAll('input[name="id"]')) box.checked = event.target.checked;
});
