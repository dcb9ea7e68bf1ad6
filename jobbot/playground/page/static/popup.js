// What opens under a control and lies over everything else, in the browser's top layer: nothing clips it. It follows its
// control when the page scrolls, and goes with it.

const GAP = 4;

/** Open `node` under `opener`, or above it where there is more room; the answer closes it. `closed` is called once. */
export function openPopup(opener, node, { alignRight = false, closed = () => {} } = {}) {
  const place = () => {
    if (!opener.isConnected) return close(false);
    const at = opener.getBoundingClientRect();
    const below = innerHeight - at.bottom - 2 * GAP, above = at.top - 2 * GAP;
    node.style.maxHeight = `${Math.max(120, Math.max(below, above))}px`;
    const { width, height } = node.getBoundingClientRect();
    const isAbove = height > below && above > below;
    node.style.top = `${isAbove ? Math.max(GAP, at.top - GAP - height) : at.bottom + GAP}px`;
    const left = alignRight ? at.right - width : at.left;
    node.style.left = `${Math.max(GAP, Math.min(left, innerWidth - width - GAP))}px`;
    return undefined;
  };
  const outside = (event) => { if (!node.contains(event.target) && !opener.contains(event.target)) close(false); };
  const sized = new ResizeObserver(place);
  let isOpen = true;
  function close(returns = true) {
    if (!isOpen) return;
    isOpen = false;
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("scroll", place, true);
    removeEventListener("resize", place);
    sized.disconnect();
    opener.setAttribute("aria-expanded", "false");
    node.remove();
    if (returns) opener.focus();
    closed();
  }
  node.popover = "manual";
  node.classList.add("popup");
  node.openedBy = opener;
  opener.after(node);
  node.showPopover();
  opener.setAttribute("aria-expanded", "true");
  document.addEventListener("pointerdown", outside, true);
  document.addEventListener("scroll", place, true);
  addEventListener("resize", place);
  place();
  sized.observe(node);
  return close;
}
