// Answers what is cut off, as texts; see browser.rs.
document.getAnimations().forEach(animation => {
  if (animation.effect.getComputedTiming().endTime !== Infinity) animation.finish();
});
const found = [];
const main = document.querySelector("main");
if (document.documentElement.scrollWidth > window.innerWidth || main?.scrollWidth > main?.clientWidth) {
  found.push("the page scrolls sideways");
}
const name = element =>
  `${element.tagName} "${(element.ariaLabel ?? element.textContent).trim().slice(0, 60)}"`;
const isScrolled = element => {
  for (let box = element.parentElement; box; box = box.parentElement) {
    if (["auto", "scroll"].includes(getComputedStyle(box).overflowX)) return true;
  }
  return false;
};
const top = document.querySelector("dialog[open]") ?? document.body;
for (const element of top.querySelectorAll("*")) {
  const { left, right, width, height } = element.getBoundingClientRect();
  if (width === 0 || height === 0 || element.closest(".visually-hidden, svg, [inert]") || !element.checkVisibility({ visibilityProperty: true })) continue;
  const style = getComputedStyle(element);
  if ((left < -1 || right > window.innerWidth + 1) && !isScrolled(element)) {
    found.push(`${name(element)} from ${Math.round(left)} to ${Math.round(right)} of ${window.innerWidth}`);
  } else if (style.overflowX === "hidden" && style.textOverflow !== "ellipsis" && element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1) {
    found.push(`${name(element)} needs ${element.scrollWidth} of ${element.clientWidth}`);
  }
}
return found.slice(0, 5);
