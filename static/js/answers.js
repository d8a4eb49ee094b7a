// Rows that answer: what a member says of a film changes them in place. Elements stay where they are
// unless they have to change, so that nothing flickers, no picture is asked for twice, and the focus stays.
"use strict";

(() => {
  // What scripts or the browser made of these is left alone.
  const KEPT = ".film-poster, .row-arrows, [data-kept]";
  const CONTROLS = ".film-link, .film-seen, .film-more, a, button";
  const area = () => document.querySelector("[data-answers]");
  const filmOf = (node) => node.querySelector?.(":scope > [data-film]")?.dataset.film;
  const keyOf = (node) => node.dataset?.row || filmOf(node) || node.id || "";

  const move = (parent, node, before) => {
    if (parent.moveBefore && node.isConnected) parent.moveBefore(node, before);
    else parent.insertBefore(node, before);
  };
  const alike = (one, other) => one.nodeType === other.nodeType && one.nodeName === other.nodeName;

  // Items by film, and which of them the fragment names without what is in them: those may change their row.
  const items = new Map();
  let named;
  const remember = (target, fragment) => {
    for (const item of target.querySelectorAll("li[data-mark]")) items.set(filmOf(item), item);
    named = new Set([...fragment.querySelectorAll("li > [data-same]")].map(({ dataset }) => dataset.film));
  };
  const itemFor = (node) => (node.querySelector?.(":scope > [data-same]") ? items.get(filmOf(node)) : null);
  const fill = (row) => {
    for (const film of row.querySelectorAll("li > [data-same]")) {
      const empty = film.parentElement;
      move(empty.parentElement, items.get(film.dataset.film), empty);
      empty.remove();
    }
  };

  const matchAttributes = (old, fresh) => {
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  };
  const match = (old, fresh, made) => {
    if (fresh.dataset && "same" in fresh.dataset) return; // the server knows its mark
    if (old.isEqualNode(fresh)) return;
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    } else if (!old.matches(KEPT)) {
      if (!old.matches("[data-track]")) matchAttributes(old, fresh); // it bears whether it is scrolled
      matchChildren(old, fresh, made);
    }
  };
  const matchChildren = (old, fresh, made) => {
    const wanted = new Set([...fresh.childNodes].map(keyOf));
    const leaves = (node) => !named.has(keyOf(node));
    for (const node of [...old.childNodes]) if (keyOf(node) && !wanted.has(keyOf(node)) && leaves(node)) node.remove();
    const kept = new Map([...old.childNodes].filter(keyOf).map((node) => [keyOf(node), node]));
    let place = old.firstChild;
    for (const next of [...fresh.childNodes]) {
      const found = keyOf(next) ? kept.get(keyOf(next)) : place && !keyOf(place) && alike(place, next) ? place : null;
      const item = found ? null : itemFor(next);
      if (item) {
        move(old, item, place);
        continue;
      }
      if (!found) {
        old.insertBefore(next, place);
        if (next.nodeType !== Node.ELEMENT_NODE) continue;
        fill(next);
        made.push(next);
        continue;
      }
      if (found === place) place = place.nextSibling;
      else move(old, found, place);
      match(found, next, made);
    }
    while (place) {
      const rest = place;
      place = place.nextSibling;
      if (leaves(rest)) rest.remove();
    }
  };

  // Where the focus was: when its film has gone, the film that took its place gets it.
  const placeOf = (node) => {
    const item = node?.closest?.("[data-answers] li");
    if (!item) {
      if (!node?.closest?.("#tonight")) return () => {};
      return () => (node.isConnected ? node : document.querySelector("#tonight h3 a, #tonight button"))?.focus();
    }
    const list = item.parentElement;
    const row = node.closest("[data-row]")?.dataset.row;
    const at = [...list.children].indexOf(item);
    const kind = CONTROLS.split(", ").find((one) => node.matches(one)) ?? "a";
    return () => {
      if (node.isConnected && node.checkVisibility()) return node.focus({ preventScroll: true });
      const there = row ? area().querySelector(`[data-row="${CSS.escape(row)}"] ul`) : list.isConnected && list;
      const items = (there || area().querySelector("[data-row] ul, .film-grid"))?.children ?? [];
      const next = items[Math.min(at, items.length - 1)];
      return (next?.querySelector(kind) ?? next?.querySelector("a"))?.focus({ preventScroll: true });
    };
  };
  window.matinee.placeOf = placeOf;

  htmx.defineExtension("answers", {
    isInlineSwap: (style) => style === "answers",
    handleSwap(style, target, fragment) {
      const made = [];
      const active = document.activeElement;
      const goBack = target.contains(active) ? placeOf(active) : null;
      const scrolled = [...target.querySelectorAll("[data-track].is-scrolled")].map((track) => [track, track.scrollLeft]);
      remember(target, fragment);
      matchChildren(target, fragment, made);
      if (goBack && document.activeElement !== active) goBack();
      for (const [track, left] of scrolled) track.scrollTo({ left, behavior: "instant" });
      for (const node of made) node.classList.add("arrived");
      return made;
    },
  });

  // The server is told what was done, and what is shown, to say what changed and why.
  document.addEventListener("htmx:configRequest", (event) => {
    const { elt, formData, headers, target, triggeringEvent } = event.detail;
    if (target?.matches("[data-answers]")) {
      const marked = [...target.querySelectorAll("[data-mark]")];
      headers["Shown-Marks"] = marked.map((node) => `${keyOf(node)}:${node.dataset.mark}`).join();
    }
    if (elt.matches("[data-answers]")) {
      const told = triggeringEvent?.detail ?? {};
      const on = triggeringEvent?.type === "film-rated" ? told.stars !== null : told.on;
      if (told.movie && on) {
        formData.set("after", told.movie);
        formData.set("deed", triggeringEvent.type);
      }
    } else if (elt.closest("[data-toast]") && area()) formData.set("in_place", "1");
  });

  // What leaves fades at once, and comes back should the answer not come.
  const fade = (movie, gone) => {
    for (const film of document.querySelectorAll(`[data-answers] :is(li, .tonight-slot) > [data-film="${movie}"]`)) {
      film.parentElement.classList.toggle("leaving", gone);
    }
  };
  // A tick on a card says by itself what leaves.
  document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
    if (elt.dataset?.markSeen) fade(elt.dataset.markSeen, true);
  });
  document.addEventListener("film-rated", ({ detail }) => fade(detail.movie, detail.stars !== null));
  for (const name of ["film-seen", "film-hidden"]) {
    document.addEventListener(name, ({ detail }) => fade(detail.movie, detail.on));
  }
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      const { elt } = event.detail;
      if (elt.matches?.("[data-answers]")) {
        for (const item of elt.querySelectorAll(".leaving")) item.classList.remove("leaving");
      } else if (elt.dataset?.markSeen) fade(elt.dataset.markSeen, false);
    });
  }
})();
