"""What is looked for in a rendered page: colours as they come out, and what does not fit. JavaScript function bodies."""

# Each colour of text with the ground under it, the sizes that matter, and where it was seen first.
COLOURS = """
const found = new Map();
const parsed = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
const ground = (element) => {
  for (let one = element; one; one = one.parentElement) {
    const [red, green, blue, alpha = 1] = parsed(getComputedStyle(one).backgroundColor);
    if (alpha > 0) { return [red, green, blue, alpha]; }
  }
  return [255, 255, 255, 1];
};
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const element = walk.currentNode.parentElement;
  if (!walk.currentNode.data.trim() || !element.checkVisibility() || element.matches("script, style, .unseen")) { continue; }
  const text = parsed(getComputedStyle(element).color), under = ground(element);
  const key = JSON.stringify([text, under]);
  if (!found.has(key)) { found.set(key, [text, under, element.className + " " + walk.currentNode.data.trim().slice(0, 40)]); }
}
for (const icon of document.querySelectorAll("svg.icon")) {
  const text = parsed(getComputedStyle(icon).stroke), under = ground(icon.parentElement);
  found.set(JSON.stringify([text, under]), [text, under, "icon"]);
}
return Array.from(found.values());
"""

# Elements that reach beyond the window, and whether the page can be moved sideways.
BEYOND = """
const width = document.documentElement.clientWidth;
const wide = Array.from(document.querySelectorAll("body *")).filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width && !one.closest(".unseen, .symbols, .skip") && (box.right > width + 1 || box.left < -1);
}).map((one) => `${one.tagName}.${one.getAttribute("class")}`);
scrollTo(500, 0);
const moved = scrollX;
scrollTo(0, 0);
return [document.documentElement.scrollWidth - width, moved, Array.from(new Set(wide))];
"""

# Texts in details that take no place, though everything is to be open.
FOLDED = """
return Array.from(document.querySelectorAll("details > :not(summary)"))
    .filter((one) => one.offsetHeight === 0 || !one.checkVisibility()).length;
"""

# What can be reached with the keyboard and has no name.
NAMELESS = ("button", "link", "checkbox", "searchbox", "DisclosureTriangle", "textbox")
