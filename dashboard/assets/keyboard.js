// What a keyboard needs beside the keys of Streamlit's buttons: the field in question has the cursor when its
// case comes up, E goes to it, F to the search, and Escape leaves a field, so that the buttons' keys act.
//
// The page runs again for many reasons. A case takes the cursor when it comes up, and after a refusal, and never
// out of another field.

let shown = null; // the case that came up last, and how often a decision was refused by then
let listening = false;

const LETTERS_AND_DIGITS = /^[\p{L}\p{N}]$/u;
const FIELDS = "input:not([type=radio]):not([type=checkbox]), textarea";
const isField = (element) => element?.matches?.(FIELDS) ?? false;

function go(place) {
  const field = document.querySelector(`.${place} :is(${FIELDS})`);
  field?.focus();
  if (field?.type === "text") field.select();
  return Boolean(field);
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("[role=dialog]")) {
    // Streamlit's buttons would hear their keys also while a dialog covers them.
    if (LETTERS_AND_DIGITS.test(event.key) && !isField(event.target)) event.stopImmediatePropagation();
    return;
  }
  if (event.key === "Escape" && isField(event.target)) {
    event.target.blur();
    return;
  }
  if (isField(event.target)) return;
  const place = { e: "st-key-to_correct", f: "st-key-to_search" }[event.key.toLowerCase()];
  if (place && go(place)) event.preventDefault();
}

function takeCursor(attempts) {
  if (isField(document.activeElement) || go("st-key-to_correct") || !attempts) return;
  requestAnimationFrame(() => takeCursor(attempts - 1)); // the field may be drawn after this
}

export default function ({ data }) {
  if (!listening) window.addEventListener("keydown", onKey, true); // before anything else hears it
  listening = true;
  if (shown === data.about) return;
  shown = data.about;
  document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
  if (data.asked) takeCursor(120);
}
