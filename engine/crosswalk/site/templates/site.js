"use strict";
(() => {
  const index = window.crosswalkIndex || { pages: [], found: [] };
  const form = document.getElementById("search");
  const query = document.getElementById("query");
  const hits = document.getElementById("hits");
  const count = document.getElementById("count");
  const here = location.pathname.split("/").pop() || "index.html";
  const SHOWN = 40;

  // What is written for people goes in as text, never as markup.
  const make = (name, text, look) => {
    const made = document.createElement(name);
    made.textContent = text;
    if (look) made.className = look;
    return made;
  };

  // --- search: every word must be there; titles count before details, this page before others

  const pages = index.pages.map(([file, title]) => ({ file, title }));
  const places = index.found.map(([kind, title, detail, id, on]) => ({
    kind, title, detail, id, on: on.map((number) => pages[number]),
    name: title.toLowerCase(), all: `${kind} ${title} ${detail}`.toLowerCase(),
  }));

  const rank = (one, text, words) => {
    if (!words.every((word) => one.all.includes(word))) return -1;
    const parts = one.name.split(/[ .]/);
    let points = one.name === text || parts.includes(text) ? 8 : 0;
    if (one.name.startsWith(text)) points += 4;
    if (words.every((word) => one.name.includes(word))) points += 2;
    if (one.on.some(({ file }) => file === here)) points += 1;
    return points;
  };

  const linkTo = (one, page, text) => {
    const made = make("a", text);
    made.href = `${page.file}#${one.id}`;
    return made;
  };

  // One hit for one thing: its title leads to this page where it is on it, then the other pages.
  const hit = (one) => {
    const first = one.on.find(({ file }) => file === here) || one.on[0];
    const item = document.createElement("li");
    const title = linkTo(one, first, "");
    title.append(make("strong", one.title), make("span", [one.kind, one.detail].filter(Boolean).join(" · ")));
    const others = make("p", "on ");
    one.on.forEach((page, at) => others.append(...(at ? [", "] : []), linkTo(one, page, page.title)));
    item.append(title, others);
    return item;
  };

  const search = () => {
    const text = query.value.trim().toLowerCase();
    const words = text.split(/\s+/).filter(Boolean);
    hits.replaceChildren();
    hits.hidden = words.length === 0;
    if (!words.length) { count.textContent = ""; return; }
    const found = places.map((one, at) => [rank(one, text, words), at]).filter(([points]) => points >= 0);
    found.sort((a, b) => b[0] - a[0] || a[1] - b[1]);
    count.textContent = found.length === 1 ? "1 hit" : `${found.length} hits`;
    hits.append(...found.slice(0, SHOWN).map(([, at]) => hit(places[at])));
    if (found.length > SHOWN) hits.append(make("li", `and ${found.length - SHOWN} more: add a word`, "note"));
    hits.hidden = found.length === 0;
  };

  const close = () => { hits.hidden = true; };

  const step = (event) => {
    const links = [...hits.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "Escape") { close(); query.focus(); }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    (next < 0 ? query : links[Math.min(next, links.length - 1)])?.focus();
  };

  form.hidden = false;
  query.addEventListener("input", search);
  query.addEventListener("focus", () => { if (query.value) search(); });
  form.addEventListener("keydown", step);
  form.addEventListener("submit", (event) => { event.preventDefault(); hits.querySelector("a")?.click(); });
  hits.addEventListener("click", close);
  document.addEventListener("click", (event) => { if (!form.contains(event.target)) close(); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      query.focus();
    }
  });

  // --- lineage: the fields that the one pointed at comes from, and those it goes to

  const panel = document.getElementById("lineage");
  const goes = new Map();
  const listOf = (row, key) => (row.dataset[key] || "").split(" ").filter(Boolean);
  for (const row of document.querySelectorAll("tr[data-feeds], tr[data-told]")) {
    for (const from of [...listOf(row, "feeds"), ...listOf(row, "told")]) {
      goes.set(from, [...(goes.get(from) || []), row.id]);
    }
  }

  const line = (what, ids) => {
    const made = make("p", `${what} `);
    ids.forEach((id, at) => {
      const link = make("a", document.getElementById(id)?.dataset.title || id);
      link.href = `#${id}`;
      made.append(...(at ? [", ", link] : [link]));
    });
    return made;
  };

  const tell = (row) => {
    for (const near of document.querySelectorAll("tr.near")) near.classList.remove("near");
    const ways = row ? [["comes from", listOf(row, "feeds")], ["decided by", listOf(row, "told")],
      ["goes to", goes.get(row.id) || []]].filter(([, ids]) => ids.length) : [];
    panel.hidden = ways.length === 0;
    if (!ways.length) return;
    const title = make("p", "");
    title.append(make("strong", row.dataset.title));
    panel.replaceChildren(title, ...ways.map(([what, ids]) => line(what, ids)));
    for (const id of [row.id, ...ways.flatMap(([, ids]) => ids)]) {
      document.getElementById(id)?.classList.add("near");
    }
  };

  let held = null;
  const rowOf = (event) => event.target.closest?.("tr[data-title]");
  document.addEventListener("mouseover", (event) => {
    const row = rowOf(event);
    if (!held && row) tell(row);
  });
  document.addEventListener("focusin", (event) => { const row = rowOf(event); if (row) tell(row); });
  document.addEventListener("click", (event) => {
    if (panel.contains(event.target)) return;
    const row = rowOf(event);
    held = row && row !== held ? row : null;
    tell(row);
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") { held = null; tell(null); } });

  if (window.matchMedia("(max-width: 60rem)").matches) document.querySelector("nav details").open = false;
})();
