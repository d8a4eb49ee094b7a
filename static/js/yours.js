// A member's own pages: films of a list dragged to their places, several ratings selected.
"use strict";

(() => {
  // Dragging changes what is seen at once; the server is told when the film is dropped.
  let dragged = null;
  const rows = () => [...dragged.parentElement.children];
  document.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest("[data-drag]");
    if (!handle || event.button !== 0) return;
    event.preventDefault();
    dragged = handle.closest("[data-move]");
    dragged.dataset.from = rows().indexOf(dragged);
    dragged.classList.add("dragged");
    handle.setPointerCapture(event.pointerId);
  });
  document.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    const others = rows().filter((row) => row !== dragged);
    const after = others.find((row) => {
      const box = row.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    if (after !== dragged.nextElementSibling) dragged.parentElement.insertBefore(dragged, after ?? null);
    const edge = 70;
    if (event.clientY < edge) scrollBy(0, -12);
    else if (event.clientY > innerHeight - edge) scrollBy(0, 12);
  });
  const drop = (event) => {
    if (!dragged) return;
    const row = dragged;
    const [from, to] = [Number(row.dataset.from), rows().indexOf(row)];
    row.classList.remove("dragged");
    dragged = null;
    if (event.type === "pointercancel") {
      const others = [...row.parentElement.children].filter((other) => other !== row);
      row.parentElement.insertBefore(row, others[from] ?? null);
    } else if (to !== from) {
      const place = row.parentElement.start + to;
      htmx.ajax("POST", row.dataset.move, { source: row, values: { place }, target: "#list-films", select: "#list-films", swap: "outerHTML" });
    }
  };
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", drop);
  // Alt with an arrow moves the film whose row has the focus, as its buttons do.
  document.addEventListener("keydown", (event) => {
    const step = { ArrowUp: "-1", ArrowDown: "1" }[event.key];
    const button = event.altKey && step && event.target.closest?.("[data-move]")?.querySelector(`[name=step][value="${step}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });

  const bulk = document.querySelector("[data-bulk]");
  if (!bulk) return;
  const boxes = () => [...bulk.elements].filter((field) => field.name === "movie");
  const all = bulk.querySelector("[data-select-all]");
  const count = () => {
    const [some, every] = [boxes().filter((box) => box.checked).length, boxes().length];
    bulk.querySelector("[data-selected]").textContent = some;
    all.checked = some === every;
    all.indeterminate = some > 0 && some < every;
    for (const button of bulk.querySelectorAll("button")) button.disabled = some === 0;
  };
  document.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes()) box.checked = all.checked;
    if (event.target === all || event.target.form === bulk) count();
  });
  // The browser may come back with what was selected.
  addEventListener("pageshow", count);
})();
