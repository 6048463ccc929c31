// A piece dragged on another takes its place; on the heading of a part, the first one there.
// Without a mouse the same is done with "Sposta", beside each piece.
(() => {
  let dragged = null;
  const form = document.getElementById("trascina");
  const whole = document.querySelector("main");
  const target = (event) => {
    if (!dragged) return null;
    const over = event.target.closest("[data-piece], [data-part] > h3");
    return over && over !== dragged ? over : null;
  };
  const mark = (element) => {
    for (const one of whole.querySelectorAll(".over")) one.classList.remove("over");
    if (element) element.classList.add("over");
  };
  whole.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-piece][draggable]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.piece);
  });
  whole.addEventListener("dragover", (event) => {
    const over = target(event);
    if (over) event.preventDefault();
    mark(over);
  });
  whole.addEventListener("dragend", () => {
    dragged = null;
    mark(null);
  });
  whole.addEventListener("drop", (event) => {
    const over = target(event);
    if (!over) return;
    event.preventDefault();
    form.elements.pezzo.value = dragged.dataset.piece;
    form.elements.parte.value = over.closest("[data-part]").dataset.part;
    form.elements.posto.value = over.dataset.place || "1";
    form.requestSubmit();
  });
})();

// A cover that is too large is told before it is sent, and what was written stays.
(() => {
  const file = document.getElementById("immagine");
  if (!file) return;
  file.addEventListener("change", () => {
    const large = file.files.length > 0 && file.files[0].size > Number(file.dataset.largest);
    file.setCustomValidity(large ? file.dataset.refusal : "");
    if (large) file.reportValidity();
  });
})();
