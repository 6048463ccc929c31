// An entry dragged on a day keeps its hour; on a free place of its own channel, it takes that.
// Without a mouse the same is done on the entry's page.
(() => {
  let dragged = null;
  const days = document.getElementById("giorni");
  const form = document.getElementById("trascina");
  const target = (event) => {
    if (!dragged) return null;
    const place = event.target.closest("[data-place]");
    if (place) return place.dataset.channel === dragged.dataset.channel ? place : null;
    const day = event.target.closest("[data-day]");
    return day && day !== dragged.closest("[data-day]") ? day : null;
  };
  const mark = (element) => {
    for (const one of days.querySelectorAll(".over")) one.classList.remove("over");
    if (element) element.classList.add("over");
  };
  days.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-operation][draggable]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.operation);
    days.classList.add("dragging");
    for (const one of days.querySelectorAll("[data-place]")) {
      one.hidden = one.dataset.channel !== dragged.dataset.channel;
    }
  });
  days.addEventListener("dragover", (event) => {
    const over = target(event);
    if (over) event.preventDefault();
    mark(over);
  });
  days.addEventListener("dragend", () => {
    dragged = null;
    days.classList.remove("dragging");
    mark(null);
    for (const one of days.querySelectorAll("[data-place]")) one.hidden = false;
  });
  days.addEventListener("drop", (event) => {
    const over = target(event);
    if (!over) return;
    event.preventDefault();
    form.action = `/redazione/uscita/${dragged.dataset.operation}/sposta`;
    form.elements.giorno.value = over.dataset.day || "";
    form.elements.posto.value = over.dataset.place || "";
    form.requestSubmit();
  });
  // What happens elsewhere is shown at once, but not under a thing being dragged.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (dragged && event.detail.target === days) event.detail.shouldSwap = false;
  });
})();
