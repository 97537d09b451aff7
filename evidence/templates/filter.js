/* Shows the guarantees with the chosen verdicts, levels and words. What is chosen stands in the address after #?. */
(() => {
  "use strict";
  const form = document.getElementById("filter");
  const shown = document.getElementById("shown");
  const reset = form.querySelector("button[type=reset]");
  const cards = Array.from(document.querySelectorAll("article[data-guarantee]"), (card) => ({
    card, verdict: card.dataset.verdict, level: card.dataset.level, text: card.textContent.toLowerCase(),
  }));
  const areas = Array.from(document.querySelectorAll("section.area"));

  const chosen = (name) => Array.from(form.querySelectorAll(`input[name=${name}]:checked`), (box) => box.value);
  const has = (values, one) => values.length === 0 || values.includes(one);

  function apply() {
    const verdicts = chosen("verdict");
    const levels = chosen("level");
    const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const one of cards) {
      const fits = has(verdicts, one.verdict) && has(levels, one.level) && words.every((word) => one.text.includes(word));
      one.card.classList.toggle("out", !fits);
      count += fits ? 1 : 0;
    }
    for (const area of areas) {
      area.classList.toggle("out", !area.querySelector("article:not(.out)"));
    }
    const active = verdicts.length + levels.length + words.length > 0;
    reset.hidden = !active;
    shown.value = `${count} of ${cards.length} guarantees shown`;
    return { active, verdicts, levels };
  }

  function remember({ active, verdicts, levels }) {
    const told = new URLSearchParams();
    verdicts.forEach((one) => told.append("verdict", one));
    levels.forEach((one) => told.append("level", one));
    if (form.elements.words.value.trim()) {
      told.append("words", form.elements.words.value.trim());
    }
    const hash = active ? `#?${told}` : "#guarantees";
    if (active || location.hash.startsWith("#?")) {
      history.replaceState(null, "", hash);
    }
  }

  function choose(told) {
    for (const box of form.querySelectorAll("input[type=checkbox]")) {
      box.checked = told.getAll(box.name).includes(box.value);
    }
    form.elements.words.value = told.get("words") || "";
    return apply();
  }

  function named() {
    try {
      return document.getElementById(decodeURIComponent(location.hash.slice(1)));
    } catch {
      return null;
    }
  }

  function recall() {
    if (location.hash.startsWith("#?")) {
      choose(new URLSearchParams(location.hash.slice(2)));
      form.scrollIntoView();
      return;
    }
    const target = named();
    if (target && target.closest(".out")) {
      choose(new URLSearchParams());
      target.scrollIntoView();
    }
  }

  form.addEventListener("input", () => remember(apply()));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    remember(choose(new URLSearchParams()));
    form.querySelector("input").focus();
  });
  addEventListener("hashchange", recall);
  form.hidden = false;
  apply();
  recall();
})();
